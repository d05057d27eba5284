// The JavaScript API with the real binaries, running programs of the host's own tree.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { SpawnError } from '../../web/host/errors.js';
import { Machine } from '../../web/host/machine.js';
import { NodeFolder } from '../../web/host/node/node_folder.js';
import { NodePlatform } from '../../web/host/node/platform.js';
import { InputQueue } from '../../web/host/streams.js';
import { BINARIES } from './binaries.mjs';

const ENOENT = 2;
const SIGKILL = 9;

function makeMachine(options = {}) {
  const reports = [];
  const platform = new NodePlatform({ directory: BINARIES, report: (line) => reports.push(line) });
  const mounts = { '/': { folder: new NodeFolder('/'), readOnly: true } };
  return Machine.create({ platform, mounts, ...options }).then((machine) => ({ machine, reports }));
}

/** Runs a program to its end and gives its output with its status. */
async function outputOf(machine, path, args, options = {}) {
  const pieces = [];
  const guest = await machine.spawn(path, args, { stdin: null, stdout: (b) => pieces.push(b), ...options });
  const status = await guest.wait();
  return { text: Buffer.concat(pieces).toString(), ...status };
}

test('programs one after another in one machine', async () => {
  const { machine } = await makeMachine();
  const first = await outputOf(machine, '/bin/echo', ['hello', 'wörld']);
  assert.deepEqual(first, { text: 'hello wörld\n', code: 0, signal: 0, message: '' });
  const second = await outputOf(machine, '/bin/cat', [], { stdin: 'through a pipe' });
  assert.equal(second.text, 'through a pipe');
  assert.equal((await outputOf(machine, '/bin/false')).code, 1);
  const stats = machine.stats();
  assert.equal(stats.processMemoriesCreated, 1, 'the memory is used again');
  assert.ok(stats.guestInstructions > 10000 && stats.systemCalls > 50);
});

test('a turn ends for whoever waits outside, in the middle of a time slice', async () => {
  const platform = new NodePlatform({ directory: BINARIES, report: () => {} });
  let waits = false;
  platform.isAwaited = () => waits;
  const { machine } = await makeMachine({ platform, jit: 'off' });
  const guest = await machine.spawn('/bin/sh', ['-c', 'echo begun; while :; do :; done'], { stdout: () => (waits = true) });
  await new Promise((resolve) => {
    const look = () => (waits ? resolve() : setImmediate(look));
    look();
  });
  while (machine.stats().timeSlicesCutShort === 0) await new Promise((resolve) => setImmediate(resolve));
  waits = false;
  assert.ok(guest.kill('SIGKILL'));
  assert.equal((await guest.wait()).signal, SIGKILL);
});

test('environment, directory and user', async () => {
  const { machine } = await makeMachine();
  const env = { A: 'b c', PATH: '/bin' };
  assert.equal((await outputOf(machine, '/usr/bin/env', [], { env })).text, 'A=b c\nPATH=/bin\n');
  assert.equal((await outputOf(machine, '/bin/pwd', [], { cwd: '/usr/lib' })).text, '/usr/lib\n');
  assert.equal((await outputOf(machine, '/usr/bin/id', ['-u'], { uid: 1234 })).text, '1234\n');
});

test('input that comes later, and output as a stream', async () => {
  const { machine } = await makeMachine();
  const guest = await machine.spawn('/bin/cat', []);
  setTimeout(() => guest.stdin.write('first '), 10);
  setTimeout(() => guest.stdin.write('second'), 30);
  setTimeout(() => guest.stdin.end(), 40);
  assert.equal(await new Response(guest.stdout).text(), 'first second');
  assert.equal((await guest.wait()).code, 0);
});

/** Output that knows whether it was closed. */
function watchedOutput() {
  const pieces = [];
  const end = { kind: 0, closed: 0, write: (from) => pieces.push(from.slice()) && from.length, close: () => end.closed++ };
  return { end, text: () => Buffer.concat(pieces).toString() };
}

test('output ends when nobody in the machine can write any more', async () => {
  const { machine } = await makeMachine();
  const script = '(sleep 0.2; echo late) & echo early';
  const guest = await machine.spawn('/bin/sh', ['-c', script], { stdin: null });
  const text = new Response(guest.stdout).text();
  assert.equal((await guest.wait()).code, 0);
  assert.equal(await text, 'early\nlate\n');
  const { end: stdout, text: shown } = watchedOutput();
  const { end: stderr } = watchedOutput();
  const moved = await machine.spawn('/bin/sh', ['-c', 'exec 2>&1; echo x >&2; read y'], { stdout, stderr });
  while (shown() === '') await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual([shown(), stdout.closed, stderr.closed], ['x\n', 0, 1]);
  moved.stdin.end();
  await moved.wait();
  assert.deepEqual([stdout.closed, stderr.closed], [1, 1]);
});

