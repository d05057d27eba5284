// The arithmetic of the benchmarks, how they take turns, and their options.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { besideNative, translatedShare } from '../../bench/beside_native.mjs';
import { geometricMean, minAndMedian, summary, timesNative } from '../../bench/figures.mjs';
import { alternate, measure } from '../../bench/measure.mjs';
import { parseSuiteOptions, UsageError } from '../../bench/options.mjs';

const near = (actual, expected) =>
  assert.ok(Math.abs(actual - expected) < 1e-12 * Math.abs(expected), `${actual}, not ${expected}`);

test('minimum and median of odd and even counts, in any order', () => {
  assert.deepEqual(minAndMedian([3, 1, 10]), { min: 1, median: 3 });
  assert.deepEqual(minAndMedian([10, 2, 9, 4]), { min: 2, median: 6.5 });
  assert.deepEqual(minAndMedian([5]), { min: 5, median: 5 });
});

test('ratios: Node’s start is taken off, minimum by minimum and median by median', () => {
  const { ratio, native, elfin, start } =
    timesNative({ native: [2, 1, 4], elfin: [5.5, 3.5, 9], start: [0.5, 0.25, 1] });
  near(ratio.min, (3.5 - 0.25) / 1);
  near(ratio.median, (5.5 - 0.5) / 2);
  assert.deepEqual([native.min, elfin.min, start.median], [1, 3.5, 0.5]);
});

test('the geometric mean, of what has one', () => {
  near(geometricMean([2, 8]), 4);
  near(geometricMean([1.5]), 1.5);
  near(geometricMean([1, 10, 100]), 10);
  assert.ok(Number.isNaN(geometricMean([1, 0])));
  assert.ok(Number.isNaN(geometricMean([1, -2])));
  assert.ok(Number.isNaN(geometricMean([])));
});

test('the summary names the program that is worst by minimum', () => {
  const program = (name, min, median) => ({ name, ratio: { min, median } });
  const { geometricMean: mean, worst } = summary([program('a', 1, 9), program('b', 4, 5), program('c', 2, 3)]);
  near(mean.min, 2);
  near(mean.median, 135 ** (1 / 3));
  assert.deepEqual(worst, { name: 'b', min: 4, median: 5 });
});

test('the translated share, if there is a translator', () => {
  assert.equal(translatedShare({ translation: { translatedShare: 0.98765 } }), '98.8 %');
  assert.equal(translatedShare({}), 'none');
});

test('a measurement counts the processor time of descendants', () => {
  const loop = 'i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done';
  const { cpu, wall, status, output } = measure(['/bin/sh', '-c', `/bin/sh -c '${loop}'; cat; exit 3`], 'input');
  assert.equal(status, 3);
  assert.equal(output.toString(), 'input');
  assert.ok(cpu > 0.01 && wall > 0.01, `${cpu} s of processor time`);
});

test('commands take turns, and what comes out is compared', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-turns-'));
  try {
    const log = path.join(folder, 'log');
    const says = (word) => ['/bin/sh', '-c', `echo ${word} | tee -a ${log}`];
    const sides = { a: { command: says('one'), expected: Buffer.from('one\n') }, b: { command: says('two') } };
    const rounds = [];
    const { a, b } = alternate(sides, 2, { onRound: (round) => rounds.push(round) });
    assert.deepEqual([a.length, b.length, rounds], [2, 2, [0, 1]]);
    assert.equal(fs.readFileSync(log, 'utf8'), 'one\ntwo\none\ntwo\n');
    sides.a.expected = Buffer.from('two\n');
    assert.throws(() => alternate(sides, 1), /a printed something else than expected/);
    assert.throws(() => alternate({ c: { command: ['/bin/false'] } }, 1), /c ended with status 1/);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test('a program that fails natively is not measured', () => {
  assert.throws(() => besideNative('x', { native: ['/bin/false'], guest: [], jit: 'off', runs: 1 }),
    /x, natively, ended with status 1/);
});

test('options of a suite', () => {
  const defaults = { runs: '3', scale: '500,1000', quick: false, jit: 'on', json: undefined };
  const parse = (...argv) => parseSuiteOptions(argv, defaults, ['sha256', 'fib']);
  assert.deepEqual(parse(), {
    runs: 3, scale: [500, 1000], quick: false, jit: 'on', json: undefined, names: ['sha256', 'fib'],
  });
  assert.deepEqual(parse('--runs', '9', '--scale=20', '--quick', '--jit', 'off', '--json', 'f', 'fib'), {
    runs: 9, scale: [20], quick: true, jit: 'off', json: 'f', names: ['fib'],
  });
  for (const argv of [['--runs', '0'], ['--runs', 'x'], ['--scale', '5,'], ['--jit', 'fast'], ['--no'], ['md5']]) {
    assert.throws(() => parse(...argv), UsageError, argv.join(' '));
  }
  assert.throws(() => parse('md5'), /there are sha256, fib/);
});
