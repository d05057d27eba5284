// What a machine tells of itself, how it ends, and what its errors say; the same from one in a worker.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import * as errors from '../../web/host/errors.js';
import { Machine } from '../../web/host/machine.js';
import { NodeFolder } from '../../web/host/node/node_folder.js';
import { NodePlatform } from '../../web/host/node/platform.js';
import { BINARIES } from './binaries.mjs';

const { ArchiveError, FileError, MachineError, MountError, SpawnError, describeError, reviveError } = errors;

function makeMachine(mounts = {}) {
  return Machine.create({
    platform: new NodePlatform({ directory: BINARIES, report: () => {} }),
    mounts: { '/': { folder: new NodeFolder('/'), readOnly: true }, ...mounts }, jit: 'off',
  });
}

/** What a machine tells doesn't hold the process. */
const holding = setInterval(() => {}, 1000);
test.after(() => clearInterval(holding));

/** The first event of that kind whose detail will do. */
function eventOf(machine, type, willDo = () => true) {
  return new Promise((resolve) => {
    const listener = ({ detail }) => {
      if (!willDo(detail)) return;
      machine.removeEventListener(type, listener);
      resolve(detail);
    };
    machine.addEventListener(type, listener);
  });
}

test('activity: the processor, the network within the machine, and then quiet', async () => {
  const machine = await makeMachine();
  const told = [];
  machine.addEventListener('activity', ({ detail }) => told.push(detail));
  const busy = eventOf(machine, 'activity', ({ cpu }) => cpu > 0.05);
  const talk = eventOf(machine, 'activity', ({ networkLoopback }) => networkLoopback >= 10_000);
  const program = 'use Socket; socket(S, AF_INET, SOCK_DGRAM, 0); bind(S, pack_sockaddr_in(5000, INADDR_LOOPBACK)); ' +
    'send(S, "x" x 10000, 0, pack_sockaddr_in(5000, INADDR_LOOPBACK)); 1 while 1';
  const guest = await machine.spawn('/usr/bin/perl', ['-e', program], { stdin: null });
  const { cpu, processes } = await busy;
  assert.ok(cpu <= 1);
  assert.equal(processes, 1);
  const { diskRead, diskWritten, networkFetched, networkLoopback } = await talk;
  assert.deepEqual([diskRead, diskWritten, networkFetched], [0, 0, 0]);
  assert.ok(networkLoopback < 20_000, `${networkLoopback}`);
  guest.kill('SIGKILL');
  await guest.wait();
  assert.deepEqual(await eventOf(machine, 'activity', (detail) => detail.cpu === 0),
    { cpu: 0, diskRead: 0, diskWritten: 0, diskFetches: 0, diskFetchMs: 0, networkFetched: 0, networkLoopback: 0, processes: 0 });
  // Nothing is told while nothing happens, whoever looks at the machine from outside.
  const count = told.length;
  const end = performance.now() + 1200;
  while (performance.now() < end) await machine.fs.stat('/etc');
  assert.equal(told.length, count);
  await machine.stop();
});

test('the list of processes comes when it changes', async () => {
  const machine = await makeMachine();
  assert.deepEqual(await eventOf(machine, 'processes'), []);
  const sleeper = await machine.spawn('/bin/sleep', ['1000']);
  const [found] = await eventOf(machine, 'processes', (list) => list.length === 1);
  assert.deepEqual([found.pid, found.name], [sleeper.pid, 'sleep']);
  await machine.stop();
});

test('after stop nobody waits for ever, and whoever asks hears it', async () => {
  const machine = await makeMachine();
  const failed = [];
  machine.addEventListener('failed', ({ detail }) => failed.push(detail));
  const sleeper = await machine.spawn('/bin/sleep', ['1000']);
  const waiting = sleeper.wait();
  const reading = sleeper.stdout.getReader().read();
  await Promise.all([machine.stop(), machine.stop()]);
  await assert.rejects(waiting, MachineError);
  assert.deepEqual(await reading, { done: true, value: undefined });
  await assert.rejects(machine.fs.stat('/'), { name: 'MachineError', message: 'the machine has been stopped' });
  await assert.rejects(machine.spawn('/bin/true'), MachineError);
  assert.equal(sleeper.kill(), false);
  await machine.stop();
  assert.deepEqual(failed, [], 'it did not fail');
});

test('errors are of their classes and say what to do', async (t) => {
  const machine = await makeMachine();
  t.after(() => machine.stop());
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-errors-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const fails = async (action, Class, errno, code, sentence) => {
    await assert.rejects(action, (error) => {
      assert.ok(error instanceof Class, `${error.stack}`);
      assert.deepEqual([error.name, error.errno, error.code], [Class.name, errno, code]);
      assert.match(error.message, sentence);
      return true;
    });
  };
  await machine.fs.mkdir('/tmp/full/sub', { recursive: true });
  await fails(machine.fs.stat('/none'), FileError, 2, 'ENOENT', /^\/none: there is no such file or directory \(ENOENT\)$/);
  await fails(machine.fs.rmdir('/tmp/full'), FileError, 39, 'ENOTEMPTY', /remove\(\) takes what is in it/);
  await fails(machine.fs.writeFile('/etc/x', ''), FileError, 30, 'EROFS', /mount it without readOnly/);
  await fails(machine.spawn('/none'), SpawnError, 2, 'ENOENT', /^\/none: no such file/);
  await fails(machine.mount('/none', { folder: new NodeFolder(folder) }), MountError, 2, 'ENOENT', /machine\.fs\.mkdir makes it/);
  await fails(machine.unmount('/tmp'), MountError, 22, 'EINVAL', /no folder is mounted there/);
  await machine.fs.mkdir('/tmp/mnt');
  await machine.mount('/tmp/mnt', { folder: new NodeFolder(folder) });
  const user = await machine.spawn('/bin/sleep', ['1000'], { cwd: '/tmp/mnt' });
  await fails(machine.unmount('/tmp/mnt'), MountError, 16, 'EBUSY', /end it first, machine\.processes\(\)/);
  user.kill();
  await user.wait();
  await machine.unmount('/tmp/mnt');
  const image = { size: 1 << 20, readOnly: true, readsAtOnce: true, read: (at, to) => void to.fill(0), write() {}, flush() {} };
  await fails(Machine.create({
    platform: new NodePlatform({ directory: BINARIES, report: () => {} }), mounts: { '/': { image } }, jit: 'off',
  }), MountError, 22, 'EINVAL', /it is no ext2, ext3 or ext4 image.*mke2fs/);
});

test('an error that has gone through a worker is what it was', () => {
  const all = [
    new FileError('/x', 2), new SpawnError('/x', 13, 'not an executable file'), new MountError('unmounting', '/x', 16),
    new ArchiveError('it is cut off'), new errors.DiskBusyError('mine'), new MachineError('it has been stopped'),
    new errors.ImageError('the server answers 503', { passing: true }), new TypeError('no'), new Error('plain'),
  ];
  assert.deepEqual(Object.keys(errors).filter((name) => /^[A-Z].*Error$/.test(name) && !all.some((error) => error.name === name)), []);
  for (const error of all) {
    const revived = reviveError(structuredClone(describeError(error)));
    assert.ok(revived instanceof error.constructor && revived instanceof Error, error.name);
    assert.equal(String(revived), String(error));
    for (const field of ['errno', 'code', 'path', 'passing', 'noRanges']) assert.equal(revived[field], error[field], field);
  }
});