test('a program that could not be started leaves its streams to the next one', async () => {
  const { machine } = await makeMachine();
  const { end: stdout, text } = watchedOutput();
  const stdin = new InputQueue();
  stdin.write('kept');
  stdin.end();
  await assert.rejects(machine.spawn('/no/such/cat', [], { stdin, stdout }), SpawnError);
  await assert.rejects(machine.spawn('/etc', [], { stdin, stdout }), SpawnError);
  await (await machine.spawn('/bin/cat', [], { stdin, stdout })).wait();
  assert.deepEqual([text(), stdout.closed], ['kept', 1]);
});

test('a reader that has gone is a broken pipe', async () => {
  const { machine } = await makeMachine();
  const guest = await machine.spawn('/bin/cat', ['/dev/zero'], { stdin: null });
  await guest.stdout.cancel();
  assert.equal((await guest.wait()).signal, 13);
});

test('what can’t be started says why', async () => {
  const { machine } = await makeMachine();
  await assert.rejects(machine.spawn('/no/such/program'), (error) => {
    assert.ok(error instanceof SpawnError);
    assert.equal(error.errno, ENOENT);
    assert.match(error.message, /^\/no\/such\/program: /);
    return true;
  });
  await assert.rejects(machine.spawn('/etc/passwd'), SpawnError);
  await assert.rejects(machine.spawn('/etc'), SpawnError);
  await assert.rejects(machine.spawn('/bin/true', ['zero\0byte']), TypeError);
  assert.equal((await outputOf(machine, '/bin/true')).code, 0, 'the machine goes on');
});

test('killing: asleep, busy, and from an output function', async () => {
  const { machine } = await makeMachine();
  const asleep = await machine.spawn('/bin/sleep', ['1000'], { stdin: null });
  assert.equal((await outputOf(machine, '/bin/true')).code, 0, 'another runs beside it');
  setTimeout(() => assert.ok(asleep.kill()), 20);
  assert.equal((await asleep.wait()).code, 143);
  assert.equal(asleep.kill(), false, 'it has gone');

  const busy = await machine.spawn('/bin/sh', ['-c', 'while :; do :; done'], { stdin: null });
  setTimeout(() => busy.kill('SIGKILL'), 20);
  const status = await busy.wait();
  assert.equal(status.signal, SIGKILL);
  assert.equal(status.code, 137);

  let guest;
  const options = { stdin: null, stdout: () => guest.kill('SIGKILL') };
  guest = await machine.spawn('/usr/bin/yes', [], options);
  assert.equal((await guest.wait()).signal, SIGKILL);
});

test('a fatal signal comes with a line about it', async () => {
  const { machine } = await makeMachine();
  const script = 'kill -SEGV $$';
  const status = await outputOf(machine, '/bin/sh', ['-c', script]);
  assert.equal(status.code, 139);
  assert.match(status.message, /SIGSEGV/);
});

test('files from outside', async () => {
  const { machine } = await makeMachine();
  const passwd = await machine.fs.readFile('/etc/passwd');
  assert.deepEqual(Buffer.from(passwd), fs.readFileSync('/etc/passwd'));
  await machine.fs.writeFile('/tmp/note', 'from outside');
  assert.equal((await outputOf(machine, '/bin/cat', ['/tmp/note'])).text, 'from outside');
  await machine.fs.writeFile('/tmp/note', 'short', { mode: 0o600 });
  assert.equal(Buffer.from(await machine.fs.readFile('/tmp/note')).toString(), 'short');
  await assert.rejects(machine.fs.readFile('/no/such/file'), { errno: ENOENT });
  await assert.rejects(machine.fs.readFile('/etc'), { errno: 21 });
  await assert.rejects(machine.fs.writeFile('/etc/passwd', 'x'), { errno: 30 });
});

test('strace goes to the report', async () => {
  const { machine, reports } = await makeMachine({ strace: true });
  await outputOf(machine, '/bin/true');
  assert.ok(reports.some((line) => /openat\(.*ld\.so\.cache/.test(line)), reports.join('\n'));
  assert.ok(reports.some((line) => /exit_group\(0\)/.test(line)));
});
