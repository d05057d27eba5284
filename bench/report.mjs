// What every benchmark's record says about where it was taken, and how its table is printed.
import {execFileSync} from 'node:child_process';
import {cpus, totalmem} from 'node:os';
import {fileURLToPath} from 'node:url';

// Machine, engine and commit; and where the binaries were, when they aren't this checkout's.
export function circumstances() {
  const top = fileURLToPath(new URL('..', import.meta.url));
  let commit = 'unknown';
  try {
    const git = (...words) => execFileSync('git', ['-C', top, ...words],
                                           {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']});
    commit = git('rev-parse', 'HEAD').trim() + (git('status', '--porcelain') ? ' and changes' : '');
  } catch {
    // Not a git checkout; the record says so.
  }
  return {
    date: new Date().toISOString(),
    commit,
    ...(process.env.ELFIN_BINARIES && {binaries: process.env.ELFIN_BINARIES}),
    processor: cpus()[0].model,
    processors: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    v8: process.versions.v8,
  };
}

// A table of strings, columns aligned: the first to the left, the rest to the right.
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => row.map((cell, column) => column === 0
    ? cell.padEnd(widths[column]) : cell.padStart(widths[column])).join('  ').trimEnd()).join('\n');
}

// Three significant digits and a unit that suits.
export function seconds(value) {
  return value >= 1 ? `${value.toPrecision(3)} s` : `${(value * 1000).toPrecision(3)} ms`;
}

export function mebibytes(kib) {
  return `${(kib / 1024).toFixed(1)} MiB`;
}
