// `elfin run` from outside: statuses, sentences, streams, signals, files.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { BINARIES } from './binaries.mjs';
import { fakeTranslator } from './wasm_encoder.mjs';

const CLI = fileURLToPath(new URL('../../web/host/cli.js', import.meta.url));
const ENV = { ...process.env, ELFIN_BINARIES: fileURLToPath(BINARIES) };
const BUSYBOX = '/bin/busybox';

function elfin(argv, options = {}) {
  const child = spawnSync(process.execPath, [CLI, 'run', ...argv], { env: ENV, cwd: '/', ...options });
  return { status: child.status, out: child.stdout.toString(), err: child.stderr.toString() };
}
const run = (argv, options) => elfin(['--root', '/', '--', ...argv], options);

/** The status of a running elfin, once it has ended. */
const ended = (child) => new Promise((resolve) => child.on('close', resolve));

function withFolder(use) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-cli-'));
  try {
    return use(root);
  } finally {
    fs.rmSync(root, { recursive: true });
  }
}

test('the exit status is the guest’s own', () => {
  assert.deepEqual(run(['/bin/true']), { status: 0, out: '', err: '' });
  assert.equal(run(['/bin/false']).status, 1);
  assert.equal(run(['sh', '-c', 'exit 42']).status, 42);
  assert.equal(run(['sh', '-c', 'kill -TERM $$']).status, 143);
});

test('what can’t be run', () => {
  assert.equal(run(['/no/such/file']).status, 127);
  assert.match(run(['/no/such/file']).err, /^elfin: \/no\/such\/file: /);
  assert.deepEqual(run(['no-such-command']).status, 127);
  assert.match(run(['no-such-command']).err, /no-such-command: command not found/);
  for (const file of ['/etc/passwd', '/etc']) {
    assert.equal(run([file]).status, 126, file);
    assert.match(run([file]).err, /^elfin: \/etc/);
  }
});

test('a program that is no program', () => {
  withFolder((root) => {
    const file = path.join(root, 'junk');
    for (const content of ['', '\x7fELF', '\x7fELF\x01\x01\x01'.padEnd(64, '\0'), 'text\n']) {
      fs.writeFileSync(file, content, { mode: 0o755 });
      const { status, err } = elfin(['--root', root, '--', '/junk']);
      assert.equal(status, 126, JSON.stringify(content));
      assert.match(err, /^elfin: \/junk: .+\n$/);
    }
  });
});

test('Elfin’s own trouble is 125', () => {
  assert.equal(elfin(['--nonsense', '/bin/true']).status, 125);
  assert.match(elfin(['--nonsense', '/bin/true']).err, /unknown option '--nonsense'/);
  assert.equal(elfin(['/bin/true']).status, 125);
  assert.equal(elfin(['--root', '/no/such/folder', '/bin/true']).status, 125);
});

test('options reach the guest', () => {
  const options = ['--root', '/', '--env', 'X=y z', '--cwd', '/usr', '--uid', '77', '--'];
  assert.equal(elfin([...options, 'sh', '-c', 'echo $X; pwd']).out, 'y z\n/usr\n');
  assert.equal(elfin([...options, 'id', '-u']).out, '77\n');
  assert.equal(run(['pwd'], { cwd: '/etc' }).out, '/etc\n');
});

test('standard input: pipe, file, nothing', () => {
  assert.equal(run(['cat'], { input: 'through' }).out, 'through');
  assert.equal(run(['wc', '-c'], { input: Buffer.alloc(1 << 20) }).out, '1048576\n');
  assert.equal(run(['cat'], { stdio: ['ignore', 'pipe', 'pipe'] }).out, '');
  withFolder((root) => {
    fs.writeFileSync(`${root}/f`, '0123456789');
    const fd = fs.openSync(`${root}/f`);
    assert.equal(run(['dd', 'bs=3', 'count=1', 'status=none'], { stdio: [fd, 'pipe', 'pipe'] }).out, '012');
    assert.equal(fs.readSync(fd, Buffer.alloc(10), 0, 10, null), 7, 'the rest is left');
    fs.closeSync(fd);
  });
});

test('input that arrives while the guest waits', async () => {
  const child = spawn(process.execPath, [CLI, 'run', '--root', '/', '--', 'cat'], { env: ENV });
  let out = '';
  child.stdout.on('data', (bytes) => {
    out += bytes;
    if (out === 'one\n') child.stdin.end('two\n');
  });
  child.stdin.write('one\n');
  assert.equal(await ended(child), 0);
  assert.equal(out, 'one\ntwo\n');
});

test('a reader that goes away', () => {
  const script = '"$0" "$1" run --root / -- yes | head -n 1; echo "${PIPESTATUS[0]}"';
  const child = spawnSync('/bin/bash', ['-c', script, process.execPath, CLI], { env: ENV });
  assert.equal(child.stdout.toString(), 'y\n141\n');
});

test('much output, slowly read', () => {
  const { out } = run(['seq', '100000'], { maxBuffer: 1 << 24 });
  assert.equal(out.length, 588895);
  assert.ok(out.endsWith('\n100000\n'));
});

