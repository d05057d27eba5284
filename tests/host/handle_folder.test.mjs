// Folders behind handles: what programs see, what reaches the folder and when, and what they hear of trouble.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FileChanges } from '../../web/host/handles/file_changes.js';
import { HandleFolder } from '../../web/host/handles/handle_folder.js';
import { FakeWorld } from './fake_directory_handle.mjs';

const O_RDONLY = 0;
const O_RDWR = 2;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_TRUNC = 0o1000;

const bytesOf = (text) => new TextEncoder().encode(text);
const code = (wanted) => (error) => error.code === wanted;
/** A call that may throw at once or later. */
const attempt = async (call) => call();

/** A folder over a world, with a clock that stands still. */
function makeFolder(files = {}) {
  const world = new FakeWorld();
  for (const [path, text] of Object.entries(files)) world.put(path, text);
  const clock = { ms: 0 };
  const reports = [];
  const folder = new HandleFolder(world.handle, {
    owner: { uid: 1000, gid: 100 }, report: (message) => reports.push(message), now: () => clock.ms,
  });
  const path = bytesOf;
  const later = () => (clock.ms += 1001);
  return {
    world, folder, reports, later,
    stat: (name) => attempt(() => folder.stat(path(name))),
    open: (name, flags = O_RDONLY) => folder.open(path(name), flags, 0o600),
    async read(handle, offset = 0, length = 1 << 16) {
      const to = new Uint8Array(length).fill(0xee);
      const answer = await folder.read(handle, offset, to);
      return Buffer.from(typeof answer === 'number' ? to.subarray(0, answer) : answer).toString();
    },
    write: (handle, offset, text) => folder.write(handle, offset, bytesOf(text)),
    list: async (name = '') => (await folder.list(path(name))).map((entry) => new TextDecoder().decode(entry.name)).sort(),
    rename: (from, to) => folder.rename(path(from), path(to)),
    remove: (name) => folder.remove(path(name)),
    make: (name) => folder.makeDirectory(path(name), 0o700),
    removeDirectory: (name) => folder.removeDirectory(path(name)),
  };
}

test('changes of a file: random writes and truncations are what a buffer has', () => {
  const changes = new FileChanges();
  const size = 300_000;
  const wanted = new Uint8Array(size);
  const isThere = new Uint8Array(size);
  let seed = 7;
  const random = (limit) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % limit;
  for (let round = 0; round < 400; round++) {
    if (random(10) === 0) {
      const at = random(size);
      changes.truncate(at);
      isThere.fill(0, at);
      continue;
    }
    const at = random(size);
    const bytes = new Uint8Array(Math.min(size - at, random(random(2) ? 100 : 90_000) + 1)).fill(round & 0xff);
    changes.put(at, bytes);
    wanted.set(bytes, at);
    isThere.fill(1, at, at + bytes.length);
  }
  const copied = new Uint8Array(size).fill(0xaa);
  changes.copyOver(0, copied);
  for (let i = 0; i < size; i++) if (copied[i] !== (isThere[i] ? wanted[i] : 0xaa)) assert.fail(`byte ${i}`);
  const inRuns = new Uint8Array(size);
  for (const { offset, end, parts } of changes.runs()) {
    assert.equal(end - offset, parts.reduce((sum, part) => sum + part.length, 0));
    inRuns.fill(1, offset, end);
  }
  assert.deepEqual(inRuns, isThere);
  const gap = isThere.indexOf(0);
  assert.equal(changes.covers(gap, 1), false);
});

test('attributes are made up, and numbers stay', async () => {
  const { stat, list, later, world } = makeFolder({ 'a.txt': 'hello', 'sub/b': 'x' });
  const file = await stat('a.txt');
  assert.deepEqual([file.mode, file.uid, file.gid, file.nlink, file.size, file.blocks], [0o100644, 1000, 100, 1, 5n, 1n]);
  assert.equal((await stat('sub')).mode, 0o040755);
  assert.equal((await stat('sub/b')).size, 1n);
  assert.deepEqual(await list(), ['a.txt', 'sub']);
  later();
  assert.equal((await stat('a.txt')).inode, file.inode);
  await assert.rejects(stat('none'), code('ENOENT'));
  await assert.rejects(stat('a.txt/below'), code('ENOTDIR'));
  await assert.rejects(stat('a\\b'), code('ENOENT'));
  assert.equal(world.calls.get('getFile') > 0, true);
});

