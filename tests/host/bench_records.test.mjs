// Records: the schema, what is worse than a baseline, tables and plot. The figures are made up.
import assert from 'node:assert/strict';
import test from 'node:test';
import { becameWorse, compareTable, incomparable, isWorse } from '../../bench/compare.mjs';
import { circumstances, schema, validateRecord } from '../../bench/record.mjs';
import { plot } from '../../bench/svg.mjs';
import { suiteReport } from '../../bench/tables.mjs';
import { violations } from '../../bench/validate.mjs';

const ratio = (min, median, max) => ({ min, median, max, best: min });
const samples = (cpu) => ({ cpu, wall: cpu });

function row(name, figures, more = {}) {
  const environments = { native: { state: 'measured', samples: samples([1, 1]) } };
  for (const [environment, of] of Object.entries(figures)) {
    environments[environment] = Array.isArray(of)
      ? { state: 'measured', ratio: ratio(...of), samples: samples([2, 3]) } : { state: 'failed', reason: of };
  }
  return { suite: 'pi', name, title: `row ${name}`, unit: 'cpu', state: 'measured', runs: 2, environments, ...more };
}

const record = (...rows) => ({
  elfinBench: 1, date: '2030-01-01T00:00:00.000Z', commit: 'unknown', processor: 'a processor', processors: 2,
  memoryGib: 8, node: '26.0.0', v8: '14.0', quick: false, warmUp: 'none', environments: { elfin: { jit: 'on' } },
  programs: { bc: { file: '/usr/bin/bc', version: 'bc 1', sha256: 'a'.repeat(64) } }, rows,
});

test('worse: by more than the tolerance, and ranges apart', () => {
  assert.equal(isWorse(ratio(2, 2, 2), ratio(2.29, 2.29, 2.29), 15), false); // within 15 %
  assert.equal(isWorse(ratio(2, 2, 2), ratio(2.31, 2.31, 2.31), 15), true);
  assert.equal(isWorse(ratio(1.9, 2, 2.5), ratio(2.4, 3, 3.1), 15), false); // they overlap
  assert.equal(isWorse(ratio(1.9, 2, 2.5), ratio(2.6, 3, 3.1), 15), true);
  assert.equal(isWorse(ratio(1.9, 2, 2.1), ratio(1, 1.1, 1.2), 15), false); // better
});

test('the rows that became worse', () => {
  const before = record(row('a', { elfin: [2, 2, 2], chromium: [3, 3, 3] }), row('b', { elfin: [1, 1, 1] }), row('gone', { elfin: [1, 1, 1] }));
  const after = record(row('a', { elfin: [2, 2, 2], chromium: [4, 5, 6] }), row('b', { elfin: 'failed' }), row('new', { elfin: [9, 9, 9] }));
  assert.deepEqual(becameWorse(before, after, 15),
    [{ suite: 'pi', name: 'a', environment: 'chromium', before: 3, after: 5 }]);
  assert.deepEqual(becameWorse(before, before, 15), []);
  assert.match(compareTable(before, after), /pi: row a +chromium +3\.00 × +5\.00 × +\+66\.7 % +apart/);
});

test('another processor or engine can’t be compared', () => {
  const mine = record();
  assert.equal(incomparable(mine, record()), undefined);
  assert.match(incomparable(mine, { ...mine, processor: 'other' }), /another processor: a processor and other/);
  assert.match(incomparable(mine, { ...mine, node: '27.0.0' }), /another version of Node/);
  assert.match(incomparable(mine, { ...mine, v8: '15' }), /another version of V8/);
  assert.match(incomparable(mine, { ...mine, quick: true }), /quick/);
  const chromium = (version) => ({ ...mine, environments: { chromium: { version } } });
  assert.match(incomparable(chromium('1'), chromium('2')), /another version of Chromium: 1 and 2/);
  assert.equal(incomparable(mine, chromium('2')), undefined);
});

test('the schema takes a record and refuses what is none', () => {
  const good = record(row('a', { elfin: [1, 2, 3], chromium: 'no browser' }, { cell: { table: 't', column: 'c' }, secondRun: true }));
  validateRecord(good);
  validateRecord({ ...good, ...circumstances() });
  const wrong = {
    'record.rows is not of type array': { ...good, rows: {} },
    'record has no node': (({ node, ...rest }) => rest)(good),
    'record has speed, which is unknown': { ...good, speed: 1 },
    'record.elfinBench is not 1': { ...good, elfinBench: 2 },
    'record.rows[0].state is none of': record({ ...good.rows[0], state: 'fine' }),
    'record.rows[0].environments.elfin.ratio has no best':
      record(row('a', {}, { environments: { elfin: { state: 'measured', ratio: { median: 1, min: 1, max: 1 } } } })),
    'record.programs.bc.sha256 doesn\'t match': { ...good, programs: { bc: { file: '', version: '', sha256: 'x' } } },
    'native.samples.cpu has fewer than 1 items': record(row('a', {}, {
      environments: { native: { state: 'measured', samples: samples([]) } } })),
    'record.processors is less than 1': { ...good, processors: 0 },
  };
  for (const [sentence, value] of Object.entries(wrong)) {
    assert.throws(() => validateRecord(value), (error) => error.message.includes(sentence), sentence);
  }
  assert.throws(() => violations({ oneOf: [] }, 1), /uses oneOf, which is not known/);
  assert.equal(schema.title, 'What ./elfin bench --json writes');
});

test('tables: environments by columns, and rows with their reasons', () => {
  const cell = (column) => ({ cell: { table: 'GNU bc', column } });
  const all = record(row('a', { elfin: [2, 2.5, 3] }, cell('N = 500')), row('b', { elfin: [1, 1.5, 2], chromium: 'no browser' }, cell('N = 1000')),
    row('c', { elfin: [4, 5, 6] }), { ...row('d', {}), environments: {}, state: 'missing', reason: 'bc is not installed', runs: 0 });
  assert.equal(suiteReport({ name: 'pi', title: 'π' }, all), `\
pi: π
GNU bc                               N = 500            N = 1000
native                       1.00 s (2 runs)     1.00 s (2 runs)
Elfin in Node, first run  2.50 × (2.00…3.00)  1.50 × (1.00…2.00)
Elfin in Chromium                                         failed
       times native      range  minimum  native   Elfin  wall: native   Elfin  runs
row c        5.00 ×  4.00…6.00   4.00 ×  1.00 s  3.00 s        1.00 s  3.00 s     2
row d       missing
  row b, Elfin in Chromium: failed: no browser
  row d: missing: bc is not installed`);
});

test('the plot has a bar for each figure and says what it shows', () => {
  const svg = plot(record(row('a', { elfin: [0.5, 0.7, 0.8], chromium: [3, 40, 70] }), row('b <&>', { elfin: 'failed' })));
  assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  assert.equal(svg.match(/height="14" fill="#(2a6fb0|e0902f)"/g).length, 2);
  assert.match(svg, />40\.00 ×</);
  assert.match(svg, />128 ×</);
  assert.doesNotMatch(svg, /NaN|Infinity|<&>/);
  assert.match(plot(record()), /<\/svg>\n$/);
});
