// NodeFolder over a temporary folder: attributes, names that are no text, links, read-only, errors.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { NodeFolder } from '../../web/host/node/node_folder.js';

const bytes = (text) => Buffer.from(text);
const code = (expected) => (error) => error.code === expected;
const O = { rdonly: 0, wronly: 1, rdwr: 2, creat: 0o100, excl: 0o200, trunc: 0o1000 };

function withFolder(use) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-folder-'));
  try {
    use(root, new NodeFolder(root, { writable: true }), new NodeFolder(root));
  } finally {
    fs.rmSync(root, { recursive: true });
  }
}

test('stat tells what the host says', () => {
  withFolder((root, folder) => {
    fs.writeFileSync(`${root}/file`, 'hello', { mode: 0o640 });
    fs.utimesSync(`${root}/file`, 1000, 2000.5);
    const stat = folder.stat(bytes('file'));
    assert.equal(stat.mode, 0o100640);
    assert.equal(stat.size, 5n);
    assert.equal(stat.nlink, 1);
    assert.equal(stat.atimeNs, 1000n * 10n ** 9n);
    assert.equal(stat.mtimeNs, 2000500000000n);
    assert.equal(stat.inode, fs.statSync(`${root}/file`, { bigint: true }).ino);
    assert.equal(folder.stat(bytes('')).mode & 0o170000, 0o40000);
    assert.throws(() => folder.stat(bytes('missing')), code('ENOENT'));
    assert.throws(() => folder.stat(bytes('a\0b')), code('EINVAL'));
  });
});

test('files are read and written by position', () => {
  withFolder((root, folder) => {
    const handle = folder.open(bytes('new'), O.rdwr | O.creat | O.excl, 0o600);
    assert.equal(folder.write(handle, 0, bytes('0123456789')), 10);
    assert.equal(folder.write(handle, 20, bytes('x')), 1);
    const to = new Uint8Array(4);
    assert.equal(folder.read(handle, 8, to), 4);
    assert.deepEqual([...to], [56, 57, 0, 0]);
    assert.equal(folder.read(handle, 21, to), 0);
    assert.equal(folder.statHandle(handle).size, 21n);
    folder.truncate(handle, 3);
    folder.sync(handle);
    folder.close(handle);
    assert.equal(fs.readFileSync(`${root}/new`, 'utf8'), '012');
    assert.throws(() => folder.read(handle, 0, to), code('EBADF'));
    assert.throws(() => folder.read(1, 0, to), code('EBADF'), 'only its own descriptors');
    assert.throws(() => folder.open(bytes('new'), O.wronly | O.creat | O.excl, 0o600), code('EEXIST'));
    assert.throws(() => folder.open(bytes('none'), O.rdonly, 0), code('ENOENT'));
    folder.close(folder.open(bytes('new'), O.wronly | O.trunc, 0));
    assert.equal(fs.statSync(`${root}/new`).size, 0);
  });
});

test('names are bytes', () => {
  withFolder((root, folder) => {
    const name = Buffer.from([0x66, 0xff, 0xfe, 0x0a]);
    folder.close(folder.open(name, O.wronly | O.creat, 0o644));
    folder.symlink(Buffer.from([0xc3, 0x28]), bytes('link'));
    const listed = folder.list(bytes(''));
    const file = listed.find((entry) => entry.type === 8);
    assert.deepEqual([...file.name], [...name]);
    assert.equal(file.inode, folder.stat(name).inode);
    assert.equal(listed.find((entry) => entry.type === 10).name.toString(), 'link');
    assert.deepEqual([...folder.readLink(bytes('link'))], [0xc3, 0x28]);
  });
});

test('no symlink is followed in the last component', () => {
  withFolder((root, folder) => {
    fs.symlinkSync('/etc/passwd', `${root}/out`);
    assert.equal(folder.stat(bytes('out')).mode & 0o170000, 0o120000);
    assert.throws(() => folder.open(bytes('out'), O.rdonly, 0), code('ELOOP'));
    assert.throws(() => folder.open(bytes('out'), O.wronly | O.creat, 0o600), code('ELOOP'));
    assert.throws(() => folder.changeMode(bytes('out'), 0o777), code('EOPNOTSUPP'));
    folder.setTimes(bytes('out'), 5n * 10n ** 9n, 7n * 10n ** 9n);
    assert.equal(fs.lstatSync(`${root}/out`).mtimeMs, 7000);
    folder.link(bytes('out'), bytes('hard'));
    assert.ok(fs.lstatSync(`${root}/hard`).isSymbolicLink());
  });
});

test('folders and names', () => {
  withFolder((root, folder) => {
    folder.makeDirectory(bytes('d'), 0o755);
    fs.writeFileSync(`${root}/d/f`, '');
    assert.throws(() => folder.makeDirectory(bytes('d'), 0o755), code('EEXIST'));
    assert.throws(() => folder.removeDirectory(bytes('d')), code('ENOTEMPTY'));
    folder.rename(bytes('d/f'), bytes('g'));
    folder.link(bytes('g'), bytes('h'));
    assert.equal(folder.stat(bytes('g')).nlink, 2);
    folder.changeMode(bytes('g'), 0o4711);
    assert.equal(folder.stat(bytes('h')).mode, 0o104711);
    folder.remove(bytes('g'));
    folder.removeDirectory(bytes('d'));
    assert.throws(() => folder.list(bytes('h')), code('ENOTDIR'));
    assert.deepEqual(fs.readdirSync(root), ['h']);
  });
});

test('a read-only folder refuses every change', () => {
  withFolder((root, writable, folder) => {
    fs.writeFileSync(`${root}/f`, 'text');
    const f = bytes('f');
    const changes = {
      write: () => folder.open(f, O.wronly, 0),
      create: () => folder.open(bytes('n'), O.rdonly | O.creat, 0o600),
      truncate: () => folder.open(f, O.rdonly | O.trunc, 0),
      mkdir: () => folder.makeDirectory(bytes('n'), 0o755),
      remove: () => folder.remove(f),
      rmdir: () => folder.removeDirectory(f),
      rename: () => folder.rename(f, bytes('n')),
      link: () => folder.link(f, bytes('n')),
      symlink: () => folder.symlink(f, bytes('n')),
      chmod: () => folder.changeMode(f, 0o777),
      chown: () => folder.changeOwner(f, 0, 0),
      times: () => folder.setTimes(f, 0n, 0n),
    };
    for (const [name, change] of Object.entries(changes)) {
      assert.throws(change, code('EROFS'), name);
    }
    const handle = folder.open(f, O.rdonly, 0);
    const to = new Uint8Array(10);
    assert.equal(folder.read(handle, 0, to), 4);
    folder.close(handle);
    assert.deepEqual(fs.readdirSync(root), ['f']);
  });
});

test('devices, FIFOs and folders are not opened', () => {
  withFolder((root, folder) => {
    assert.throws(() => folder.open(bytes(''), O.rdonly, 0), code('ENXIO'));
    assert.throws(() => new NodeFolder('/').open(bytes('dev/null'), O.rdonly, 0), code('ENXIO'));
    assert.throws(() => new NodeFolder(`${root}/none`), code('ENOENT'));
    assert.throws(() => new NodeFolder('/etc/passwd'), code('ENOTDIR'));
  });
});