test('a look counts for a second; then changes from outside are seen', async () => {
  const { world, stat, list, open, read, later } = makeFolder({ f: 'old' });
  assert.equal((await stat('f')).size, 3n);
  await assert.rejects(stat('new'), code('ENOENT'));
  assert.deepEqual(await list(), ['f']);
  const handle = await open('f');
  assert.equal(await read(handle), 'old');
  world.put('f', 'longer');
  world.put('new', '');
  const calls = [...world.calls.values()].reduce((a, b) => a + b);
  assert.equal((await stat('f')).size, 3n);
  await assert.rejects(stat('new'), code('ENOENT'));
  assert.deepEqual(await list(), ['f']);
  assert.equal([...world.calls.values()].reduce((a, b) => a + b), calls, 'nothing was asked');
  later();
  assert.equal((await stat('f')).size, 6n);
  assert.equal((await stat('new')).size, 0n);
  assert.deepEqual(await list(), ['f', 'new']);
  assert.equal(await read(handle), 'longer');
  world.remove('f');
  later();
  await assert.rejects(stat('f'), code('ENOENT'));
});

test('a file that changes while it is read: what is there now', async () => {
  const { world, open, read } = makeFolder({ f: 'one' });
  const handle = await open('f');
  world.put('f', 'three');
  assert.equal(await read(handle), 'three');
});

test('large files come by pieces', async () => {
  const { world, open, folder } = makeFolder({});
  const big = Buffer.alloc(3_000_000, 'abcdefghij');
  world.put('big', big);
  const handle = await open('big');
  const seen = [];
  for (let offset = 0; ; ) {
    const to = new Uint8Array(65536);
    const answer = await folder.read(handle, offset, to);
    const bytes = typeof answer === 'number' ? to.subarray(0, answer) : answer;
    if (bytes.length === 0) break;
    seen.push(Buffer.from(bytes));
    offset += bytes.length;
  }
  assert.equal(Buffer.concat(seen).equals(big), true);
  assert.equal(world.calls.get('slice'), Math.ceil(big.length / (1 << 18)), 'each piece once');
});

test('what is written is seen at once, and is in the folder after a flush', async () => {
  const { world, folder, stat, open, read, write } = makeFolder({ f: 'hello world' });
  const handle = await open('f', O_RDWR);
  assert.equal(write(handle, 6, 'there'), 5);
  assert.equal(write(handle, 11, '!'), 1);
  assert.equal(await read(handle), 'hello there!');
  assert.equal((await stat('f')).size, 12n);
  assert.equal(folder.statHandle(handle).size, 12n);
  assert.equal(world.text('f'), 'hello world');
  await folder.flush(handle);
  assert.equal(world.text('f'), 'hello there!');
  assert.equal(folder.flush(handle), undefined, 'there is nothing more to write');
  folder.truncate(handle, 5);
  folder.truncate(handle, 8);
  write(handle, 9, 'x');
  assert.equal(await read(handle), 'hello\0\0\0\0x');
  await folder.sync(handle);
  assert.equal(world.text('f'), 'hello\0\0\0\0x');
  assert.equal(await read(handle, 3, 4), 'lo\0\0');
  folder.close(handle);
});

test('a close writes by itself; syncAll waits for all', async () => {
  const { world, folder, open, write } = makeFolder({});
  const one = await open('one', O_RDWR | O_CREAT | O_EXCL);
  const two = await open('two', O_RDWR | O_CREAT);
  assert.equal(world.text('one'), '');
  write(one, 0, '1');
  write(two, 3, '2');
  folder.close(one);
  await folder.syncAll();
  assert.deepEqual([world.text('one'), world.text('two')], ['1', '\0\0\x002']);
  await assert.rejects(open('one', O_RDWR | O_CREAT | O_EXCL), code('EEXIST'));
  const again = await open('one', O_RDWR | O_TRUNC);
  await folder.flush(again);
  assert.equal(world.text('one'), '');
});

test('writes while a commit is under way are not lost', async () => {
  const { world, folder, open, write, read } = makeFolder({ f: 'aaaaaaaa' });
  const handle = await open('f', O_RDWR);
  write(handle, 0, 'b');
  const committed = folder.flush(handle);
  await Promise.resolve();
  write(handle, 7, 'c');
  write(handle, 8, 'd');
  assert.equal(await read(handle), 'baaaaaacd');
  await committed;
  await folder.flush(handle);
  assert.equal(world.text('f'), 'baaaaaacd');
});

