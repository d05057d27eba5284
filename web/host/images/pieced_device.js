/**
 * A read-only disk that comes from afar in pieces of one size: pieces that came lately are kept, one that is
 * on its way is waited for and not asked for again. Where they come from is a subclass's affair.
 */
import { ImageError } from '../errors.js';
import { newCounters } from './retries.js';

const KEPT_BYTES = 32 << 20;

export class PiecedDevice {
  #leastPieces;
  readOnly = true;
  /** Requests, and bytes that came, so far. */
  counters = newCounters();
  /** @type {Map<number, Uint8Array>} the piece used last is last */
  #kept = new Map();
  /** @type {Map<number, Promise<Uint8Array>>} */
  #coming = new Map();

  /**
   * @param {number} size of the disk
   * @param {number} pieceSize the last piece may be shorter
   * @param {number} [leastPieces] fewer aren't fetched at once: their neighbours come, too
   */
  constructor(size, pieceSize, leastPieces = 1) {
    this.size = size;
    this.pieceSize = pieceSize;
    this.#leastPieces = leastPieces;
  }

  /**
   * Fetches a run of pieces: a promise for each.
   * @abstract
   * @returns {Promise<Uint8Array>[]}
   */
  load(_first, _count) {
    throw new Error('a subclass loads pieces');
  }

  /** How long a piece is. */
  lengthOf(piece) {
    return Math.min(this.pieceSize, this.size - piece * this.pieceSize);
  }

  read(offset, to) {
    if (offset < 0 || offset + to.length > this.size) throw new ImageError('beyond the end');
    if (to.length === 0) return undefined;
    const first = Math.floor(offset / this.pieceSize);
    const last = Math.floor((offset + to.length - 1) / this.pieceSize);
    const pieces = this.#gather(first, last);
    if (pieces.every((piece) => piece instanceof Uint8Array)) {
      this.#copy(pieces, first, offset, to);
      return undefined;
    }
    const bytes = new Uint8Array(to.length);
    return Promise.all(pieces).then((come) => {
      this.#copy(come, first, offset, bytes);
      return bytes;
    });
  }

  write() {
    throw Object.assign(new Error('the image is read-only'), { code: 'EROFS' });
  }

  flush() {}

  /** A piece that has come some other way. */
  keep(piece, bytes) {
    this.#kept.delete(piece);
    this.#kept.set(piece, bytes);
    const most = Math.max(KEPT_BYTES / this.pieceSize, 2);
    while (this.#kept.size > most) this.#kept.delete(this.#kept.keys().next().value);
  }

  /** The pieces from first to last: bytes where they are there, promises for those that are coming. */
  #gather(first, last) {
    const pieces = [];
    let missing = 0;
    const loadMissing = (end) => {
      if (missing > 0) this.#start(...this.#widen(end - missing, end));
      missing = 0;
    };
    for (let piece = first; piece <= last; piece++) {
      if (this.#isKnown(piece)) loadMissing(piece);
      else missing++;
    }
    loadMissing(last + 1);
    for (let piece = first; piece <= last; piece++) {
      const kept = this.#kept.get(piece);
      if (kept) this.keep(piece, kept);
      pieces.push(kept ?? this.#coming.get(piece));
    }
    return pieces;
  }

  #isKnown(piece) {
    return this.#kept.has(piece) || this.#coming.has(piece);
  }

  /** A short run with those around it that are missing, too: what begins at a multiple of the least. */
  #widen(first, end) {
    const least = this.#leastPieces;
    if (end - first >= least) return [first, end];
    const lowest = first - (first % least);
    const highest = Math.min(Math.ceil(end / least) * least, Math.ceil(this.size / this.pieceSize));
    while (first > lowest && !this.#isKnown(first - 1)) first--;
    while (end < highest && !this.#isKnown(end)) end++;
    return [first, end];
  }

  #start(first, end) {
    this.load(first, end - first).forEach((promise, index) => this.expect(first + index, promise));
  }

  /** The promise of a piece that is on its way, if it is. */
  coming(piece) {
    return this.#coming.get(piece);
  }

  /** A piece that is on its way; not where it is there or coming already. */
  expect(piece, promise) {
    promise.catch(() => {}); // whoever reads is told
    if (this.#kept.has(piece) || this.#coming.has(piece)) return;
    const coming = promise.then(
      (bytes) => {
        this.#coming.delete(piece);
        this.keep(piece, bytes);
        return bytes;
      },
      (error) => {
        this.#coming.delete(piece); // the next read tries again
        throw error;
      });
    coming.catch(() => {});
    this.#coming.set(piece, coming);
  }

  #copy(pieces, first, offset, to) {
    pieces.forEach((bytes, index) => {
      const begin = (first + index) * this.pieceSize;
      const from = Math.max(offset, begin);
      const end = Math.min(offset + to.length, begin + bytes.length);
      to.set(bytes.subarray(from - begin, end - begin), from - offset);
    });
  }
}
