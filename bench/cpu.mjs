// The translator's benchmark: the kernels of bench/guest natively and in Elfin by turns.
//
//   node bench/cpu.mjs [--runs N] [--quick] [--jit on|off|sync] [--json FILE] [KERNEL…]
import {writeFileSync} from 'node:fs';

import {besideNative, columns, row, times} from './beside_native.mjs';
import {summary} from './figures.mjs';
import {buildFolder, buildKernel, kernelNames, quickSizes} from './kernels.mjs';
import {parseSuiteOptions, runSuite} from './options.mjs';
import {circumstances, table} from './report.mjs';

function benchKernel(name, {quick, runs, jit}) {
  const sizes = quick ? [`${quickSizes[name]}`] : [];
  return besideNative(name, {
    native: [buildKernel(name), ...sizes],
    guest: ['--root', buildFolder, '--cwd', '/', '--', `/${name}`, ...sizes],
    jit, runs: runs ?? (quick ? 1 : 5),
  });
}

// Measures each; one that fails is told and left out.
function benchKernels(options) {
  const kernels = [], failed = [];
  for (const name of options.names) {
    try {
      kernels.push(benchKernel(name, options));
    } catch (error) {
      process.stderr.write(`elfin: bench: ${name}: ${error.message}\n`);
      failed.push({name, error: error.message});
    }
  }
  return {kernels, failed};
}

function print(kernels, failed) {
  if (kernels.length > 0) {
    const {geometricMean, worst} = summary(kernels);
    const rest = Array(columns.length - 2).fill('');
    console.log(table([
      ['kernel', ...columns],
      ...kernels.map((kernel) => [kernel.name, ...row(kernel)]),
      ['geometric mean', times(geometricMean.min), times(geometricMean.median), ...rest],
      [`worst: ${worst.name}`, times(worst.min), times(worst.median), ...rest],
    ]));
  }
  for (const {name, error} of failed) console.log(`FAILED: ${name}: ${error}`);
}

runSuite((argv) => {
  const options = parseSuiteOptions(
    argv, {runs: undefined, quick: false, jit: 'on', json: undefined}, kernelNames);
  const where = circumstances(); // as things are now: a long run may see another commit at its end
  const {kernels, failed} = benchKernels(options);
  print(kernels, failed);
  if (options.json) {
    const record = {suite: 'cpu', ...where, jit: options.jit, quick: options.quick, kernels, failed,
                    summary: kernels.length ? summary(kernels) : null};
    writeFileSync(options.json, `${JSON.stringify(record, null, 2)}\n`);
  }
  return failed.length ? 1 : 0;
}, process.argv.slice(2));
