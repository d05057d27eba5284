/**
 * What the launcher starts for `elfin image`: node main.js COMMAND [ARGUMENT…]. Each command is a module that
 * is loaded when it is called; its exit status is 0, or 1 where what was asked for could not be done.
 */
import { withoutBackgroundCompilers } from '../host/node/background_compilers.js';
import { UsageError } from './options.js';

withoutBackgroundCompilers();

const USAGE = 125;
const COMMANDS = {
  build: () => import('./build_command.js'),
  update: () => import('./update_command.js'),
  chunk: () => import('./chunk_command.js'),
  info: () => import('./info_command.js'),
  check: () => import('./check_command.js'),
  export: () => import('./export_command.js'),
};

async function main([command, ...argv]) {
  if (!Object.hasOwn(COMMANDS, command ?? '')) {
    throw new UsageError(`image wants one of: ${Object.keys(COMMANDS).join(', ')}`);
  }
  const { run } = await COMMANDS[command]();
  return (await run(argv)) ?? 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`elfin: ${error.message ?? error}`);
  process.exitCode = error instanceof UsageError ? USAGE : 1;
}
