// The headline: Debian's bc computing π, natively and in Elfin by turns, at several lengths; the first time
// on a machine, and once translations have been kept.
//
//   node bench/pi.mjs [--scale N,N…] [--runs N] [--jit on|off|sync] [--json FILE]
import {createHash} from 'node:crypto';
import {execFileSync} from 'node:child_process';
import {readFileSync, realpathSync, writeFileSync} from 'node:fs';

import {besideNative, columns, row} from './beside_native.mjs';
import {parseSuiteOptions, runSuite} from './options.mjs';
import {circumstances, table} from './report.mjs';

const bc = '/usr/bin/bc';

// There are several programs of this name, and they differ by a factor of twenty.
function identity() {
  const version = execFileSync(bc, ['--version'], {encoding: 'utf8'}).split('\n')[0];
  const sha256 = createHash('sha256').update(readFileSync(bc)).digest('hex');
  return {file: realpathSync(bc), version, sha256};
}

runSuite((argv) => {
  const {scale: scales, runs, jit, json} = parseSuiteOptions(
    argv, {scale: '500,1000,2000,5000', runs: '3', jit: 'on', json: undefined});
  const where = circumstances();
  const program = identity();
  const results = scales.map((scale) => ({scale, ...besideNative(`π to ${scale} places`, {
    native: [bc, '-lq'],
    guest: ['--root', '/', '--cwd', '/', '--', bc, '-lq'],
    input: `scale=${scale}; 4*a(1)\n`,
    jit, runs, later: jit === 'on',
  })}));
  console.log(`${program.file}: ${program.version}\nsha256 ${program.sha256}\n`);
  console.log(table([
    ['echo "scale=N; 4*a(1)" | bc -lq', ...columns],
    ...results.flatMap(({scale, later, ...first}) => [
      [`  N = ${scale}, first run`, ...row(first)],
      ...(later ? [[`  N = ${scale}, later runs`, ...row(later)]] : []),
    ]),
  ]));
  if (json) {
    const record = {suite: 'pi', ...where, jit, program, results};
    writeFileSync(json, `${JSON.stringify(record, null, 2)}\n`);
  }
  return 0;
}, process.argv.slice(2));