test('more than memory should hold goes to the writable before the end', async () => {
  const { world, folder, open, read } = makeFolder({});
  const handle = await open('big', O_RDWR | O_CREAT);
  const piece = new Uint8Array(1 << 20);
  for (let i = 0; i < 70; i++) {
    piece.fill(i);
    assert.equal(await folder.write(handle, i << 20, piece), piece.length);
  }
  assert.equal(world.calls.get('createWritable'), 1);
  assert.equal(world.calls.get('write') >= 2, true);
  assert.equal(world.find(['big']).bytes.length, 0);
  assert.equal(await read(handle, (3 << 20) - 1, 2), '\x02\x03', 'what went is read after a commit');
  await folder.flush(handle);
  assert.equal(world.find(['big']).bytes.length, 70 << 20);
  assert.equal(world.find(['big']).bytes[(69 << 20) + 5], 69);
});

test('no room: fsync and close say so, nothing is lost, and later it works', async () => {
  const { world, folder, open, write, read, later } = makeFolder({ f: 'kept' });
  world.quota = 10;
  const handle = await open('f', O_RDWR);
  write(handle, 4, ' and much more');
  await assert.rejects(folder.sync(handle), code('ENOSPC'));
  await assert.rejects(folder.flush(handle), code('ENOSPC'));
  await assert.rejects(folder.syncAll(), code('ENOSPC'));
  assert.equal(world.text('f'), 'kept');
  write(handle, 0, 'K');
  later();
  assert.equal(await read(handle), 'Kept and much more');
  world.quota = Infinity;
  await folder.sync(handle);
  assert.equal(world.text('f'), 'Kept and much more');
});

