// Elfin's command line in Node: first runs, which find no kept translations, and later ones, which do.
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {measure} from '../measure.mjs';
import {lacks} from './abilities.mjs';

export const elfin = fileURLToPath(new URL('../../elfin', import.meta.url));

const emptyNode = [process.execPath, '-e', '0'];
const newFolder = () => mkdtempSync(join(tmpdir(), 'elfin-bench-'));
const remove = (folder) => rmSync(folder, {recursive: true, force: true});

// What follows `elfin run` for a row; `overlay`: a file for what it writes to an image.
export function guestWords({guest, command}, overlay) {
  const disk = guest?.image ? ['--image', guest.image, ...(guest.overlay ? ['--overlay', overlay] : [])]
    : ['--root', guest?.root ?? '/'];
  return [...disk, '--cwd', '/', '--', ...(guest?.command ?? command)];
}

// Each run is the program's first on its machine: an empty folder for what it would keep.
// `jit` is --jit's value, which a row's own goes before.
export function elfinInNode({jit = 'on'} = {}) {
  return {
    name: 'elfin',
    title: 'Elfin in Node',
    identity: () => ({node: process.versions.node, v8: process.versions.v8, jit}),
    refuses: (row) => lacks(row.needs ?? []),
    run(row, {limit}) {
      const cache = newFolder();
      try {
        return runInNode(row, row.jit ?? jit, cache, limit);
      } finally {
        remove(cache);
      }
    },
  };
}

// Runs that find what an earlier one, which isn't counted, has kept; a folder for each row.
export function elfinLater({jit = 'on'} = {}) {
  const caches = new Map();
  return {
    ...elfinInNode({jit}),
    name: 'elfin-later',
    title: 'Elfin in Node, later runs',
    run(row, {limit}) {
      if (!caches.has(row)) {
        caches.set(row, newFolder());
        runInNode(row, row.jit ?? jit, caches.get(row), limit);
      }
      return runInNode(row, row.jit ?? jit, caches.get(row), limit);
    },
    close: () => [...caches.values()].forEach(remove),
  };
}

function runInNode(row, jit, cache, limit) {
  const folder = newFolder();
  try {
    const stats = join(folder, 'stats.json');
    const options = ['--jit', jit, '--jit-cache', cache, '--stats', stats];
    const result = measure([elfin, 'run', ...options, ...guestWords(row, join(folder, 'overlay'))], row.input, {limit});
    const {cpu, wall} = measure(emptyNode);
    return {...result, start: {cpu, wall}, counters: readCounters(stats)};
  } finally {
    remove(folder);
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
