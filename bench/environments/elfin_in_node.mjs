// Elfin's command line in Node.
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {measure} from '../measure.mjs';
import {lacks} from './abilities.mjs';

export const elfin = fileURLToPath(new URL('../../elfin', import.meta.url));

const emptyNode = [process.execPath, '-e', '0'];

// What follows `elfin run` for a row.
export function guestWords({guest, command}) {
  return ['--root', guest?.root ?? '/', '--cwd', '/', '--', ...(guest?.command ?? command)];
}

// `jit` is --jit's value, which a row's own goes before.
export function elfinInNode({jit = 'on'} = {}) {
  return {
    name: 'elfin',
    title: 'Elfin in Node',
    identity: () => ({node: process.versions.node, v8: process.versions.v8, jit}),
    refuses: (row) => lacks(row.needs ?? []),
    run: (row, {limit}) => runInNode(row, row.jit ?? jit, limit),
  };
}

function runInNode(row, jit, limit) {
  const folder = mkdtempSync(join(tmpdir(), 'elfin-bench-'));
  try {
    const stats = join(folder, 'stats.json');
    const command = [elfin, 'run', '--jit', jit, '--stats', stats, ...guestWords(row)];
    const result = measure(command, row.input, {limit});
    const {cpu, wall} = measure(emptyNode);
    return {...result, start: {cpu, wall}, counters: readCounters(stats)};
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

// A guest that was killed leaves none.
function readCounters(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
