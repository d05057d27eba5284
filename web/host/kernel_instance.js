/**
 * kernel.wasm, instantiated: its exports, a view of its memory, and how strings and answers of unknown
 * length cross the boundary. Knows nothing of what the imports do.
 */
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * File names and arguments are bytes, not text: a string stands for its UTF-8 bytes.
 * @param {string | Uint8Array} text
 * @returns {Uint8Array}
 */
export function toBytes(text) {
  return typeof text === 'string' ? encoder.encode(text) : text;
}

export class KernelInstance {
  /**
   * @param {WebAssembly.Module} module
   * @param {(kernel: KernelInstance) => Record<string, Function>} makeImports
   */
  constructor(module, makeImports) {
    this.bytes = new Uint8Array(0);
    /** The last answer of unknown length, until blob_take fetches it. */
    this.blob = this.bytes;
    const host = makeImports(this);
    host.blob_take = (to, size) => this.view().set(this.blob.subarray(0, size), to >>> 0);
    this.instance = new WebAssembly.Instance(module, { host });
    this.exports = this.instance.exports;
    this.exports._initialize();
  }

  /** All of the kernel's memory; valid until the kernel next runs. */
  view() {
    if (this.bytes.length === 0) this.bytes = new Uint8Array(this.exports.memory.buffer);
    return this.bytes;
  }

  /** A view of part of it. */
  slice(address, size) {
    address >>>= 0;
    return this.view().subarray(address, address + (size >>> 0));
  }

  dataView(address, size) {
    return new DataView(this.view().buffer, address >>> 0, size);
  }

  /** A message for people (not a file name). */
  text(address, size) {
    return decoder.decode(this.slice(address, size));
  }

  /**
   * Keeps `bytes` for blob_take.
   * @returns {number} their count, which the import hands back
   */
  answer(bytes) {
    this.blob = bytes;
    return bytes.length;
  }

  /**
   * Calls `use(address, size)` with a copy of `bytes` in kernel memory.
   * @template T
   * @param {string | Uint8Array} text
   * @param {(address: number, size: number) => T} use
   * @returns {T}
   */
  withBytes(text, use) {
    const bytes = toBytes(text);
    const address = this.exports.kernel_alloc(bytes.length);
    this.view().set(bytes, address >>> 0);
    try {
      return use(address, bytes.length);
    } finally {
      this.exports.kernel_free(address);
    }
  }
}
