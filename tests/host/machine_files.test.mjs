// machine.fs: the guest's files from outside; tar archives; the list of processes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { ERRNO } from '../../web/host/errno.js';
import { ArchiveError } from '../../web/host/errors.js';
import { Machine } from '../../web/host/machine.js';
import { NodeFolder } from '../../web/host/node/node_folder.js';
import { NodePlatform } from '../../web/host/node/platform.js';
import { readArchive } from '../../web/host/tar_unpack.js';
import { BINARIES } from './binaries.mjs';

const text = (bytes) => Buffer.from(bytes).toString();

async function makeMachine() {
  return Machine.create({
    platform: new NodePlatform({ directory: BINARIES }),
    mounts: { '/': { folder: new NodeFolder('/'), readOnly: true } },
    jit: 'off',
  });
}

async function gather(pieces) {
  const all = [];
  for await (const piece of pieces) all.push(piece);
  return new Uint8Array(Buffer.concat(all));
}

test('files are written, listed, changed and removed', async () => {
  const { fs: files } = await makeMachine();
  await files.mkdir('/tmp/a/b/c', { recursive: true });
  await files.mkdir('/tmp/a/b/c', { recursive: true });
  await assert.rejects(files.mkdir('/tmp/a'), { errno: ERRNO.EEXIST });
  await files.writeFile('/tmp/a/one', 'first', { mode: 0o600 });
  await files.writeFile('/tmp/a/one', ' second', { append: true });
  assert.equal(text(await files.readFile('/tmp/a/one')), 'first second');
  assert.equal(text(await files.readFile('/tmp/a/one', { offset: 6, length: 3 })), 'sec');
  const stat = await files.stat('/tmp/a/one');
  assert.deepEqual([stat.type, stat.mode, stat.size, stat.uid], ['file', 0o600, 12, 0]);
  await files.symlink('one', '/tmp/a/link');
  assert.equal(await files.readlink('/tmp/a/link'), 'one');
  assert.equal((await files.lstat('/tmp/a/link')).type, 'link');
  assert.equal((await files.stat('/tmp/a/link')).type, 'file');
  const entries = await files.readdir('/tmp/a');
  assert.deepEqual(entries.toSorted((a, b) => (a.name < b.name ? -1 : 1)), [
    { name: 'b', type: 'directory' }, { name: 'link', type: 'link' }, { name: 'one', type: 'file' }]);
  await files.chmod('/tmp/a/one', 0o4711);
  await files.chown('/tmp/a/one', 1000, 1001);
  await files.setModified('/tmp/a/one', new Date('2001-02-03T04:05:06Z'));
  const changed = await files.stat('/tmp/a/one');
  assert.deepEqual([changed.uid, changed.gid, changed.modified.toISOString()],
    [1000, 1001, '2001-02-03T04:05:06.000Z']);
  await files.rename('/tmp/a/one', '/tmp/a/two');
  await assert.rejects(files.stat('/tmp/a/one'), { errno: ERRNO.ENOENT, message: '/tmp/a/one: there is no such file or directory (ENOENT)' });
  await assert.rejects(files.rmdir('/tmp/a'), { errno: ERRNO.ENOTEMPTY });
  await assert.rejects(files.unlink('/tmp/a'), { errno: ERRNO.EISDIR });
  await files.remove('/tmp/a');
  await assert.rejects(files.readdir('/tmp/a'), { errno: ERRNO.ENOENT });
});

test('what can not be done has its errno', async () => {
  const { fs: files } = await makeMachine();
  await assert.rejects(files.readdir('/etc/passwd'), { errno: ERRNO.ENOTDIR });
  await assert.rejects(files.readlink('/etc/passwd'), { errno: ERRNO.EINVAL });
  await assert.rejects(files.writeFile('/etc/new', 'x'), { errno: ERRNO.EROFS });
  await assert.rejects(files.readFile('/tmp/a\0b'), { errno: ERRNO.EINVAL });
  await assert.rejects(files.mkdir('/etc/passwd/x', { recursive: true }), { errno: ERRNO.ENOTDIR });
  // Requests that come at once are answered one by one.
  const all = Array.from({ length: 20 }, (_, i) => files.writeFile(`/tmp/${i}`, String(i)));
  await Promise.all(all);
  assert.equal(text(await files.readFile('/tmp/17')), '17');
  await files.sync();
});

test('tar: what is packed here GNU tar unpacks, and the other way round', async (t) => {
  const { fs: files } = await makeMachine();
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-tar-'));
  t.after(() => fs.rmSync(scratch, { recursive: true }));
  const longName = 'n'.repeat(180);
  fs.mkdirSync(`${scratch}/in/sub`, { recursive: true });
  fs.writeFileSync(`${scratch}/in/sub/${longName}`, 'long');
  fs.writeFileSync(`${scratch}/in/big`, Buffer.alloc(100_000, 'ab'));
  fs.symlinkSync(`sub/${longName}`, `${scratch}/in/link`);
  fs.linkSync(`${scratch}/in/big`, `${scratch}/in/same`);
  fs.chmodSync(`${scratch}/in/big`, 0o755);
  for (const format of ['gnu', 'pax']) {
    execFileSync('tar', ['-C', `${scratch}/in`, `--format=${format}`, '-cf', `${scratch}/${format}.tar`, '.']);
    const count = await files.importTar(`/tmp/${format}`, new Uint8Array(fs.readFileSync(`${scratch}/${format}.tar`)));
    assert.equal(count, 5);
    assert.equal(text(await files.readFile(`/tmp/${format}/link`)), 'long');
    assert.equal((await files.stat(`/tmp/${format}/same`)).size, 100_000);
    assert.equal((await files.stat(`/tmp/${format}/big`)).mode, 0o755);
  }
  fs.writeFileSync(`${scratch}/out.tar`, await gather(files.exportTar('/tmp/gnu')));
  fs.mkdirSync(`${scratch}/out`);
  execFileSync('tar', ['-C', `${scratch}/out`, '-xf', `${scratch}/out.tar`]);
  assert.equal(fs.readFileSync(`${scratch}/out/link`, 'utf8'), 'long');
  assert.equal(fs.readFileSync(`${scratch}/out/sub/${longName}`, 'utf8'), 'long');
  assert.deepEqual(fs.readFileSync(`${scratch}/out/big`), fs.readFileSync(`${scratch}/in/big`));
  assert.equal(fs.statSync(`${scratch}/out/big`).mode & 0o777, 0o755);
});

