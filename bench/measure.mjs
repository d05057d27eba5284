// Measures commands: processor time of their whole process tree, wall time, peak resident memory.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const measureScript = fileURLToPath(new URL('measure.py', import.meta.url));

// Runs `command` (an array) on `input` (a string). → {user, system, cpu, wall, peakKib, status, output}
export function measure(command, input = '') {
  const folder = mkdtempSync(join(tmpdir(), 'elfin-bench-'));
  try {
    const inputPath = join(folder, 'input');
    const outputPath = join(folder, 'output');
    writeFileSync(inputPath, input);
    const line = execFileSync('python3', [measureScript, inputPath, outputPath, ...command],
                              {encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit']});
    const {user, system, wall, peak_kib: peakKib, status} = JSON.parse(line);
    return {user, system, cpu: user + system, wall, peakKib, status,
            output: readFileSync(outputPath)};
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

// Measures several commands `rounds` times, taking turns, so that a change in the machine's mood
// meets all of them. `sides` is {name: {command, input}}; all outputs must be `expected`, when given.
// → {name: [measurement…]}
export function alternate(sides, rounds, {expected, onRound} = {}) {
  const results = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, {command, input}] of Object.entries(sides)) {
      const result = measure(command, input);
      if (result.status !== 0) throw new Error(`${name} ended with status ${result.status}`);
      if (expected !== undefined && !result.output.equals(expected)) {
        throw new Error(`${name} printed something else than expected`);
      }
      results[name].push(result);
    }
    onRound?.(round, results);
  }
  return results;
}

// The smallest and the middle one of a list of numbers.
export function minAndMedian(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return {min: sorted[0], median};
}
