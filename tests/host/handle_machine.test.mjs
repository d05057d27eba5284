// Programs of this machine in a folder behind a handle, which answers later: mounted, written to, unmounted.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { MountError } from '../../web/host/errors.js';
import { Machine } from '../../web/host/machine.js';
import { NodeFolder } from '../../web/host/node/node_folder.js';
import { NodePlatform } from '../../web/host/node/platform.js';
import { BINARIES } from './binaries.mjs';
import { FakeWorld } from './fake_directory_handle.mjs';

const PLACE = '/tmp/mounted';
const EBUSY = 16;
const EINVAL = 22;

async function makeMachine(world, options = {}) {
  const reports = [];
  const platform = new NodePlatform({ directory: BINARIES, report: (line) => reports.push(line) });
  const machine = await Machine.create({ platform, mounts: { '/': { folder: new NodeFolder('/'), readOnly: true } } });
  await machine.fs.mkdir(PLACE);
  await machine.mount(PLACE, Object.keys(options).length > 0 ? { folder: world.handle, ...options } : world.handle);
  return { machine, reports };
}

/** What a shell's commands say in that folder, errors with it. */
async function shell(machine, script, options = {}) {
  const pieces = [];
  const write = (bytes) => pieces.push(bytes.slice());
  const guest = await machine.spawn('/bin/sh', ['-c', script], {
    cwd: PLACE, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, stdin: null, stdout: write, stderr: write, ...options,
  });
  const { code } = await guest.wait();
  return { text: Buffer.concat(pieces).toString(), code };
}

/** The same commands, natively, in an ordinary folder. */
function nativeShell(script, files = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-native-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), text);
    }
    return execFileSync('/bin/sh', ['-c', `umask 022; { ${script}\n} 2>&1`], {
      cwd: folder, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, encoding: 'utf8',
    });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

const FILES = { 'a.txt': 'one\ntwo\nthree\n', 'sub/b.txt': 'below\n', 'sub/deep/c': '' };
const SCRIPT = `
  find . -type f | sort; cat a.txt sub/b.txt; wc -c < a.txt
  stat -c '%A %F' a.txt sub; stat -c %s a.txt
  echo four >> a.txt; tail -n 2 a.txt
  sed -i s/two/2/ a.txt; cat a.txt
  mkdir -p new/inner; cp a.txt new/inner/copy; cmp a.txt new/inner/copy && echo same
  mv new/inner/copy new/moved; mv new renamed; ls -R | grep -v total
  dd if=/dev/zero of=sparse bs=1 count=1 seek=99999 status=none; wc -c sparse; truncate -s 10 sparse; wc -c < sparse
  exec 3<>a.txt; rm a.txt; cat <&3; exec 3>&-; ls a.txt
  rmdir renamed; rm -r renamed; ls
  touch -d '2001-02-03 04:05:06 UTC' sub/b.txt; TZ=UTC stat -c %y sub/b.txt
  test -w sub/b.txt && echo writable; cd sub; pwd | sed 's,.*/,,'
  true
`;

test('what programs see and say is what they do in an ordinary folder', async () => {
  const world = new FakeWorld();
  for (const [name, text] of Object.entries(FILES)) world.put(name, text);
  const { machine } = await makeMachine(world);
  const { text, code } = await shell(machine, SCRIPT);
  assert.equal(text, nativeShell(SCRIPT, FILES));
  assert.equal(code, 0);
  await machine.fs.sync();
  assert.equal(world.find(['sparse']).bytes.length, 10);
  assert.equal(world.has('a.txt') || world.has('renamed'), false);
  await machine.stop();
});

test('a large file, both ways', async () => {
  const world = new FakeWorld();
  const big = Buffer.alloc(20_000_000);
  for (let i = 0; i < big.length; i++) big[i] = (i * i * 31) >> 7;
  const sum = createHash('sha256').update(big).digest('hex');
  world.put('big', big);
  const { machine } = await makeMachine(world);
  assert.equal((await shell(machine, 'sha256sum < big')).text, `${sum}  -\n`);
  assert.deepEqual(await shell(machine, 'cp big copy && tail -c 1000 big >> copy'), { text: '', code: 0 });
  await machine.fs.sync();
  assert.equal(world.find(['copy']).bytes.equals(Buffer.concat([big, big.subarray(-1000)])), true);
  await machine.stop();
});

