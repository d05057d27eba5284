// The command line of `elfin run`.
import assert from 'node:assert/strict';
import test from 'node:test';
import { parseRunOptions, UsageError } from '../../web/host/cli/run_options.js';

const refused = (argv, sentence) =>
  assert.throws(() => parseRunOptions(argv), (error) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, sentence);
    return true;
  });

test('defaults', () => {
  const options = parseRunOptions(['--root', '/', '/bin/true']);
  assert.equal(options.root, '/');
  assert.equal(options.program, '/bin/true');
  assert.deepEqual(options.arguments, []);
  assert.equal(options.writable, false);
  assert.equal(options.jit, undefined);
});

test('every option, with and without an equals sign', () => {
  const options = parseRunOptions([
    '--root=/tree', '--rw', '--env', 'A=b=c', '--env=EMPTY=', '--cwd', '/x', '--uid', '1000',
    '--jit=off', '--strace', '--strict', '--stats', 'out.json', '--timeout', '2.5', '--', '-p', '--rw',
  ]);
  assert.equal(options.root, '/tree');
  assert.equal(options.writable, true);
  assert.deepEqual(options.env, { A: 'b=c', EMPTY: '' });
  assert.equal(options.cwd, '/x');
  assert.equal(options.uid, 1000);
  assert.equal(options.jit, 'off');
  assert.ok(options.strace && options.strict);
  assert.equal(options.stats, 'out.json');
  assert.equal(options.timeout, 2.5);
  assert.equal(options.program, '-p');
  assert.deepEqual(options.arguments, ['--rw']);
});

test('options of the program stay the program’s', () => {
  const options = parseRunOptions(['--root', '/', 'ls', '--root', '-la']);
  assert.deepEqual(options.arguments, ['--root', '-la']);
});

test('what is wrong gets a sentence', () => {
  refused(['--root', '/', '--nonsense', 'ls'], /unknown option '--nonsense'/);
  refused(['--root'], /--root wants a value/);
  refused(['--root', '/'], /no program/);
  refused(['ls'], /--root DIR/);
  refused(['--root', '/', '--env', 'novalue', 'ls'], /--env wants NAME=VALUE/);
  refused(['--root', '/', '--uid', '-1', 'ls'], /--uid/);
  refused(['--root', '/', '--timeout', '0', 'ls'], /--timeout/);
  refused(['--root', '/', '--jit', 'maybe', 'ls'], /--jit/);
  refused(['--root', '/', '--jit-threshold', '-1', 'ls'], /--jit-threshold/);
  refused(['--root', '/', '--rw=yes', 'ls'], /takes no value/);
  refused(['--image', 'x.img', '--root', '/', 'ls'], /only one of them/);
  refused(['--overlay', 'x', '--root', '/', 'ls'], /goes with --image/);
});

test('tiers: from the command line, else from the environment', () => {
  const tiers = (argv, environment) => {
    const { jit, jitThreshold } = parseRunOptions(['--root', '/', ...argv, 'ls'], environment);
    return [jit, jitThreshold];
  };
  assert.deepEqual(tiers([]), [undefined, undefined]);
  assert.deepEqual(tiers(['--jit', 'sync', '--jit-threshold=0']), ['sync', 0]);
  assert.deepEqual(tiers([], { ELFIN_JIT: 'sync:0' }), ['sync', 0]);
  assert.deepEqual(tiers(['--jit', 'off'], { ELFIN_JIT: 'on:70' }), ['off', 70]);
  assert.throws(() => tiers([], { ELFIN_JIT: 'fast' }), UsageError);
  assert.throws(() => tiers([], { ELFIN_JIT: 'on:x' }), UsageError);
  assert.equal(parseRunOptions(['--root', '/', '--jit-dump', 'd', 'ls']).jitDump, 'd');
  const cache = (argv, environment) => parseRunOptions(['--root', '/', ...argv, 'ls'], environment).jitCache;
  assert.equal(cache([]), undefined);
  assert.equal(cache(['--jit-cache', 'off']), 'off');
  assert.equal(cache([], { ELFIN_JIT_CACHE: '/x' }), '/x');
  assert.equal(cache(['--jit-cache=/y'], { ELFIN_JIT_CACHE: 'off' }), '/y');
});
