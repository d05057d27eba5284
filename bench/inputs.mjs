// What programs of the suites work on: made here, the same everywhere, kept in build/bench.
import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {buildFolder} from './guests.mjs';

const scripts = fileURLToPath(new URL('guest/scripts', import.meta.url));
export const script = (name) => readFileSync(join(scripts, name), 'utf8');

const words = 'the of a machine number line which is not there yet and other words that follow each other'.split(' ');

// `lineCount` lines of words and numbers.
export function textOf(lineCount) {
  let seed = 1;
  const next = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 8;
  const line = () => Array.from({length: 4 + next() % 8}, () => (
    next() % 5 === 0 ? `${next() % 100000}` : words[next() % words.length])).join(' ');
  return `${Array.from({length: lineCount}, line).join('\n')}\n`;
}

export function insertStatements(count) {
  const rows = Array.from({length: count}, (_, i) => `INSERT INTO t VALUES (${i}, 'name ${i * 7919 % count}', ${i}.5);`);
  return ['CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, half REAL);', 'CREATE INDEX by_name ON t (name);',
          'BEGIN;', ...rows, 'COMMIT;', 'SELECT count(*), sum(half), min(name), max(name) FROM t;', ''].join('\n');
}

// A C source with `count` functions. → its path
export function cSource(count) {
  return kept(`functions-${count}.c`, (file) => {
    const one = (i) => `static double F${i}(const double* v, int n) {
  double sum = ${i};
  for (int k = 0; k < n; k++) {
    if (v[k] > ${i % 10}) sum += v[k] * ${i + 1};
    else sum -= v[(k * ${i % 7 + 1}) % n] / (k + ${i % 3 + 1});
  }
  return sum;
}
`;
    const call = (i) => `  total += F${i}(v, n);\n`;
    const all = Array.from({length: count}, (_, i) => i);
    writeFileSync(file, `${all.map(one).join('')}
double All(const double* v, int n) {
  double total = 0;
${all.map(call).join('')}  return total;
}
`);
  });
}

// A git repository of `count` commits, packed. → its path
export function repository(count) {
  return kept(`repository-${count}.git`, (folder) => {
    rmSync(folder, {recursive: true, force: true});
    execFileSync('git', ['init', '-q', '--bare', '-b', 'main', folder]);
    execFileSync('git', ['-C', folder, 'fast-import', '--quiet'], {input: commits(count)});
    execFileSync('git', ['-C', folder, 'gc', '-q']);
  });
}

function commits(count) {
  const data = (text) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  return Array.from({length: count}, (_, i) => {
    const when = `Somebody <somebody@example.org> ${1600000000 + i * 60} +0000`;
    return `commit refs/heads/main\nauthor ${when}\ncommitter ${when}\n${data(`Change number ${i}`)}` +
           `M 100644 inline file-${i % 50}\n${data(textOf(5 + i % 40))}`;
  }).join('');
}

// Makes a thing of build/bench/inputs once, whole or not at all. → its path
function kept(name, make) {
  const place = join(buildFolder, 'inputs', name);
  if (existsSync(place)) return place;
  mkdirSync(join(buildFolder, 'inputs'), {recursive: true});
  const unfinished = join(buildFolder, 'inputs', `${process.pid}-${name}`);
  make(unfinished);
  renameSync(unfinished, place);
  return place;
}
