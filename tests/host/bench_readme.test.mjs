// The figures of README.md are those of the record committed with it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { checkoutReadme, figuresInto, plotFile } from '../../bench/readme.mjs';

const text = (part) => 'above\n<!-- figures: made by ./elfin bench readme from docs/figures.json -->\n' +
  `${part}\n<!-- end of figures -->\nbelow\n`;

function row(suite, name, median, column) {
  const ratio = { median, min: median, max: median, best: median };
  const samples = { cpu: [1], wall: [1] };
  return { suite, name, title: name, state: 'measured', runs: 1, ...(column && { cell: { table: 'GNU bc', column } }),
           environments: { native: { state: 'measured', samples }, elfin: { state: 'measured', ratio, samples } } };
}

test('README.md and its plot are what the command makes', () => {
  const { is, readme, svg } = checkoutReadme();
  assert.equal(is, readme, './elfin bench readme has not been run');
  assert.equal(fs.existsSync(plotFile) ? fs.readFileSync(plotFile, 'utf8') : undefined, svg);
});

test('figures go between the marks, and only there', () => {
  const record = { processor: 'P', processors: 2, node: '26', commit: '0123456789abcdef', rows: [
    row('pi', 'gnu-bc-500', 2.5, 'N = 500'), row('cpu', 'fib', 2), row('cpu', 'list', 8), row('os', 'getpid', 9)] };
  const { readme, svg } = figuresInto(text('old'), record);
  assert.match(readme, /^above\n/);
  assert.match(readme, /\nbelow\n$/);
  assert.match(readme, /\| π by GNU bc \| N = 500 \|\n\| --- \| ---: \|\n\| native \| 1\.00 s \(1 run\) \|/);
  assert.match(readme, /\| Elfin in Node, first run \| 2\.50 × \(2\.50…2\.50\) \|/);
  assert.match(readme, /\| cpu \| 2 \| 4\.00 × \| 8\.00 × \|/);
  assert.doesNotMatch(readme, /old|getpid/);
  assert.match(svg, /fib/);
  assert.doesNotMatch(svg, /getpid/);
  assert.equal(figuresInto(readme, record).readme, readme);
  assert.match(figuresInto(text(''), undefined).readme, /No figures are recorded yet/);
  assert.throws(() => figuresInto('no marks', record), /no place for figures/);
});