test('tar: damaged archives and such that lead elsewhere are refused', async (t) => {
  const { fs: files } = await makeMachine();
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-tar-'));
  t.after(() => fs.rmSync(scratch, { recursive: true }));
  fs.writeFileSync(`${scratch}/file`, 'x'.repeat(2000));
  const pack = (...options) =>
    new Uint8Array(execFileSync('tar', ['-C', scratch, '-cf', '-', ...options, 'file']));
  await assert.rejects(files.importTar('/tmp/t', pack('--transform=s,^,../,', '-P')), ArchiveError);
  const archive = pack();
  const readAll = (bytes) => Array.fromAsync(readArchive(bytes), ({ name }) => name);
  assert.deepEqual(await readAll(archive), ['file']);
  await assert.rejects(readAll(archive.subarray(0, 1000)), ArchiveError);
  await assert.rejects(files.importTar('/tmp/t', archive.subarray(0, 1500)), { name: 'ArchiveError', message: /cut off/ });
  archive[3] ^= 1;
  await assert.rejects(readAll(archive), ArchiveError);
  await assert.rejects(readAll(new Uint8Array(1024).fill(65)), ArchiveError);
});

test('tar: archives and files go by in pieces, however they are cut', async (t) => {
  const machine = await makeMachine();
  const { fs: files } = machine;
  t.after(() => machine.stop());
  const long = Buffer.from(Array.from({ length: 2_500_000 }, (_, i) => (i * i) >> 9));
  await files.mkdir('/tmp/in/sub', { recursive: true });
  await files.writeFile('/tmp/in/long', long);
  await files.writeFile('/tmp/in/empty', '');
  await files.writeFile(`/tmp/in/sub/${'n'.repeat(150)}`, 'short');
  const pieces = await Array.fromAsync(files.readPieces('/tmp/in/long'));
  assert.deepEqual(pieces.map(({ length }) => length), [1 << 20, 1 << 20, long.length - (2 << 20)]);
  assert.ok(Buffer.concat(pieces).equals(long));
  const part = await gather(files.readPieces('/tmp/in/long', { offset: 1_000_000, length: 1_200_000 }));
  assert.ok(Buffer.from(part).equals(long.subarray(1_000_000, 2_200_000)));
  const packed = await Array.fromAsync(files.exportTar('/tmp/in'));
  assert.ok(Math.max(...packed.map(({ length }) => length)) <= 1 << 20, 'no piece holds a whole file');
  const archive = Buffer.concat(packed);
  const cut = async function* (size) {
    for (let at = 0; at < archive.length; at += size) yield new Uint8Array(archive.subarray(at, at + size));
  };
  const forms = { small: cut(333), odd: cut(100_001), blob: new Blob(packed), stream: new Blob(packed).stream() };
  for (const [name, form] of Object.entries(forms)) {
    assert.equal(await files.importTar(`/tmp/${name}`, form), 4, name);
    assert.ok(Buffer.from(await files.readFile(`/tmp/${name}/long`)).equals(long), name);
    assert.equal((await files.stat(`/tmp/${name}/empty`)).size, 0);
    assert.equal(text(await files.readFile(`/tmp/${name}/sub/${'n'.repeat(150)}`)), 'short');
  }
  // A file that is cut while it is packed has the length that its header says.
  await files.mkdir('/tmp/cut');
  await files.rename('/tmp/in/long', '/tmp/cut/long');
  const changing = [];
  for await (const piece of files.exportTar('/tmp/cut')) {
    if (changing.push(piece) === 1) await files.writeFile('/tmp/cut/long', 'now short');
  }
  const names = await Array.fromAsync(readArchive(Buffer.concat(changing)), ({ name, size }) => [name, size]);
  assert.deepEqual(names, [['long', long.length]]);
});

test('the list of processes, and kill', async () => {
  const machine = await makeMachine();
  const sleeper = await machine.spawn('/bin/sleep', ['1000']);
  const list = await machine.processes();
  const found = list.find(({ pid }) => pid === sleeper.pid);
  assert.equal(found.name, 'sleep');
  assert.equal(found.command, '/bin/sleep 1000');
  assert.equal(found.threads, 1);
  assert.equal(typeof found.seconds, 'number');
  assert.ok(found.memoryBytes > 0);
  assert.equal(machine.kill(sleeper.pid, 'SIGTERM'), true);
  assert.deepEqual((await sleeper.wait()).signal, 15);
  assert.equal(machine.kill(sleeper.pid), false);
});
