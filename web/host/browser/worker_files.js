/** machine.fs of a machine in a worker, as the page has it. Types in ../machine.d.ts. */
import { watchFile } from '../watch_file.js';

/** The methods of machine.fs whose arguments and answers are plain data. */
const FILE_METHODS = [
  'readFile', 'writeFile', 'readdir', 'stat', 'lstat', 'readlink', 'mkdir', 'unlink', 'rmdir', 'remove', 'rename',
  'symlink', 'chmod', 'chown', 'setModified', 'lchown', 'setLinkModified', 'link', 'mknod', 'attributes', 'setAttribute',
  'removeAttribute', 'statfs', 'sync', 'importTar',
];

export class WorkerFiles {
  #pieces;

  /**
   * @param {(method: string, args: any[]) => Promise<any>} call
   * @param {(source: string, ...args: any[]) => AsyncIterable<any>} pieces what comes piece by piece
   */
  constructor(call, pieces) {
    this.#pieces = pieces;
    for (const method of FILE_METHODS) this[method] = (...args) => call(method, args);
  }

  exportTar(path) {
    return this.#pieces('tar', path);
  }

  watch(path, callback) {
    return watchFile(this, path, callback);
  }
}
