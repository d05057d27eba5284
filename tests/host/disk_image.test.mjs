// Disk images: made by mke2fs of a small tree, run from, written to through an overlay, judged by e2fsck.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { ERRNO } from '../../web/host/errno.js';
import { Machine } from '../../web/host/machine.js';
import { NodeBlockDevice } from '../../web/host/node/node_block_device.js';
import { NodePlatform } from '../../web/host/node/platform.js';
import { BINARIES } from './binaries.mjs';

const CLI = fileURLToPath(new URL('../../web/host/cli.js', import.meta.url));
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;
const ENV = { ...process.env, PATH, ELFIN_BINARIES: fileURLToPath(BINARIES) };

function elfin(argv, input = '') {
  const child = spawnSync(process.execPath, [CLI, 'run', ...argv], { env: ENV, cwd: '/', input });
  return { status: child.status, out: child.stdout.toString(), err: child.stderr.toString() };
}

const hash = (file) => crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex');

/** bash and the libraries that it is linked with, busybox, and some files. */
function fillTree(tree) {
  const copy = (file) => {
    fs.mkdirSync(path.join(tree, path.dirname(file)), { recursive: true });
    fs.copyFileSync(fs.realpathSync(file), path.join(tree, file));
  };
  copy('/bin/bash');
  copy('/bin/busybox');
  const libraries = execFileSync('ldd', ['/bin/bash']).toString().match(/\/\S+/g);
  for (const library of libraries) copy(library);
  fs.mkdirSync(path.join(tree, 'etc'));
  fs.writeFileSync(path.join(tree, 'etc/greeting'), 'good morning\n');
  fs.symlinkSync('greeting', path.join(tree, 'etc/link'));
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-image-'));
test.after(() => fs.rmSync(folder, { recursive: true }));
const image = path.join(folder, 'disk.img');
const tree = path.join(folder, 'tree');
fillTree(tree);
execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', '-b', '4096', '-d', tree, image, '64M'], { env: ENV });
const before = hash(image);

test('bash runs in an image, and the image stays as it was', () => {
  const script = 'read line < /etc/link; echo "$line, $BASH"; echo /etc/*; echo new > /etc/new; read x < /etc/new; echo $x';
  const { status, out, err } = elfin(['--image', image, '--', '/bin/bash', '-c', script]);
  assert.deepEqual([status, out], [0, 'good morning, /bin/bash\n/etc/greeting /etc/link\nnew\n'], err);
  assert.equal(hash(image), before);
});

test('what an overlay has been given is there in the next run', () => {
  const overlay = path.join(folder, 'overlay');
  const run = (...argv) => elfin(['--image', image, '--overlay', overlay, '--', '/bin/busybox', ...argv]);
  assert.deepEqual(run('mkdir', '-p', '/srv/data/a'), { status: 0, out: '', err: '' });
  assert.equal(run('dd', 'if=/bin/bash', 'of=/srv/data/a/bash', 'bs=64k').status, 0);
  assert.equal(run('ln', '/srv/data/a/bash', '/srv/data/b').status, 0);
  assert.equal(run('mv', '/etc/greeting', '/srv/data/greeting').status, 0);
  assert.equal(run('cat', '/srv/data/greeting').out, 'good morning\n');
  const native = execFileSync('sha256sum', ['/bin/bash']).toString().split(' ')[0];
  assert.equal(run('sha256sum', '/srv/data/b').out.split(' ')[0], native);
  assert.equal(run('rm', '-r', '/srv/data/a').status, 0);
  assert.equal(run('ls', '/srv/data').out, 'b\ngreeting\n');
  assert.equal(run('cat', '/etc/greeting').status, 1);
  assert.equal(hash(image), before);
});

test('an overlay of another image is refused', () => {
  const overlay = path.join(folder, 'overlay');
  const other = path.join(folder, 'other.img');
  execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', '-d', tree, other, '64M'], { env: ENV });
  const { status, err } = elfin(['--image', other, '--overlay', overlay, '--', '/bin/busybox', 'true']);
  assert.equal(status, 125);
  assert.match(err, /another disk/);
});

test('an overlay has one user at a time; one that was killed does not count', async () => {
  const overlay = path.join(folder, 'locked');
  const argv = ['run', '--image', image, '--overlay', overlay, '--', '/bin/busybox'];
  const first = spawn(process.execPath, [CLI, ...argv, 'sh', '-c', 'echo ready; read x'], { env: ENV, cwd: '/' });
  await new Promise((resolve) => first.stdout.once('data', resolve));
  const second = elfin([...argv.slice(1), 'true']);
  assert.equal(second.status, 125);
  assert.match(second.err, new RegExp(`is in use by process ${first.pid}`));
  first.kill('SIGKILL');
  await new Promise((resolve) => first.once('close', resolve));
  const { status, err } = elfin([...argv.slice(1), 'true']);
  assert.equal(status, 0, err);
  assert.ok(!fs.existsSync(`${overlay}.lock`), 'nothing is left behind');
});

test('what is no image is refused, with a reason', () => {
  const none = path.join(folder, 'none');
  fs.writeFileSync(none, Buffer.alloc(1 << 20));
  const { status, err } = elfin(['--image', none, '--', '/bin/busybox', 'true']);
  assert.equal(status, 125);
  assert.match(err, /no magic number/);
  assert.equal(elfin(['--image', path.join(folder, 'missing'), '--', 'true']).status, 125);
});

test('a long read goes from the device straight into the process; what can’t goes through the cache', async () => {
  const long = 64 << 10;
  const device = new NodeBlockDevice(image);
  const outputOf = async (wrapper) => {
    const machine = await Machine.create({
      platform: new NodePlatform({ directory: BINARIES }), mounts: { '/': { image: wrapper } }, jit: 'off',
    });
    const pieces = [];
    const guest = await machine.spawn('/bin/busybox', ['dd', 'if=/bin/bash', `bs=${long}`],
      { stdin: null, stdout: (bytes) => pieces.push(Buffer.from(bytes)), stderr: null });
    const { code } = await guest.wait();
    return { code, bytes: Buffer.concat(pieces) };
  };
  const wrap = (readsAtOnce, read) =>
    ({ size: device.size, readOnly: true, readsAtOnce, flush() {}, write() {}, read });
  const expected = fs.readFileSync('/bin/bash');
  for (const readsAtOnce of [true, false]) {
    const buffers = new Set();
    const { code, bytes } = await outputOf(wrap(readsAtOnce, (offset, to) => {
      buffers.add(to.buffer);
      device.read(offset, to);
    }));
    assert.equal(code, 0);
    assert.ok(bytes.equals(expected));
    assert.equal([...buffers].filter((buffer) => buffer.byteLength > 0).length > 1, readsAtOnce);
  }
  let ready = false; // the program has been loaded
  const promising = wrap(true, (offset, to) => {
    device.read(offset, to);
    ready ||= to.length === long;
    return ready && to.length === long ? Promise.resolve(to) : undefined;
  });
  assert.ok((await outputOf(promising)).bytes.equals(expected), 'it had said that it never promises');
  device.close();
});

test('machine.fs on a disk: links, devices, attributes, and what lies below /proc where nothing is over it', async () => {
  const device = new NodeBlockDevice(image);
  const open = (mount) => Machine.create({
    platform: new NodePlatform({ directory: BINARIES }), mounts: { '/': { image: device, ...mount } }, jit: 'off',
  });
  const { fs: files } = await open({ bare: true });
  await files.mkdir('/proc');
  await files.writeFile('/proc/own', 'seen');
  await files.mkdir('/dev');
  const far = 70000 % 256 + 259 * 256 + Math.floor(70000 / 256) * 2 ** 20; // 259, 70000
  await files.mknod('/dev/null', 0o020666, 0x103);
  await files.mknod('/dev/far', 0o060600, far);
  await files.mknod('/pipe', 0o010640);
  await assert.rejects(files.mknod('/file', 0o100640), { errno: ERRNO.EINVAL });
  assert.deepEqual((await files.readdir('/proc')).map(({ name }) => name), ['own']);
  const stat = await files.stat('/dev/null');
  assert.deepEqual([stat.type, stat.mode, stat.device], ['character device', 0o666, 0x103]);
  assert.equal((await files.stat('/dev/far')).device, far);
  await files.link('/etc/greeting', '/hello');
  assert.equal((await files.stat('/hello')).links, 2);
  await files.lchown('/etc/link', 5, 6);
  await files.setLinkModified('/etc/link', new Date('2001-02-03T04:05:06Z'));
  const link = await files.lstat('/etc/link');
  assert.deepEqual([link.uid, link.gid, link.modified.toISOString()], [5, 6, '2001-02-03T04:05:06.000Z']);
  assert.notEqual((await files.stat('/etc/link')).uid, 5);
  await files.setAttribute('/hello', 'user.note', Uint8Array.of(0, 1, 255));
  await files.setAttribute('/hello', 'security.ü', 'text');
  assert.deepEqual([...(await files.attributes('/hello')).get('user.note')], [0, 1, 255]);
  await files.removeAttribute('/hello', 'user.note');
  await files.setAttribute('/hello', 'user.other', '');
  const attributes = await files.attributes('/hello');
  assert.deepEqual([...attributes].map(([name, value]) => [name, Buffer.from(value).toString()]).sort(),
    [['security.ü', 'text'], ['user.other', '']]);
  await assert.rejects(files.removeAttribute('/hello', 'user.note'), { errno: ERRNO.ENODATA });
  await assert.rejects(files.setAttribute('/hello', 'plain', ''), { errno: ERRNO.EOPNOTSUPP });
  const bytes = Buffer.from([0x2f, 0xff, 0xfe]);
  await files.writeFile(bytes, 'x');
  assert.ok((await files.readdir('/', { asBytes: true })).some(({ name }) => Buffer.from(name).equals(bytes.subarray(1))));
  const usual = await open({});
  assert.ok((await usual.fs.readdir('/proc')).length > 5);
  device.close();
});
