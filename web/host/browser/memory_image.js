/** An image fetched whole: a BlockDevice in memory, for images small enough that pieces aren't worth it. */

/** Reads a response's body, telling how much has come. */
async function readBody(response, progress) {
  const total = Number(response.headers.get('content-length')) || undefined;
  const pieces = [];
  let loaded = 0;
  for (const reader = response.body.getReader(); ;) {
    const { value, done } = await reader.read();
    if (done) break;
    pieces.push(value);
    loaded += value.length;
    progress?.({ loaded, total });
  }
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

export class MemoryImage {
  readOnly = true;
  #bytes;

  /** @param {Uint8Array} bytes the image's; not copied */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  /**
   * Throws an Error with a sentence.
   * @param {URL | string} url absolute
   * @param {(done: {loaded: number, total?: number}) => void} [progress]
   */
  static async fetch(url, progress) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url}: the server answers ${response.status}`);
    return new MemoryImage(await readBody(response, progress));
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
