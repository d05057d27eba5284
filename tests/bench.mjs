// Every suite of ./elfin bench, run briefly, so that none rots: a row that is measured has passed, one whose
// program isn't there or that Elfin can't run yet is skipped, and says so. No figure is judged.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRecord } from '../bench/record.mjs';
import { suites } from '../bench/suites.mjs';

const BENCH = fileURLToPath(new URL('../bench/bench.mjs', import.meta.url));
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-bench-test-'));
const counts = { measured: 0, failed: 0, skipped: 0 };

/** What became of a row: its own state, or Elfin's in it. */
function outcome({ state, environments }) {
  const all = [state, ...Object.values(environments).map((figures) => figures.state)];
  if (all.includes('failed')) return 'failed';
  return all.every((one) => one === 'measured') ? 'measured' : 'skipped';
}

try {
  const file = path.join(scratch, 'record.json');
  const plot = path.join(scratch, 'plot.svg');
  const { status } = spawnSync(process.execPath, [BENCH, '--quick', '--json', file, '--svg', plot], { stdio: 'inherit' });
  const { rows } = readRecord(file); // throws when it isn't as the schema says
  for (const row of rows) counts[outcome(row)]++;
  for (const { name } of suites) {
    if (rows.some(({ suite }) => suite === name)) continue;
    console.log(`FAILED: the suite ${name} has no row in the record`);
    counts.failed++;
  }
  if (status !== (counts.failed ? 2 : 0)) {
    console.log(`FAILED: the exit status is ${status}`);
    counts.failed++;
  }
  if (!fs.readFileSync(plot, 'utf8').endsWith('</svg>\n')) {
    console.log('FAILED: the plot is cut off');
    counts.failed++;
  }
} catch (error) {
  console.log(`FAILED: ${error.message}`);
  counts.failed++;
} finally {
  fs.rmSync(scratch, { recursive: true });
}
console.log(`${counts.measured} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed ? 1 : 0;
