/** A GrowingBlockDevice in memory that only takes room for what was written. */

const CHUNK_BYTES = 1 << 16;

export class SparseStore {
  readOnly = false;
  size = 0;
  /** @type {Map<number, Uint8Array>} */
  #chunks = new Map();

  extend(size) {
    this.size = Math.max(this.size, size);
  }

  /** Calls back for the parts of [offset, offset + length) that lie in one chunk each. */
  #forEachPart(offset, length, action) {
    if (offset + length > this.size) throw Object.assign(new Error('beyond the end'), { code: 'EIO' });
    for (let done = 0; done < length;) {
      const at = offset + done;
      const within = at % CHUNK_BYTES;
      const count = Math.min(CHUNK_BYTES - within, length - done);
      action((at - within) / CHUNK_BYTES, within, done, count);
      done += count;
    }
  }

  read(offset, to) {
    this.#forEachPart(offset, to.length, (chunk, within, done, count) => {
      const bytes = this.#chunks.get(chunk);
      if (bytes) to.set(bytes.subarray(within, within + count), done);
      else to.fill(0, done, done + count);
    });
  }

  write(offset, from) {
    this.#forEachPart(offset, from.length, (chunk, within, done, count) => {
      if (!this.#chunks.has(chunk)) this.#chunks.set(chunk, new Uint8Array(CHUNK_BYTES));
      this.#chunks.get(chunk).set(from.subarray(done, done + count), within);
    });
  }

  flush() {}
}
