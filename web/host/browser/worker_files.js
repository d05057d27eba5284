/** machine.fs of a machine in a worker, as the page has it. Types in ../machine.d.ts. */
import { watchFile } from '../watch_file.js';

/** The methods of machine.fs whose arguments and answers are plain data. */
const FILE_METHODS = [
  'readFile', 'writeFile', 'readdir', 'stat', 'lstat', 'readlink', 'mkdir', 'unlink', 'rmdir', 'remove', 'rename',
  'symlink', 'chmod', 'chown', 'setModified', 'lchown', 'setLinkModified', 'link', 'mknod', 'attributes', 'setAttribute',
  'removeAttribute', 'statfs', 'sync', 'importTar',
];

export class WorkerFiles {
  #call;

  /** @param {(method: string, args: any[]) => Promise<any>} call */
  constructor(call) {
    this.#call = call;
    for (const method of FILE_METHODS) this[method] = (...args) => call(method, args);
  }

  /** Packed in the worker; one piece. */
  async *exportTar(path) {
    yield await this.#call('exportTar', [path]);
  }

  watch(path, callback) {
    return watchFile(this, path, callback);
  }
}
