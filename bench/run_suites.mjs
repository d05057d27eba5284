// Runs suites in their environments. → what of them goes into the record
import {elfinInNode, elfinLater} from './environments/elfin_in_node.mjs';
import {native} from './environments/native.mjs';
import {qemuUser} from './environments/qemu_user.mjs';
import {openV86} from './environments/v86.mjs';
import {UsageError} from './options.mjs';
import {runRow} from './run_row.mjs';

const quickRuns = 1;

// Opens the environments that the options ask for; those that aren't there refuse every row.
export async function openEnvironments({jit, browser, peers, long}) {
  const opened = [elfinInNode({jit})];
  if (jit === 'on') opened.push({...elfinLater({jit}), only: 'later'});
  if (browser) {
    opened.push(await (await import('./environments/chromium.mjs')).openChromium({jit}));
    opened.push(await (await import('./environments/page.mjs')).openPage());
  }
  if (peers) opened.push(...[qemuUser, openV86({long})].map(refuseIfMissing));
  return opened;
}

function refuseIfMissing(environment) {
  const {missing} = environment.identity();
  return {...environment, only: 'peers', ...(missing && {refuses: () => missing})};
}

// The rows that `options` ask for, with the suite of each. Throws UsageError when one isn't there.
export function chooseRows(suites, {only, ...options}) {
  const all = suites.map((suite) => ({
    suite, rows: suite.rows({quick: options.quick, long: options.long, browser: options.browser, scales: options.scale})}));
  const known = all.flatMap(({rows}) => rows.map(({name}) => name));
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`there is no row '${unknown}'; there are ${known.join(', ')}`);
  }
  return all.map(({suite, rows}) => ({
    suite, rows: only.length ? rows.filter(({name}) => only.includes(name)) : rows}));
}

// `chosen` as chooseRows makes it. → the record's `rows`
export async function runSuites(chosen, environments, options, log) {
  const runs = options.runs ?? (options.quick ? quickRuns : undefined);
  const done = [];
  for (const {suite, rows} of chosen) {
    const where = environments.filter(suite.where ? ({name}) => name === suite.where : ({only}) => !only || suite[only]);
    const reference = where[0]?.reference ?? native;
    for (const row of rows) {
      const result = await runRow(row, reference, where, {
        ...(runs && {runs}), ...(options.quick && {longest: 0}), log: (line) => log(`${suite.name}: ${line}`),
      });
      if (result.reason) log(`${suite.name}: ${row.title}: ${result.reason}`);
      done.push({suite: suite.name, ...result});
    }
  }
  return done;
}
