/** machine.fs of a machine in a worker, as the page has it. Types in ../machine.d.ts. */
import { readPieces } from '../file_pieces.js';

/** The methods of machine.fs whose arguments and answers are plain data. */
const FILE_METHODS = [
  'readFile', 'writeFile', 'readdir', 'stat', 'lstat', 'readlink', 'mkdir', 'unlink', 'rmdir', 'remove', 'rename',
  'symlink', 'chmod', 'chown', 'setModified', 'lchown', 'setLinkModified', 'link', 'mknod', 'attributes', 'setAttribute',
  'removeAttribute', 'statfs', 'sync',
];

export class WorkerFiles {
  #call;
  #pieces;
  #give;
  #watch;

  /**
   * @param {(method: string, args: any[]) => Promise<any>} call
   * @param {(source: string, ...args: any[]) => AsyncIterable<any>} pieces what comes piece by piece
   * @param {(sink: string, pieces: AsyncIterable<Uint8Array>, ...args: any[]) => Promise<any>} give what goes so
   * @param {(path: string, callback: (path: string) => void) => () => void} watch
   */
  constructor(call, pieces, give, watch) {
    this.#watch = watch;
    this.#call = call;
    this.#pieces = pieces;
    this.#give = give;
    for (const method of FILE_METHODS) this[method] = (...args) => call(method, args);
  }

  readPieces(path, range) {
    return readPieces(this, path, range);
  }

  exportTar(path) {
    return this.#pieces('tar', path);
  }

  /** What can go as a whole costs nothing: bytes, and blobs, which are read over there. */
  importTar(path, archive) {
    const isWhole = archive instanceof Uint8Array || archive instanceof Blob;
    return isWhole ? this.#call('importTar', [path, archive]) : this.#give('tar', archive, path);
  }

  watch(path, callback) {
    return this.#watch(path, callback);
  }
}
