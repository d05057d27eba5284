// Measures one command: processor time of its whole process tree, wall time, peak resident memory.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const measureScript = fileURLToPath(new URL('measure.py', import.meta.url));
const longest = 24 * 3600;

// Runs `command` (an array) on `input` (a string or Buffer), for `limit` seconds at most; its standard error
// goes nowhere unless `showErrors`.
// → {user, system, cpu, wall, peakKib, status, timedOut, output}; seconds
export function measure(command, input = '', {limit = longest, showErrors = true} = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'elfin-bench-'));
  try {
    const inputPath = join(folder, 'input');
    const outputPath = join(folder, 'output');
    writeFileSync(inputPath, input);
    const line = execFileSync('python3', [measureScript, `${limit}`, inputPath, outputPath, ...command],
                              {encoding: 'utf8', stdio: ['ignore', 'pipe', showErrors ? 'inherit' : 'ignore']});
    const {user, system, wall, peak_kib: peakKib, status, timed_out: timedOut} = JSON.parse(line);
    return {user, system, cpu: user + system, wall, peakKib, status, timedOut,
            output: readFileSync(outputPath)};
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}
