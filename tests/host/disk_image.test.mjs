// Disk images: made by mke2fs of a small tree, run from, written to through an overlay, judged by e2fsck.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
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