test('a permission that is taken back is EACCES everywhere, and what was written waits for it', async () => {
  const { world, folder, reports, stat, list, open, read, write, later, make, remove, rename } =
    makeFolder({ f: 'text', g: '' });
  const handle = await open('f', O_RDWR);
  write(handle, 0, 'T');
  const other = await open('g');
  world.permission = 'prompt';
  later();
  await assert.rejects(stat('g'), code('EACCES'));
  await assert.rejects(list(), code('EACCES'));
  await assert.rejects(open('g', O_RDWR), code('EACCES'));
  await assert.rejects(read(other), code('EACCES'));
  await assert.rejects(make('d'), code('EACCES'));
  await assert.rejects(remove('g'), code('EACCES'));
  await assert.rejects(rename('g', 'h'), code('EACCES'));
  await assert.rejects(folder.flush(handle), code('EACCES'));
  folder.close(handle);
  await assert.rejects(folder.syncAll(), code('EACCES'));
  assert.equal(reports.length, 1);
  assert.match(reports[0], /^f of the mounted folder can't be written/);
  world.permission = 'granted';
  await folder.syncAll();
  assert.equal(world.text('f'), 'Text');
});

test('names: made, removed, and known at once', async () => {
  const { world, stat, list, open, make, remove, removeDirectory } = makeFolder({ f: '', 'full/x': '' });
  await assert.rejects(stat('d'), code('ENOENT'));
  await make('d');
  assert.equal((await stat('d')).mode, 0o040755);
  await assert.rejects(make('d'), code('EEXIST'));
  await assert.rejects(make('f'), code('EEXIST'));
  await assert.rejects(open('d'), code('EISDIR'));
  await assert.rejects(remove('d'), code('EISDIR'));
  await assert.rejects(removeDirectory('f'), code('ENOTDIR'));
  await assert.rejects(removeDirectory('full'), code('ENOTEMPTY'));
  await removeDirectory('d');
  await remove('f');
  await assert.rejects(stat('f'), code('ENOENT'));
  assert.deepEqual(await list(), ['full']);
  assert.equal(world.has('f') || world.has('d'), false);
});

test('an open file that is removed stays what it was, in memory', async () => {
  const { world, folder, open, read, write, remove } = makeFolder({ f: 'still here' });
  const handle = await open('f', O_RDWR);
  write(handle, 0, 'S');
  await remove('f');
  assert.equal(world.has('f'), false);
  assert.equal(await read(handle), 'Still here');
  write(handle, 10, '!');
  assert.equal(await read(handle), 'Still here!');
  await folder.syncAll();
  folder.close(handle);
  assert.equal(world.has('f'), false);
});

for (const moves of [false, 'new', true]) {
  test(`rename, where handles ${moves ? `have move (${moves})` : 'have no move'}`, async () => {
    const { world, folder, stat, open, read, write, rename, make, list } =
      makeFolder({ a: 'first', b: 'second', 'd/x/y': 'deep', 'e/z': '' });
    world.moves = moves;
    const { inode, mtimeNs } = await stat('a');
    const handle = await open('a', O_RDWR);
    const replaced = await open('b');
    write(handle, 0, 'F');
    await rename('a', 'b');
    assert.equal(world.text('b'), 'First');
    assert.equal(world.has('a'), false);
    await assert.rejects(stat('a'), code('ENOENT'));
    assert.equal((await stat('b')).inode, inode);
    assert.ok((await stat('b')).mtimeNs > mtimeNs);
    assert.equal(await read(replaced), 'second');
    assert.equal(await read(handle), 'First');
    write(handle, 5, '!');
    await folder.flush(handle);
    assert.equal(world.text('b'), 'First!');
    // Folders, with an open file in them.
    const deep = await open('d/x/y', O_RDWR);
    write(deep, 4, 'er');
    await rename('d', 'e/new');
    assert.equal(world.text('e/new/x/y'), 'deeper');
    assert.equal(world.has('d'), false);
    assert.equal(await read(deep), 'deeper');
    write(deep, 0, 'D');
    await folder.flush(deep);
    assert.equal(world.text('e/new/x/y'), 'Deeper');
    assert.deepEqual(await list('e/new'), ['x']);
    await make('empty');
    await rename('e/new', 'empty');
    assert.equal(world.text('empty/x/y'), 'Deeper');
    await assert.rejects(rename('empty', 'e'), code('ENOTEMPTY'));
    await assert.rejects(rename('b', 'e'), code('EISDIR'));
    await assert.rejects(rename('e', 'b'), code('ENOTDIR'));
    await assert.rejects(rename('none', 'x'), code('ENOENT'));
  });
}

test('where the host takes two names for one, nothing is lost', async () => {
  const { world, rename, open, list, later } = makeFolder({ 'Read Me': 'text' });
  world.ignoresCase = true;
  await assert.rejects(open('read me', O_RDWR | O_CREAT | O_EXCL), code('EEXIST'));
  await rename('Read Me', 'read me');
  later();
  assert.deepEqual(await list(), ['read me']);
  assert.equal(world.text('read me'), 'text');
});

test('a copy that finds no room leaves all where it was', async () => {
  const { world, rename, stat } = makeFolder({ 'd/one': 'x'.repeat(60), 'd/two': 'x'.repeat(60) });
  world.quota = 200;
  await assert.rejects(rename('d', 'e'), code('ENOSPC'));
  assert.equal(world.has('e'), false);
  assert.equal(world.text('d/two').length, 60);
  await assert.rejects(stat('e'), code('ENOENT'));
});

test('times that a program sets last until the file changes', async () => {
  const { world, folder, stat, open, write, later } = makeFolder({ f: 'x' });
  await stat('f');
  await folder.setTimes(bytesOf('f'), 1_000n, 2_000_000_123n);
  assert.deepEqual([(await stat('f')).atimeNs, (await stat('f')).mtimeNs], [1_000n, 2_000_000_123n]);
  later();
  assert.equal((await stat('f')).mtimeNs, 2_000_000_123n);
  world.put('f', 'y');
  later();
  assert.notEqual((await stat('f')).mtimeNs, 2_000_000_123n);
  // As cp -p does: written, set, closed.
  const handle = await open('f', O_RDWR);
  write(handle, 0, 'z');
  await folder.setTimes(bytesOf('f'), 5n, 7n);
  await folder.flush(handle);
  later();
  assert.equal((await stat('f')).mtimeNs, 7n);
});

test('what such folders have not', async () => {
  const { folder, stat } = makeFolder({ f: '' });
  await stat('f');
  const f = bytesOf('f');
  for (const call of [() => folder.link(f, bytesOf('g')), () => folder.symlink(f, bytesOf('g')),
    () => folder.changeMode(f, 0o600), () => folder.changeOwner(f, 0, 0)]) {
    await assert.rejects(attempt(call), code('EPERM'));
  }
  await folder.changeMode(f, 0o644);
  await folder.changeOwner(f, 1000, 100);
  await assert.rejects(attempt(() => folder.readLink(f)), code('EINVAL'));
  await assert.rejects(folder.open(new Uint8Array([0xff]), O_RDWR | O_CREAT, 0), code('EILSEQ'));
  await assert.rejects(folder.open(bytesOf('a\\b'), O_RDWR | O_CREAT, 0), code('EINVAL'));
});
