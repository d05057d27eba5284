// FetchedFolder: attributes, implied folders, links, reads by position, refusals, manifests with errors.
import assert from 'node:assert/strict';
import http from 'node:http';
import test from 'node:test';
import { FetchedFolder } from '../../web/host/browser/fetched_folder.js';
import { MemoryFolder } from '../../web/host/browser/memory_folder.js';

const bytes = (text) => Buffer.from(text);
const code = (expected) => (error) => error.code === expected;
const O = { rdonly: 0, wronly: 1, rdwr: 2, creat: 0o100, trunc: 0o1000 };
const FILE = 0o100644;
const LINK = 0o120777;

const file = (path, text, more = {}) => ({ path, mode: FILE, size: text.length, bytes: bytes(text), ...more });
const entries = () => [
  file('usr/bin/tool', '0123456789', { mode: 0o100755, uid: 3, gid: 4, mtime: 1234567890.25 }),
  { path: 'bin', mode: LINK, target: 'usr/bin' },
  { path: 'usr', mode: 0o040700 },
  { path: 'empty', mode: 0o041777 },
  file('naïve', ''),
];

test('stat tells what the manifest says', () => {
  const folder = new FetchedFolder(entries());
  const stat = folder.stat(bytes('usr/bin/tool'));
  assert.deepEqual([stat.mode, stat.uid, stat.gid, stat.nlink], [0o100755, 3, 4, 1]);
  assert.deepEqual([stat.size, stat.blocks, stat.mtimeNs], [10n, 1n, 1234567890250000000n]);
  assert.equal(folder.stat(bytes('bin')).mode, LINK);
  assert.equal(folder.stat(bytes('bin')).size, 7n);
  assert.equal(folder.stat(bytes('usr')).mode, 0o040700, 'named after what is in it');
  assert.equal(folder.stat(bytes('usr/bin')).mode, 0o040755, 'not named');
  assert.deepEqual([folder.stat(bytes('')).mode, folder.stat(bytes('')).nlink], [0o040755, 4]);
  assert.equal(folder.stat(bytes('naïve')).size, 0n);
  assert.throws(() => folder.stat(bytes('missing')), code('ENOENT'));
  assert.throws(() => folder.stat(bytes('bin/tool')), code('ENOENT'), 'links are the kernel\'s to follow');
  assert.throws(() => folder.stat(bytes('a\0b')), code('EINVAL'));
  const inodes = ['', 'usr', 'usr/bin', 'usr/bin/tool', 'bin', 'empty', 'naïve'].map((path) =>
    folder.stat(bytes(path)).inode);
  assert.equal(new Set(inodes).size, inodes.length);
  assert.notEqual(folder.stat(bytes('')).device, new FetchedFolder([]).stat(bytes('')).device);
});

test('lists and links', () => {
  const folder = new FetchedFolder(entries());
  const listed = folder.list(bytes('')).map(({ name, type }) => [Buffer.from(name).toString(), type]);
  assert.deepEqual(listed.sort(), [['bin', 10], ['empty', 4], ['naïve', 8], ['usr', 4]]);
  assert.equal(folder.list(bytes('usr/bin'))[0].inode, folder.stat(bytes('usr/bin/tool')).inode);
  assert.deepEqual(folder.list(bytes('empty')), []);
  assert.throws(() => folder.list(bytes('usr/bin/tool')), code('ENOTDIR'));
  assert.equal(Buffer.from(folder.readLink(bytes('bin'))).toString(), 'usr/bin');
  assert.throws(() => folder.readLink(bytes('usr')), code('EINVAL'));
});

test('files are read by position, and only opened ones', () => {
  const folder = new FetchedFolder(entries());
  const handle = folder.open(bytes('usr/bin/tool'), O.rdonly);
  const to = new Uint8Array(4);
  assert.equal(folder.read(handle, 8, to), 2);
  assert.deepEqual([...to], [56, 57, 0, 0]);
  assert.equal(folder.read(handle, 3, to), 4);
  assert.equal(Buffer.from(to).toString(), '3456');
  assert.equal(folder.read(handle, 10, to), 0);
  assert.equal(folder.read(handle, 2 ** 40, to), 0);
  assert.equal(folder.statHandle(handle).size, 10n);
  folder.sync(handle);
  folder.close(handle);
  assert.throws(() => folder.read(handle, 0, to), code('EBADF'));
  assert.throws(() => folder.close(handle), code('EBADF'));
  assert.throws(() => folder.open(bytes('bin'), O.rdonly), code('ELOOP'));
  assert.throws(() => folder.open(bytes('usr'), O.rdonly), code('ENXIO'));
  assert.throws(() => folder.open(bytes('none'), O.rdonly), code('ENOENT'));
});

