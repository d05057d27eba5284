// The arithmetic of the benchmarks, what they measure, their options.
import assert from 'node:assert/strict';
import test from 'node:test';
import { geometricMean, spread, timesNative, timesNativeRate } from '../../bench/figures.mjs';
import { measure } from '../../bench/measure.mjs';
import { parseBenchOptions, UsageError } from '../../bench/options.mjs';
import { outputFault, rateOf } from '../../bench/output_rules.mjs';

const near = (actual, expected) =>
  assert.ok(Math.abs(actual - expected) < 1e-12 * Math.abs(expected), `${actual}, not ${expected}`);

test('median, least and greatest of odd and even counts, in any order', () => {
  assert.deepEqual(spread([3, 1, 10]), { median: 3, min: 1, max: 10 });
  assert.deepEqual(spread([10, 2, 9, 4]), { median: 6.5, min: 2, max: 10 });
  assert.deepEqual(spread([5]), { median: 5, min: 5, max: 5 });
});

test('ratios turn by turn, Node’s start taken off; best is minimum by minimum', () => {
  const { median, min, max, best } =
    timesNative({ native: [2, 1, 4], elfin: [5.5, 3.5, 9], start: [0.5, 0.25, 1] });
  near(median, 2.5); // of 5 / 2, 3.25 / 1, 8 / 4
  near(min, 2);
  near(max, 3.25);
  near(best, (3.5 - 0.25) / 1);
  near(timesNative({ native: [2], elfin: [5] }).median, 2.5);
});

test('rates: native’s by the guest’s', () => {
  const { median, best } = timesNativeRate({ native: [100, 120], elfin: [50, 40] });
  near(median, 2.5);
  near(best, 120 / 50);
});

test('the geometric mean, of what has one', () => {
  near(geometricMean([2, 8]), 4);
  near(geometricMean([1.5]), 1.5);
  near(geometricMean([1, 10, 100]), 10);
  assert.ok(Number.isNaN(geometricMean([1, 0])));
  assert.ok(Number.isNaN(geometricMean([1, -2])));
  assert.ok(Number.isNaN(geometricMean([])));
});

test('a measurement counts the processor time of descendants', () => {
  const loop = 'i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done';
  const { cpu, wall, status, timedOut, output } =
    measure(['/bin/sh', '-c', `/bin/sh -c '${loop}'; cat; exit 3`], 'input');
  assert.deepEqual([status, timedOut, output.toString()], [3, false, 'input']);
  assert.ok(cpu > 0.01 && wall > 0.01, `${cpu} s of processor time`);
});

test('what runs too long is killed with its children', () => {
  const { status, timedOut } = measure(['/bin/sh', '-c', 'sleep 600; true'], '', { limit: 0.2 });
  assert.deepEqual([status, timedOut], [128 + 9, true]);
});

test('rules for the output', () => {
  const fault = (rule, output, expected = '') => outputFault(rule, Buffer.from(output), Buffer.from(expected));
  assert.equal(fault(undefined, '3.14', '3.14'), undefined);
  assert.match(fault(undefined, '3.15', '3.14'), /other than native, from byte 3 on/);
  assert.match(fault('same', '3.1', '3.14'), /other than native, from byte 3 on/);
  assert.equal(fault('lines', 'b\na\n', 'a\nb\n'), undefined);
  assert.match(fault('lines', 'b\n', 'a\nb\n'), /other than native/);
  assert.equal(fault(/^sha256/m, 'x\nsha256 1.5k'), undefined);
  assert.match(fault(/^sha256/m, 'error'), /doesn't match/);
  assert.equal(rateOf({ output: /sha256 ([0-9.]+)k/ }, Buffer.from('sha256 1.5k')), 1.5);
  assert.ok(Number.isNaN(rateOf({ output: /sha256 ([0-9.]+)k/ }, Buffer.from('sha1 1.5k'))));
});

test('the command line', () => {
  const parse = (...argv) => parseBenchOptions(argv, ['pi', 'cpu']);
  assert.deepEqual(parse(), {
    tolerance: 15, jit: 'on', quick: false, peers: false, long: false, browser: false, force: false,
    suites: ['pi', 'cpu'], only: [],
  });
  const { suites, only, runs, scale, tolerance, check } =
    parse('cpu', '--runs', '9', 'fib', '--scale=20,30', '--check', 'b.json', '--tolerance', '10%');
  assert.deepEqual([suites, only, runs, scale, tolerance, check], [['cpu'], ['fib'], 9, [20, 30], 10, 'b.json']);
  assert.deepEqual(parse('--compare', 'a.json', 'b.json').compare, ['a.json', 'b.json']);
  const wrong = [['--runs', '0'], ['--runs', 'x'], ['--scale', '5,'], ['--jit', 'fast'], ['--no'], ['md5'],
                 ['--compare', 'a'], ['--tolerance', 'much']];
  for (const argv of wrong) assert.throws(() => parse(...argv), UsageError, argv.join(' '));
  assert.throws(() => parse('md5'), /there are pi, cpu/);
});
