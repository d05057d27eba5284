/** Starting a program by its name, as exec*p(3) does. */
import { ERRNO } from '../errno.js';
import { SpawnError } from '../errors.js';

/** Where to look for a program: itself if it has a slash, otherwise along PATH. */
function candidates(program, path) {
  if (program.includes('/')) return [program];
  return path.split(':').map((directory) => `${directory || '.'}/${program}`);
}

export const isMissing = (error) => error.errno === ERRNO.ENOENT || error.errno === ERRNO.ENOTDIR;

/**
 * Starts the first candidate that can be: past those that are missing or forbidden.
 * @param {import('../machine.d.ts').Machine} machine
 * @param {string[]} command the program and its arguments
 * @param {import('../machine.d.ts').SpawnOptions} options `env.PATH` says where to look
 * Throws SpawnError.
 */
export async function spawnAlongPath(machine, [program, ...args], options) {
  let failure = new SpawnError(program, ERRNO.ENOENT, 'command not found');
  for (const path of candidates(program, options.env.PATH)) {
    try {
      return await machine.spawn(path, args, options);
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error;
      if (path === program || !isMissing(error)) failure = error;
      if (!isMissing(error) && error.errno !== ERRNO.EACCES) break;
    }
  }
  throw failure;
}