test('every change is refused', () => {
  const folder = new FetchedFolder(entries());
  const path = bytes('usr/bin/tool');
  for (const flags of [O.wronly, O.rdwr, O.rdonly | O.creat, O.rdonly | O.trunc]) {
    assert.throws(() => folder.open(path, flags, 0o600), code('EROFS'));
  }
  const changes = [
    'write', 'truncate', 'makeDirectory', 'remove', 'removeDirectory', 'rename', 'link', 'symlink',
    'changeMode', 'changeOwner', 'setTimes',
  ];
  for (const name of changes) assert.throws(() => folder[name](path, path), code('EROFS'), name);
});

test('a folder in memory is filled meanwhile', () => {
  const folder = new MemoryFolder();
  assert.deepEqual(folder.list(bytes('')), []);
  folder.put('a/b/note', bytes('first'));
  const handle = folder.open(bytes('a/b/note'), O.rdonly);
  const { inode } = folder.stat(bytes('a/b/note'));
  folder.put('a/b/note', bytes('second'));
  const to = new Uint8Array(10);
  assert.equal(folder.read(handle, 0, to), 6, 'who has it open sees what it holds now');
  assert.equal(Buffer.from(to.subarray(0, 6)).toString(), 'second');
  assert.deepEqual([folder.stat(bytes('a/b/note')).inode, folder.stat(bytes('a/b/note')).size], [inode, 6n]);
  assert.ok(Math.abs(Number(folder.stat(bytes('a/b/note')).mtimeNs / 1000000n) - Date.now()) < 60_000);
  assert.deepEqual(folder.list(bytes('a/b')).map(({ name }) => Buffer.from(name).toString()), ['note']);
  assert.throws(() => folder.put('a/b', bytes('x')), /is no file/);
  assert.throws(() => folder.put('../x', bytes('x')), /no plain relative path/);
  assert.throws(() => folder.put('a/b/note/x', bytes('x')), /is no directory/);
});

test('a manifest with errors is refused', () => {
  const refused = (list, sentence) => assert.throws(() => new FetchedFolder(list), sentence);
  for (const path of ['', '/a', 'a/', 'a//b', '../a', 'a/./b', 'a\0b', 5]) {
    refused([{ path, mode: 0o040755 }], /no plain relative path/);
  }
  refused([file('a', 'x'), file('a', 'x')], /twice/);
  refused([file('a', 'x'), { path: 'a', mode: 0o040755 }], /twice/);
  refused([file('a', 'x'), file('a/b', 'x')], /no directory/);
  refused([{ path: 'tty', mode: 0o020666 }], /no file, directory or symbolic link/);
});

/** Serves `files` by path while `use` runs. */
async function withServer(files, use) {
  const server = http.createServer((request, response) => {
    const body = files[request.url];
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test('the manifest and its files are fetched', async () => {
  const manifest = (list) => JSON.stringify({ elfinFolder: 1, entries: list });
  const plain = { path: 'd/a b#ü', mode: FILE, size: 3 };
  const files = {
    '/f/good.json': manifest([plain, { path: 'e', mode: FILE, size: 2, url: '../elsewhere' }]),
    '/f/d/a%20b%23%C3%BC': 'abc',
    '/elsewhere': 'ef',
    '/f/short.json': manifest([{ ...plain, size: 4 }]),
    '/f/gone.json': manifest([{ path: 'none', mode: FILE, size: 0 }]),
    '/f/other.json': '{"elfinFolder": 2, "entries": []}',
  };
  await withServer(files, async (origin) => {
    const folder = await FetchedFolder.fetch(`${origin}/f/good.json`);
    const to = new Uint8Array(5);
    assert.equal(folder.read(folder.open(bytes('d/a b#ü'), O.rdonly), 0, to), 3);
    assert.equal(Buffer.from(to).toString('latin1', 0, 3), 'abc');
    assert.equal(folder.read(folder.open(bytes('e'), O.rdonly), 1, to), 1);
    await assert.rejects(FetchedFolder.fetch(`${origin}/f/short.json`), /3 bytes came.* says 4/);
    await assert.rejects(FetchedFolder.fetch(`${origin}/f/gone.json`), /none: the server answers 404/);
    await assert.rejects(FetchedFolder.fetch(`${origin}/f/other.json`), /another version/);
    await assert.rejects(FetchedFolder.fetch(`${origin}/none.json`), /answers 404/);
  });
});
