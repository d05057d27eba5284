/** An image fetched whole: a BlockDevice in memory, for images small enough that pieces aren't worth it. */
import { fetchUnpacked } from './fetched_bytes.js';

export class MemoryImage {
  readOnly = true;
  readsAtOnce = true;
  /** Of what was fetched; here, unpacked. */
  counters;
  #bytes;

  /** @param {Uint8Array} bytes the image's; not copied */
  constructor(bytes) {
    this.#bytes = bytes;
    this.counters = { requests: 1, bytes: bytes.length };
  }

  /**
   * Throws an Error with a sentence. What is gzipped is unpacked.
   * @param {URL | string} url absolute
   * @param {(done: {loaded: number, total?: number}) => void} [progress]
   */
  static async fetch(url, progress) {
    const body = await fetchUnpacked(url, progress);
    return new MemoryImage(new Uint8Array(await new Response(body).arrayBuffer()));
  }

  get size() {
    return this.#bytes.length;
  }

  read(offset, to) {
    if (offset + to.length > this.#bytes.length) {
      throw Object.assign(new Error('the image is too short'), { code: 'EIO' });
    }
    to.set(this.#bytes.subarray(offset, offset + to.length));
  }

  write() {
    throw Object.assign(new Error('an image is never written to'), { code: 'EROFS' });
  }

  flush() {}
}