test('two processes at once', async () => {
  const world = new FakeWorld();
  const { machine } = await makeMachine(world);
  const writer = (word) => `for i in 1 2 3 4 5 6 7 8 9; do echo ${word} $i >> log; cat log > /dev/null; done`;
  const both = await Promise.all([shell(machine, writer('left')), shell(machine, writer('right'))]);
  assert.deepEqual(both.map(({ code }) => code), [0, 0]);
  const { text } = await shell(machine, 'sort -k 1,1 -k 2,2n log');
  const lines = (word) => Array.from({ length: 9 }, (_, i) => `${word} ${i + 1}\n`).join('');
  assert.equal(text, lines('left') + lines('right'));
  await machine.stop();
  assert.equal(world.text('log').split('\n').length, 19);
});

test('what can not be says so', async () => {
  const world = new FakeWorld();
  world.put('f', 'text');
  const { machine } = await makeMachine(world, { owner: { uid: 1000, gid: 1000 } });
  const refused = async (command, sentence) => {
    const { text, code } = await shell(machine, command);
    assert.match(text, sentence);
    assert.notEqual(code, 0);
  };
  await refused('ln f g', /Operation not permitted/);
  await refused('ln -s f g', /Operation not permitted/);
  await refused('chmod 600 f', /Operation not permitted/);
  await refused('chown 0 f', /Operation not permitted/);
  await refused('mknod n c 1 3', /Operation not permitted/);
  await refused('./f', /Permission denied/);
  assert.equal((await shell(machine, 'stat -c "%u %g %a" f')).text, '1000 1000 644\n');
  assert.equal((await shell(machine, 'echo more >> f; cat f', { uid: 1000, gid: 1000 })).text, 'textmore\n');
  await assert.rejects(async () => {
    const { text, code } = await shell(machine, 'echo x >> f', { uid: 1001, gid: 1001 });
    if (code !== 0) throw new Error(text);
  }, /Permission denied/);
  await machine.stop();
});

test('no room and no permission reach the program', async () => {
  const world = new FakeWorld();
  world.put('f', 'text');
  const { machine, reports } = await makeMachine(world);
  await machine.fs.sync();
  world.quota = 1000;
  const full = await shell(machine, 'dd if=/dev/zero of=big bs=4000 count=1 status=none');
  assert.match(full.text, /No space left on device/);
  assert.notEqual(full.code, 0);
  const synced = await shell(machine, 'dd if=/dev/zero of=f bs=4000 count=1 conv=fsync,notrunc status=none');
  assert.match(synced.text, /fsync failed.*No space left on device/);
  assert.equal(world.text('f'), 'text', 'what was there stays');
  await shell(machine, 'rm big; : > f; echo short > f');
  await machine.fs.sync();
  assert.equal(world.text('f'), 'short\n');
  world.permission = 'prompt';
  await new Promise((resolve) => setTimeout(resolve, 1100)); // what was seen counts for a second
  assert.match((await shell(machine, 'cat f')).text, /Permission denied/);
  assert.match((await shell(machine, 'echo x > new')).text, /Permission denied|cannot create/);
  world.permission = 'granted';
  assert.equal((await shell(machine, 'cat f')).text, 'short\n');
  assert.deepEqual(reports.filter((line) => !/of the mounted folder can't be written/.test(line)), []);
  await machine.stop();
});

test('read-only, unmounting, mounting again', async () => {
  const world = new FakeWorld();
  world.put('f', 'text');
  const { machine } = await makeMachine(world, { readOnly: true });
  assert.match((await shell(machine, 'echo x > f')).text, /Read-only file system/);
  assert.match((await shell(machine, 'rm -f f')).text, /Read-only file system/);
  await machine.unmount(PLACE);
  assert.equal((await shell(machine, 'ls', { cwd: PLACE })).text, '');
  const isMountError = (errno) => (error) => error instanceof MountError && error.errno === errno;
  await assert.rejects(machine.unmount(PLACE), isMountError(EINVAL));
  await assert.rejects(machine.unmount('/'), isMountError(EBUSY));
  await machine.mount(PLACE, world.handle);
  const guest = await machine.spawn('/bin/sh', ['-c', 'echo kept > g; exec sleep 1000'], { cwd: PLACE });
  while (!world.has('g')) await new Promise((resolve) => setTimeout(resolve, 5));
  await assert.rejects(machine.unmount(PLACE), isMountError(EBUSY));
  guest.kill('SIGKILL');
  await guest.wait();
  await machine.unmount(PLACE);
  assert.equal(world.text('g'), 'kept\n');
  await machine.stop();
});

test('such a folder as the root', async () => {
  const world = new FakeWorld();
  world.put('greeting', 'hello');
  const platform = new NodePlatform({ directory: BINARIES });
  const machine = await Machine.create({ platform, mounts: { '/': world.handle } });
  assert.equal(Buffer.from(await machine.fs.readFile('/greeting')).toString(), 'hello');
  await machine.fs.writeFile('/answer', 'there');
  await machine.stop();
  assert.equal(world.text('answer'), 'there');
});
