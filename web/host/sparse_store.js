/** A GrowingBlockDevice in memory that only takes room for what was written. */
import { forEachPart } from './range_parts.js';

const CHUNK_BYTES = 1 << 16;

export class SparseStore {
  readOnly = false;
  readsAtOnce = true;
  size = 0;
  /** @type {Map<number, Uint8Array>} */
  #chunks = new Map();

  extend(size) {
    this.size = Math.max(this.size, size);
  }

  read(offset, to) {
    forEachPart(this, CHUNK_BYTES, offset, to.length, (chunk, within, done, count) => {
      const bytes = this.#chunks.get(chunk);
      if (bytes) to.set(bytes.subarray(within, within + count), done);
      else to.fill(0, done, done + count);
    });
  }

  write(offset, from) {
    forEachPart(this, CHUNK_BYTES, offset, from.length, (chunk, within, done, count) => {
      if (!this.#chunks.has(chunk)) this.#chunks.set(chunk, new Uint8Array(CHUNK_BYTES));
      this.#chunks.get(chunk).set(from.subarray(done, done + count), within);
    });
  }

  flush() {}
}
