/**
 * machine.fs: whole files of the guest's tree, read and written from outside through the kernel's vfs,
 * with the rights of its superuser. Errors carry Linux's number in `errno`.
 */
import { toBytes } from './kernel_instance.js';

export class FileError extends Error {
  constructor(path, errno) {
    super(`${path}: errno ${errno}`);
    this.name = 'FileError';
    this.errno = errno;
  }
}

export class MachineFiles {
  #kernel;
  #enter;

  constructor(kernel, enter) {
    this.#kernel = kernel;
    this.#enter = enter;
  }

  /** @returns {Promise<Uint8Array>} */
  async readFile(path) {
    const kernel = this.#kernel;
    const size = this.#enter(() =>
      kernel.withBytes(path, (at, length) => kernel.exports.kernel_read_file(at, length)));
    if (size < 0) throw new FileError(path, -size);
    const { kernel_text_address } = kernel.exports;
    return kernel.slice(kernel_text_address(), size).slice();
  }

  /** Creates the file or replaces what it holds. */
  async writeFile(path, data, { mode = 0o644 } = {}) {
    const kernel = this.#kernel;
    const bytes = toBytes(data);
    const result = this.#enter(() =>
      kernel.withBytes(path, (at, length) =>
        kernel.withBytes(bytes, (from, size) =>
          kernel.exports.kernel_write_file(at, length, from, size, mode))));
    if (result < 0) throw new FileError(path, -result);
  }
}
