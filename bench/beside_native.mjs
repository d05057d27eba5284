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
// → figures.mjs's figures, and of the last run in Elfin: `counters` (--stats), `peakKib`
export function besideNative(name, {native, guest, jit, input = '', runs}) {
  const folder = mkdtempSync(join(tmpdir(), 'elfin-bench-'));
  try {
    const statsFile = join(folder, 'stats.json');
    const first = measure(native, input);
    if (first.status !== 0) throw new Error(`${name}, natively, ended with status ${first.status}`);
    const limit = Math.ceil(Math.max(60, hopelessRatio * first.wall));
    const results = alternate({
      native: {command: native, input, expected: first.output},
      elfin: {
        command: [elfin, 'run', '--jit', jit, '--stats', statsFile, '--timeout', `${limit}`, ...guest],
        input, expected: first.output,
      },
      start: {command: [process.execPath, '-e', '0']},
    }, runs, {onRound: (round, sides) => report(name, round, runs, sides)});
    return {
      name, runs,
      ...timesNative({native: cpu(results.native), elfin: cpu(results.elfin), start: cpu(results.start)}),
      peakKib: results.elfin.at(-1).peakKib,
      counters: JSON.parse(readFileSync(statsFile, 'utf8')),
    };
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

const cpu = (results) => results.map((result) => result.cpu);

function report(name, round, runs, {native, elfin: guest}) {
  process.stderr.write(`${name}, run ${round + 1} of ${runs}: native ${seconds(native.at(-1).cpu)}, ` +
                       `Elfin ${seconds(guest.at(-1).cpu)}\n`);
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
