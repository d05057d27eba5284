// One program natively and in Elfin by turns: outputs compared, processor times set in relation.
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {timesNative} from './figures.mjs';
import {alternate, measure} from './measure.mjs';
import {seconds} from './report.mjs';

export const elfin = fileURLToPath(new URL('../elfin', import.meta.url));

// A guest this much slower than native hangs; no run is cut off before a minute.
const hopelessRatio = 300;

// `native` is the command for this machine, `guest` what follows `elfin run`, both read `input`. A
// first native run, which isn't counted, says what must come out and warms the caches for both.
// Elfin finds no kept translations: each run is the program's first. With `later`, it is also measured
// with those that an earlier run, which isn't counted, has left.
// → figures.mjs's figures, and of the last run in Elfin: `counters` (--stats), `peakKib`; `later`: the same
export function besideNative(name, {native, guest, jit, input = '', runs, later = false}) {
  const folder = mkdtempSync(join(tmpdir(), 'elfin-bench-'));
  try {
    const first = measure(native, input);
    if (first.status !== 0) throw new Error(`${name}, natively, ended with status ${first.status}`);
    const limit = Math.ceil(Math.max(60, hopelessRatio * first.wall));
    const expected = first.output;
    const cache = (side) => join(folder, side);
    const stats = (side) => join(folder, `${side}.json`);
    const elfinSide = (side) => ({
      command: [elfin, 'run', '--jit', jit, '--jit-cache', cache(side), '--stats', stats(side),
                '--timeout', `${limit}`, ...guest],
      input, expected,
    });
    const sides = {
      native: {command: native, input, expected},
      first: {...elfinSide('first'), prepare: () => rmSync(cache('first'), {recursive: true, force: true})},
      ...(later ? {later: elfinSide('later')} : {}),
      start: {command: [process.execPath, '-e', '0']},
    };
    if (later) alternate({later: sides.later}, 1);
    const results = alternate(sides, runs, {onRound: (round, done) => report(name, round, runs, done)});
    const figures = (side) => ({
      ...timesNative({native: cpu(results.native), elfin: cpu(results[side]), start: cpu(results.start)}),
      peakKib: results[side].at(-1).peakKib,
      counters: JSON.parse(readFileSync(stats(side), 'utf8')),
    });
    return {name, runs, ...figures('first'), ...(later ? {later: figures('later')} : {})};
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

const cpu = (results) => results.map((result) => result.cpu);

function report(name, round, runs, {native, first, later}) {
  const again = later ? `, again ${seconds(later.at(-1).cpu)}` : '';
  process.stderr.write(`${name}, run ${round + 1} of ${runs}: native ${seconds(native.at(-1).cpu)}, ` +
                       `Elfin ${seconds(first.at(-1).cpu)}${again}\n`);
}

// The table's columns that every suite of this kind has, the ratio first.
export const columns = ['ratio: minimum', 'median', 'native', 'Elfin', 'translated'];

export function row({ratio, native, elfin: guest, counters}) {
  return [times(ratio.min), times(ratio.median), seconds(native.min), seconds(guest.min),
          translatedShare(counters)];
}

export const times = (ratio) => `${ratio.toFixed(2)} ×`;

// The part of the guest's instructions that ran as translated code.
export function translatedShare({translation}) {
  return translation ? `${(100 * translation.translatedShare).toFixed(1)} %` : 'none';
}
