// The benchmark's kernels print in Elfin what they print natively. With the translator where there is
// one: the sizes are such that most of each kernel runs translated.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildFolder, buildGuest } from '../../bench/guests.mjs';
import { kernelNames, quickSizes } from '../../bench/kernels.mjs';
import { BINARIES } from './binaries.mjs';

const CLI = fileURLToPath(new URL('../../web/host/cli.js', import.meta.url));
const ENV = { ...process.env, ELFIN_BINARIES: fileURLToPath(BINARIES) };
const SOURCES = new URL('../../bench/guest/', import.meta.url);
const JIT = fs.existsSync(new URL('jit.wasm', BINARIES)) ? 'on' : 'off';

function finish(command, argv, options) {
  const { status, stdout, stderr } = spawnSync(command, argv, options);
  return { status, out: stdout.toString(), err: stderr.toString() };
}

test('every source is a kernel', () => {
  const sources = fs.readdirSync(SOURCES).filter((name) => name.endsWith('.c'));
  assert.deepEqual(sources.map((name) => name.slice(0, -2)).sort(), [...kernelNames].sort());
});

for (const name of kernelNames) {
  test(`${name}: the same natively and in Elfin`, () => {
    const size = `${quickSizes[name]}`;
    const native = finish(buildGuest(name), [size]);
    assert.equal(native.status, 0);
    assert.match(native.out, new RegExp(`^${name} [0-9a-f]{16}\n$`, 'm'));
    const guest = ['--root', buildFolder, '--cwd', '/', '--jit', JIT, '--timeout', '60', '--', `/${name}`, size];
    assert.deepEqual(finish(process.execPath, [CLI, 'run', ...guest], { env: ENV }), native);
  });
}

test('a size that is none is refused', () => {
  assert.equal(finish(buildGuest('fib'), ['none']).status, 2);
});