test('signals are passed on', async () => {
  for (const [signal, status] of [['SIGTERM', 143], ['SIGINT', 130]]) {
    const child = spawn(process.execPath, [CLI, 'run', '--root', '/', '--', 'sh', '-c', 'echo up; read x'], { env: ENV });
    child.stdout.once('data', () => child.kill(signal));
    assert.equal(await ended(child), status);
  }
});

test('an interrupt reaches the whole process group', async () => {
  const script = 'trap "echo caught" INT; echo up; sleep 100; echo "status $?"';
  const child = spawn(process.execPath, [CLI, 'run', '--root', '/', '--', 'bash', '-c', script], { env: ENV });
  let out = '';
  child.stdout.on('data', (data) => (out += data));
  child.stdout.once('data', () => setTimeout(() => child.kill('SIGINT'), 1000));
  assert.equal(await ended(child), 0);
  assert.equal(out, 'up\ncaught\nstatus 130\n');
});

test('--timeout', () => {
  const asleep = elfin(['--root', '/', '--timeout', '0.5', '--', 'sleep', '100']);
  assert.equal(asleep.status, 124);
  assert.match(asleep.err, /killed after 0.5 s/);
  const busy = elfin(['--root', '/', '--timeout', '0.5', '--', 'sh', '-c', 'while :; do :; done']);
  assert.equal(busy.status, 124);
});

test('--stats and --strace', () => {
  withFolder((root) => {
    const file = path.join(root, 'stats.json');
    const { err } = elfin(['--root', '/', '--jit=off', '--stats', file, '--strace', '--', '/bin/true']);
    const stats = JSON.parse(fs.readFileSync(file, 'utf8'));
    assert.ok(stats.guestInstructions > 10000);
    assert.ok(stats.guestInstructionsPerSecond > 0);
    assert.deepEqual(stats.tiers, ['interpreter']);
    assert.match(err, /exit_group\(0\)/);
  });
});

test('a folder as root: read-only, writable, and no way out', { skip: !fs.existsSync(BUSYBOX) }, () => {
  withFolder((root) => {
    fs.copyFileSync(BUSYBOX, `${root}/busybox`);
    fs.symlinkSync('/etc/passwd', `${root}/absolute`);
    fs.symlinkSync('../../../../../../etc/passwd', `${root}/relative`);
    fs.mkdirSync(`${root}/etc`);
    const box = (...argv) => elfin(['--root', root, '--', '/busybox', ...argv]);
    const writable = (...argv) => elfin(['--root', root, '--rw', '--', '/busybox', ...argv]);
    assert.notEqual(box('touch', '/new').status, 0);
    assert.equal(fs.existsSync(`${root}/new`), false);
    assert.equal(box('cat', '/absolute').status, 1);
    assert.equal(box('cat', '/relative').status, 1);
    assert.equal(box('cat', '/../../../../etc/hostname').status, 1);
    fs.writeFileSync(`${root}/etc/passwd`, 'inside\n');
    assert.equal(box('cat', '/relative').out, 'inside\n');
    assert.equal(writable('sh', '-c', 'umask 077; echo text > /new').status, 0);
    assert.equal(writable('mkdir', '/d').status, 0);
    assert.equal(writable('mv', '/new', '/d/').status, 0);
    assert.equal(fs.readFileSync(`${root}/d/new`, 'utf8'), 'text\n');
    assert.equal(fs.statSync(`${root}/d/new`).mode & 0o777, 0o600);
  });
});

test('--jit: without a translator, and with one that can nothing', () => {
  withFolder((folder) => {
    for (const name of ['cpu.wasm', 'kernel.wasm']) {
      fs.symlinkSync(fileURLToPath(new URL(name, BINARIES)), path.join(folder, name));
    }
    const stats = path.join(folder, 'stats.json');
    const withJit = (...options) => {
      const argv = ['--root', '/', '--stats', stats, ...options, '--', 'sh', '-c', 'echo $((6 * 7))'];
      const result = elfin(argv, { env: { ...ENV, ELFIN_BINARIES: folder } });
      return result.status === 0 ? [result.out, JSON.parse(fs.readFileSync(stats)).tiers.length] : result;
    };
    assert.deepEqual(withJit(), ['42\n', 1]);
    assert.deepEqual(withJit('--jit=off'), ['42\n', 1]);
    assert.equal(withJit('--jit=on').status, 125);
    assert.match(withJit('--jit=sync').err, /^elfin: --jit sync: jit.wasm is not there/);
    fs.writeFileSync(path.join(folder, 'jit.wasm'), fakeTranslator({ slot: 0xffff }));
    assert.deepEqual(withJit(), ['42\n', 2]);
    assert.deepEqual(withJit('--jit', 'sync', '--jit-threshold', '0', '--strict'), ['42\n', 2]);
    const { translation } = JSON.parse(fs.readFileSync(stats));
    assert.ok(translation.requests > 1000 && translation.regionsFailed > 1000);
    assert.equal(translation.modules, 0);
  });
});
