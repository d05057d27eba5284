// ./elfin bench readme: the figures of the project's README, from the record that is committed with it.
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

import {geometricMean} from './figures.mjs';
import {UsageError} from './options.mjs';
import {readRecord} from './record.mjs';
import {plot} from './svg.mjs';
import {crossCells, times} from './tables.mjs';

const place = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const begin = '<!-- figures: made by ./elfin bench readme from docs/figures.json -->';
const end = '<!-- end of figures -->';
const plotted = ['pi', 'cpu']; // what a reader sees at a glance; all rows are in the record

// What `record` (undefined: none is committed) makes of `readme`'s text. → {readme, svg}
export function figuresInto(readme, record) {
  const [before, rest, ...more] = readme.split(begin);
  const [, after, ...further] = (rest ?? '').split(end);
  if (after === undefined || more.length || further.length) throw new Error('README.md has no place for figures');
  const part = record ? figures(record) : 'No figures are recorded yet; `bench/README.md` says how they are taken.';
  const chosen = record && {...record, rows: record.rows.filter(({suite}) => plotted.includes(suite))};
  return {readme: `${before}${begin}\n${part}\n${end}${after}`, svg: chosen && plot(chosen)};
}

function figures(record) {
  const pi = record.rows.filter(({suite, cell}) => suite === 'pi' && cell);
  const names = [...new Set(pi.map(({cell}) => cell.table))];
  return [
    `Times native, medians with their ranges: ${record.processor}, ${record.processors} processors, Node ${record.node}, ` +
      `commit ${record.commit.slice(0, 10)}.`,
    ...names.map((name) => markdown(name, crossCells(pi.filter(({cell}) => cell.table === name)))),
    means(record),
    '![Times native, by program](docs/figures.svg)',
  ].filter(Boolean).join('\n\n');
}

function markdown(title, [[, ...head], ...rows]) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line([`π by ${title}`, ...head]), line(['---', ...head.map(() => '---:')]), ...rows.map(line)].join('\n');
}

function means(record) {
  const suites = [...new Set(record.rows.map(({suite}) => suite))].filter((suite) => suite !== 'pi');
  const lines = suites.flatMap((suite) => {
    const ratios = record.rows.filter((row) => row.suite === suite).map(({environments}) => environments.elfin?.ratio)
      .filter(Boolean);
    if (ratios.length < 2) return [];
    const worst = Math.max(...ratios.map(({median}) => median));
    return [`| ${suite} | ${ratios.length} | ${times(geometricMean(ratios.map(({median}) => median)))} | ${times(worst)} |`];
  });
  return lines.length ? ['| suite | rows | geometric mean | worst |', '| --- | ---: | ---: | ---: |', ...lines].join('\n') : '';
}

// Of the checkout: the README as it is and as it should be. → {file, is, readme, svg}
export function checkoutReadme() {
  const file = place('README.md');
  const is = readFileSync(file, 'utf8');
  const recorded = place('docs/figures.json');
  return {file, is, ...figuresInto(is, existsSync(recorded) ? readRecord(recorded) : undefined)};
}

export const plotFile = place('docs/figures.svg');

// → exit status
export function writeReadme(argv) {
  if (argv.length) throw new UsageError(`readme takes no '${argv[0]}'`);
  const {file, readme, svg} = checkoutReadme();
  writeFileSync(file, readme);
  if (svg) writeFileSync(plotFile, svg);
  return 0;
}
