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
// meets all of them. `sides` is {name: {command, input, expected, prepare}}; a command with `expected`
// must print just that; `prepare` is called before each run.
// → {name: [measurement…]}
export function alternate(sides, rounds, {onRound} = {}) {
  const results = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, {command, input, expected, prepare}] of Object.entries(sides)) {
      prepare?.();
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
