// The interpreter's benchmark: Debian's bc computing π to 1000 places, natively and in Elfin by turns;
// and what starting costs: Elfin's /bin/true against an empty Node.
//
//   node bench/interpreter.mjs [--rounds N] [--scale N] [--json FILE]
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';

import {elfin} from './beside_native.mjs';
import {minAndMedian} from './figures.mjs';
import {alternate, measure} from './measure.mjs';
import {circumstances, mebibytes, seconds, table} from './report.mjs';

const interpreted = ['run', '--jit', 'off', '--root', '/', '--cwd', '/'];

function benchPi(rounds, scale) {
  const bc = ['/usr/bin/bc', '-lq'];
  const input = `scale=${scale}; 4*a(1)\n`;
  const expected = measure(bc, input).output;
  const results = alternate({
    native: {command: bc, input, expected},
    elfin: {command: [elfin, ...interpreted, '--', ...bc], input, expected},
  }, rounds, {
    onRound: (round, {native, elfin}) => process.stderr.write(
      `π, round ${round + 1} of ${rounds}: native ${seconds(native.at(-1).cpu)}, ` +
      `Elfin ${seconds(elfin.at(-1).cpu)}\n`),
  });
  const cpu = (side) => minAndMedian(results[side].map((result) => result.cpu));
  const native = cpu('native'), guest = cpu('elfin');
  return {
    program: `echo "scale=${scale}; 4*a(1)" | bc -lq`, rounds, native, elfin: guest,
    ratio: {min: guest.min / native.min, median: guest.median / native.median},
    peakKib: minAndMedian(results.elfin.map((result) => result.peakKib)).median,
    counters: guestCounters(bc, input),
  };
}

// One more run, for the counters that --stats writes.
function guestCounters(command, input) {
  const folder = mkdtempSync(join(tmpdir(), 'elfin-stats-'));
  try {
    const file = join(folder, 'stats.json');
    const {status, cpu} = measure([elfin, ...interpreted, '--stats', file, '--', ...command], input);
    if (status !== 0) throw new Error(`the counted run ended with status ${status}`);
    return {...JSON.parse(readFileSync(file, 'utf8')), cpu};
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

function benchStart(rounds) {
  const results = alternate({
    node: {command: [process.execPath, '-e', '0']},
    elfin: {command: [elfin, ...interpreted, '--', '/bin/true']},
  }, rounds);
  const wall = (side) => minAndMedian(results[side].map((result) => result.wall));
  const peak = (side) => minAndMedian(results[side].map((result) => result.peakKib));
  const node = {wall: wall('node'), peakKib: peak('node')};
  const guest = {wall: wall('elfin'), peakKib: peak('elfin')};
  return {
    program: '/bin/true', rounds, node, elfin: guest,
    ratio: {min: guest.wall.min / node.wall.min, median: guest.wall.median / node.wall.median},
    extraKib: guest.peakKib.median - node.peakKib.median,
  };
}

function print({pi, start}) {
  const ratio = ({min, median}) => [`${min.toFixed(1)} ×`, `${median.toFixed(1)} ×`];
  const both = ({min, median}) => [seconds(min), seconds(median)];
  console.log(table([
    [pi.program, 'minimum', 'median'],
    ['  native, processor time', ...both(pi.native)],
    ['  Elfin, processor time', ...both(pi.elfin)],
    ['  ratio', ...ratio(pi.ratio)],
    ['/bin/true', '', ''],
    ['  node -e 0, wall time', ...both(start.node.wall)],
    ['  Elfin, wall time', ...both(start.elfin.wall)],
    ['  ratio', ...ratio(start.ratio)],
    ['  node -e 0, peak memory', mebibytes(start.node.peakKib.min), mebibytes(start.node.peakKib.median)],
    ['  Elfin, peak memory', mebibytes(start.elfin.peakKib.min), mebibytes(start.elfin.peakKib.median)],
  ]));
  const {guestInstructions: count, guestInstructionsPerSecond: rate} = pi.counters;
  if (count) {
    console.log(`\n${(count / 1e6).toFixed(0)} million guest instructions, ` +
                `${(rate / 1e6).toFixed(0)} million a second`);
  }
}

const {values} = parseArgs({options: {
  rounds: {type: 'string', default: '7'},
  scale: {type: 'string', default: '1000'},
  json: {type: 'string'},
}});
const record = {
  suite: 'interpreter',
  ...circumstances(),
  pi: benchPi(Number(values.rounds), Number(values.scale)),
  start: benchStart(2 * Number(values.rounds) + 1),
};
print(record);
if (values.json) writeFileSync(values.json, JSON.stringify(record, null, 2) + '\n');
