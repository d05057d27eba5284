// How a row runs: turns, what happens to what fails, how many runs. Environments here are made up.
import assert from 'node:assert/strict';
import test from 'node:test';
import { missing } from '../../bench/programs.mjs';
import { runRow } from '../../bench/run_row.mjs';
import { suites } from '../../bench/suites.mjs';
import {openV86} from '../../bench/environments/v86.mjs';

/** An environment that gives these results one after the other, the last one for ever. */
function environment(name, ...results) {
  const calls = { count: 0 };
  return {
    name, title: name, calls,
    run: () => ({ status: 0, output: Buffer.from('3.14'), cpu: 1, wall: 1,
                  ...results[Math.min(calls.count++, results.length - 1)] }),
  };
}

const row = { name: 'pi', title: 'π', command: ['bc'] };
const output = (text) => ({ output: Buffer.from(text) });

test('a row with two environments', async () => {
  const log = [];
  const native = environment('native', { cpu: 9 }, { cpu: 1 }, { cpu: 2 });
  const one = environment('one', { cpu: 3, start: { cpu: 1, wall: 1 } }, { cpu: 7, start: { cpu: 1, wall: 1 } });
  const result = await runRow(row, native, [one, environment('two', { cpu: 4 })], { runs: 2, log: (line) => log.push(line) });
  assert.deepEqual([result.state, result.runs], ['measured', 2]);
  assert.deepEqual(result.environments.native.samples.cpu, [1, 2]); // the first run isn't counted
  assert.deepEqual(result.environments.one.ratio, { median: 2.5, min: 2, max: 3, best: 2 });
  assert.deepEqual(result.environments.two.ratio, { median: 3, min: 2, max: 4, best: 4 });
  assert.deepEqual(result.environments.one.samples.start.cpu, [1, 1]);
  assert.match(log[1], /π, run 2 of 2: native 2.00 s, one 7.00 s, two 4.00 s/);
});

test('wrong output is no figure, whichever run it comes in, and the others go on', async () => {
  const wrong = environment('wrong', {}, output('3.15'));
  const { state, runs, environments } =
    await runRow(row, environment('native', {}), [wrong, environment('right', {})], { runs: 3 });
  assert.deepEqual([state, runs], ['failed', 3]);
  assert.deepEqual(environments.wrong, { state: 'failed', reason: 'printed other than native, from byte 3 on' });
  assert.equal(environments.right.samples.cpu.length, 3);
  assert.equal(wrong.calls.count, 2);
});

test('a guest that fails, times out or can not be started', async () => {
  const reasons = [];
  const throwing = { name: 'x', title: 'x', run: () => { throw new Error('no such browser'); } };
  for (const bad of [environment('x', { status: 139 }), environment('x', { timedOut: true, status: 137 }), throwing]) {
    const { state, environments } = await runRow(row, environment('native', {}), [bad], { runs: 2 });
    assert.equal(state, 'failed');
    assert.deepEqual(Object.keys(environments.x), ['state', 'reason']);
    reasons.push(environments.x.reason);
  }
  assert.deepEqual(reasons, ['ended with status 139', 'timed out after 300 s', 'no such browser']);
});

test('a program that fails natively is not measured', async () => {
  const guest = environment('guest', {});
  const first = await runRow(row, environment('native', { status: 1 }), [guest]);
  assert.deepEqual([first.state, first.reason], ['failed', 'natively: ended with status 1']);
  const later = await runRow(row, environment('native', {}, output('2.71')), [guest]);
  assert.match(later.reason, /natively, run 1: printed other/);
  assert.equal(guest.calls.count, 0);
});

test('what is not there is told and not run', async () => {
  const native = environment('native', {});
  const reason = missing('no-such-program', 'nothing');
  assert.match(reason, /no-such-program is not installed/);
  const absent = await runRow({ ...row, missing: reason }, native, []);
  assert.deepEqual([absent.state, absent.reason, native.calls.count], ['missing', reason, 0]);
  const refusing = { ...environment('later', {}), refuses: () => 'no fork yet' };
  const { state, environments } = await runRow(row, native, [refusing, environment('now', {})], { runs: 2 });
  assert.deepEqual([state, environments.later], ['measured', { state: 'unsupported', reason: 'no fork yet' }]);
  assert.equal(environments.now.state, 'measured');
});

test('as many runs as the time allows, but two', async () => {
  const { runs } = await runRow(row, environment('native', {}), [environment('x', {})], { runs: 5, budget: 0 });
  assert.equal(runs, 2);
});

test('rates', async () => {
  const speed = { ...row, unit: 'rate', output: /^([0-9.]+)k/ };
  const { environments } = await runRow(
    speed, environment('native', output('100k')), [environment('x', output('40k')), environment('y', output('0k'))], { runs: 2 });
  assert.equal(environments.x.ratio.median, 2.5);
  assert.equal(environments.y.reason, 'printed no rate');
});

test('every suite names its rows once, and each row is complete', () => {
  for (const quick of [true, false]) {
    for (const suite of suites) {
      const rows = suite.rows({ quick });
      assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length, suite.name);
      for (const { name, title, command, missing: why, unsupported, broken } of rows) {
        assert.equal(broken, undefined);
        assert.ok(name && title && (why || unsupported || command?.[0]), `${suite.name} ${name}`);
      }
    }
  }
});

test('v86 takes what its system knows: GNU bc, and many places only when asked', () => {
  const row = (program, scale) => ({command: [program, '-lq'], input: `scale=${scale}; 4*a(1)\n`});
  const short = openV86({folder: '/nowhere'});
  const long = openV86({folder: '/nowhere', long: true});
  assert.match(short.identity().missing, /could not be fetched/);
  assert.equal(short.refuses(row('/usr/bin/bc', 1000)), undefined);
  assert.match(short.refuses(row('/usr/bin/bc', 5000)), /only with --long/);
  assert.equal(long.refuses(row('/usr/bin/bc', 5000)), undefined);
  assert.match(long.refuses(row('/bin/busybox', 100)), /only GNU bc/);
  assert.match(long.refuses({command: ['/usr/bin/bc'], input: '1\n2\n'}), /only GNU bc/);
});
