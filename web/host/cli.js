/**
 * What the launcher starts: node cli.js run [options] [--] PROGRAM [ARGUMENT…]
 * ELFIN_BINARIES names the folder of cpu.wasm and kernel.wasm (default: the wasm preset's).
 */
import { run } from './cli/run.js';
import { withoutBackgroundCompilers } from './node/background_compilers.js';

withoutBackgroundCompilers();

function binariesDirectory() {
  const override = process.env.ELFIN_BINARIES;
  if (override) return new URL(`file://${override.endsWith('/') ? override : `${override}/`}`);
  return new URL('../../build/wasm/web/', import.meta.url);
}

const [command, ...argv] = process.argv.slice(2);
if (command === 'run') {
  process.exit(await run(argv, binariesDirectory()));
}
console.error(`elfin: unknown command '${command ?? ''}'`);
process.exit(125);
