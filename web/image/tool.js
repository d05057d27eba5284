/** Programs of the system's. */
import { spawnSync } from 'node:child_process';

/** e2fsprogs is not on an ordinary user's path. */
export const toolEnvironment = (added = {}) =>
  ({ ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, LC_ALL: 'C', ...added });

/**
 * Runs one to its end.
 * @returns {Buffer} its output; throws with what it said
 */
export function runTool(command, argv, { env, ...options } = {}) {
  const result = spawnSync(command, argv, { maxBuffer: 1 << 30, ...options, env: toolEnvironment(env) });
  if (result.error) throw new Error(`${command}: ${result.error.code ?? result.error.message}`);
  if (result.status !== 0) {
    throw new Error(`${command} failed: ${result.stderr?.toString().trim() || result.status}`);
  }
  return result.stdout;
}
