// One row of a suite: natively and in the environments asked for, by turns; outputs compared.
import {spread, timesNative, timesNativeRate} from './figures.mjs';
import {outputFault, rateOf} from './output_rules.mjs';

export const warmUp = 'one native run, not counted; before later runs, one that keeps its translations; else none';

const leastRuns = 2;
// A guest this much slower than native hangs; no run is cut off before a minute.
const hopelessRatio = 300;
const leastLimit = 60;
const nativeLimit = 600;

// `row` is one of a suite's (suites/README.md), `native` and `environments` are such as environments/ has.
// Turns go on until there are `runs`, or until another would take more than `budget` seconds altogether,
// but for the least. A guest may take `longest` seconds, if that is more than a minute.
// `log` gets a line a turn.
// → the row's part of the record (record.schema.json)
export async function runRow(row, native, environments, {runs = row.turns ?? 5, budget = 60, log = () => {}} = {}) {
  const about = {name: row.name, title: row.title, unit: row.unit ?? 'cpu',
                 ...(row.cell && {cell: row.cell}), ...(row.published && {published: row.published})};
  const without = (state, reason) => ({...about, state, reason, runs: 0, environments: {}});
  if (row.missing) return without('missing', row.missing);
  if (row.unsupported) return without('unsupported', row.unsupported);
  if (row.broken) return without('failed', row.broken);
  const first = await native.run(row, {limit: nativeLimit});
  const fault = runFault({...first, limit: nativeLimit}) ?? rateFault(row, first);
  if (fault) return without('failed', `natively: ${fault}`);

  const limit = Math.ceil(Math.max(leastLimit, hopelessRatio * first.wall));
  const sides = await Promise.all(environments.map(async (environment) => {
    const reason = await environment.refuses?.(row);
    return {environment, results: [], ...(reason ? {state: 'unsupported', reason} : {state: 'measured'})};
  }));
  const natives = [];
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  const alive = () => sides.filter(({state}) => state === 'measured');
  for (let turn = 0; turn < runs && alive().length > 0; turn++) {
    if (turn >= Math.min(leastRuns, runs) && elapsed() * (turn + 1) / turn > budget) break;
    const result = await native.run(row, {limit});
    const nativeFault = runFault(result) ?? outputFault(row.output, result.output, first.output);
    if (nativeFault) return without('failed', `natively, run ${turn + 1}: ${nativeFault}`);
    natives.push(result);
    for (const side of alive()) await takeTurn(side, row, first.output, limit);
    log(turnLine(row, turn, runs, result, sides));
  }
  const figures = [
    ...(natives.length ? [[native.name, nativeFigures(row, natives)]] : []),
    ...sides.map((side) => [side.environment.name, sideFigures(row, side, natives)]),
  ];
  const state = sides.some((side) => side.state === 'failed') ? 'failed' : 'measured';
  return {...about, state, runs: natives.length, environments: Object.fromEntries(figures)};
}

const runFault = ({error, timedOut, status, limit}) => {
  if (error) return error;
  if (timedOut) return `timed out${limit ? ` after ${limit} s` : ''}`;
  return status === 0 ? undefined : `ended with status ${status}`;
};

const rateFault = (row, result) =>
  row.unit === 'rate' && !(rateOf(row, result.output) > 0) ? 'printed no rate' : undefined;

async function takeTurn(side, row, expected, limit) {
  let fault;
  let result;
  try {
    result = await side.environment.run(row, {limit});
    fault = runFault({...result, limit}) ?? outputFault(row.output, result.output, expected) ??
            rateFault(row, result);
  } catch (error) {
    fault = error.message;
  }
  if (fault) Object.assign(side, {state: 'failed', reason: fault, results: []});
  else side.results.push(result);
}

function turnLine(row, turn, runs, native, sides) {
  const tells = ({environment, state, results, reason}) => state === 'measured'
    ? `${environment.title} ${results.at(-1).cpu.toFixed(2)} s` : `${environment.title}: ${reason}`;
  return `${row.title}, run ${turn + 1} of ${runs}: native ${native.cpu.toFixed(2)} s, ` +
         sides.map(tells).join(', ');
}

const rounded = (value) => Number(value.toPrecision(5));
const list = (results, key) => results.map((result) => rounded(result[key]));

function samples(row, results) {
  return {
    cpu: list(results, 'cpu'), wall: list(results, 'wall'),
    ...(row.unit === 'rate' && {rate: results.map(({output}) => rounded(rateOf(row, output)))}),
    ...(results[0].start && {start: {cpu: results.map(({start}) => rounded(start.cpu)),
                                     wall: results.map(({start}) => rounded(start.wall))}}),
  };
}

// Of figures by name, each turn's: their medians.
function middleOf(turns) {
  if (turns[0] === undefined) return undefined;
  const names = Object.keys(turns[0]);
  return Object.fromEntries(names.map((name) => [name, rounded(spread(turns.map((turn) => turn[name])).median)]));
}

function nativeFigures(row, natives) {
  return {state: 'measured', samples: samples(row, natives)};
}

function sideFigures(row, {state, reason, results}, natives) {
  if (state !== 'measured') return {state, reason};
  const mine = samples(row, results);
  const theirs = samples(row, natives);
  const unit = row.unit ?? 'cpu';
  const ratio = unit === 'rate'
    ? timesNativeRate({native: theirs.rate, elfin: mine.rate})
    : timesNative({native: theirs[unit], elfin: mine[unit],
                   start: row.withStart ? undefined : mine.start?.[unit]});
  const {peakKib, counters} = results.at(-1);
  const extra = middleOf(results.map((result) => result.extra));
  return {
    state, ratio: Object.fromEntries(Object.entries(ratio).map(([key, value]) => [key, rounded(value)])),
    samples: mine, ...(peakKib && {peakKib}), ...(counters && {counters}), ...(extra && {extra}),
  };
}
