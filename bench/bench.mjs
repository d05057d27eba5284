// ./elfin bench: runs the suites, tells and records what comes out.
//
// Exit status: 0, all is well; 1, --check found rows that became worse; 2, a row failed; 125, wrong usage.
import {writeFileSync} from 'node:fs';

import {becameWorse, compareTable, incomparable} from './compare.mjs';
import {parseBenchOptions, UsageError} from './options.mjs';
import {circumstances, readRecord, validateRecord} from './record.mjs';
import {chooseRows, openEnvironments, runSuites} from './run_suites.mjs';
import {suites} from './suites.mjs';
import {plot} from './svg.mjs';
import {suiteReport} from './tables.mjs';
import {warmUp} from './run_row.mjs';

const log = (line) => process.stderr.write(`${line}\n`);

async function main(argv) {
  if (argv[0] === 'readme') return (await import('./readme.mjs')).writeReadme(argv.slice(1));
  const options = parseBenchOptions(argv, suites.map(({name}) => name));
  if (options.compare) return compareFiles(options);
  const baseline = options.check && readRecord(options.check);
  const chosen = chooseRows(suites.filter(({name}) => options.suites.includes(name)), options);
  const about = circumstances(); // as things are now: a long run may see another commit at its end
  const environments = await openEnvironments(options);
  try {
    const record = {
      ...about, quick: options.quick, warmUp,
      environments: Object.fromEntries(environments.map(({name, identity}) => [name, identity()])),
      programs: Object.assign({}, ...chosen.map(({suite}) => suite.programs?.() ?? {})),
    };
    if (baseline) refuseIncomparable(baseline, record, options.force);
    record.rows = await runSuites(chosen, environments, options, log);
    const worse = baseline ? await check(baseline, record, chosen, environments, options) : [];
    tell(record, chosen);
    save(record, options);
    if (baseline) tellWorse(worse, options);
    return record.rows.some(({state}) => state === 'failed') ? 2 : worse.length ? 1 : 0;
  } finally {
    for (const environment of environments) await environment.close?.();
  }
}

function refuseIncomparable(baseline, record, force) {
  const reason = incomparable(baseline, record);
  if (reason && !force) throw new UsageError(`${reason}; --force compares nevertheless`);
  if (reason) log(`elfin: bench: ${reason}`);
}

// Rows that look worse run a second time, just those; what is still worse is. `record` keeps the second run.
async function check(baseline, record, chosen, environments, options) {
  const suspects = becameWorse(baseline, record, options.tolerance);
  if (suspects.length === 0) return [];
  log(`${suspects.length} figures are worse than the baseline's: their rows run again`);
  const isSuspect = (suite, row) => suspects.some((worse) => worse.suite === suite.name && worse.name === row.name);
  const again = chosen.map(({suite, rows}) => ({suite, rows: rows.filter((row) => isSuspect(suite, row))}));
  for (const row of await runSuites(again, environments, options, log)) {
    const at = record.rows.findIndex(({suite, name}) => suite === row.suite && name === row.name);
    record.rows[at] = {...row, secondRun: true};
  }
  return becameWorse(baseline, record, options.tolerance);
}

function tell(record, chosen) {
  const {processor, processors, node, v8, commit} = record;
  console.log(`${processor}, ${processors} processors; Node ${node}, V8 ${v8}; commit ${commit}`);
  for (const {file, version, sha256} of Object.values(record.programs)) {
    console.log(`${file}: ${version}\n  sha256 ${sha256}`);
  }
  for (const {suite} of chosen) console.log(`\n${suiteReport(suite, record)}`);
}

function save(record, {json, svg}) {
  validateRecord(record);
  if (json) writeFileSync(json, `${JSON.stringify(record, null, 2)}\n`);
  if (svg) writeFileSync(svg, plot(record));
}

function tellWorse(worse, {check: file, tolerance}) {
  console.log(worse.length ? `\nworse than ${file} by more than ${tolerance} %:`
    : `\nnothing is worse than ${file} by more than ${tolerance} %`);
  for (const {suite, name, environment, before, after} of worse) {
    console.log(`  ${suite} ${name}, ${environment}: ${before.toFixed(2)} × → ${after.toFixed(2)} ×`);
  }
}

function compareFiles({compare, force}) {
  const [before, after] = compare.map(readRecord);
  refuseIncomparable(before, after, force);
  console.log(compareTable(before, after));
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`elfin: bench: ${error.message}`);
  process.exitCode = error instanceof UsageError ? 125 : 2;
}
