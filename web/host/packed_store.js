/**
 * A GrowingBlockDevice in a file that is as long as what was written, wherever on the device that lies: FORMAT.md has
 * its form. Browsers count a file's length against the room that they give, holes and all, and an overlay's store is as
 * long as its disk.
 *
 * What a flush has not seen may be lost with the machine's power, in any part; never anything that an earlier flush has.
 */
import { forEachPart } from './range_parts.js';

const MAGIC = 0x6b_63_61_50_66_6c_45n; // "ElfPack", and a zero
const VERSION = 1;
const CHUNK_BYTES = 1 << 16;
const HEADER_BYTES = 4096;
/** In the header. */
const VERSION_AT = 8;
const CHUNK_BYTES_AT = 12;
const CHUNKS_AT = 16;

const damaged = (what) => Object.assign(new Error(`the file is damaged: ${what}`), { code: 'EIO' });

/** Whether these are the first eight bytes of one. */
export const isPacked = (bytes) => new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true) === MAGIC;

/**
 * @typedef {object} File nothing of it waits
 * @property {number} size
 * @property {(offset: number, to: Uint8Array) => void} read
 * @property {(offset: number, from: Uint8Array) => void} write within its size
 * @property {(size: number) => void} resize what is new is zeros
 * @property {() => void} flush
 * @property {() => void} close
 */

export class PackedStore {
  readOnly = false;
  readsAtOnce = true;
  size = 0;
  /** @type {File} */
  #file;
  /** For each chunk where it lies: 0, nowhere (zeros), or the number of its slot. */
  #slots = new Uint32Array(0);
  #lastSlot = 0;

  /**
   * A file of no bytes is a new store, of the size that `extend` gives it.
   * @param {File} file
   * Throws Errors with the code EIO.
   */
  constructor(file) {
    this.#file = file;
    if (file.size > 0) this.#load();
  }

  /** Once: a store doesn't change its size. */
  extend(size) {
    if (this.size > 0) return;
    const chunks = Math.ceil(size / CHUNK_BYTES);
    this.#slots = new Uint32Array(chunks);
    this.size = chunks * CHUNK_BYTES;
    this.#file.resize(this.#placeOf(1));
    const header = new DataView(new ArrayBuffer(HEADER_BYTES));
    header.setBigUint64(0, MAGIC, true);
    header.setUint32(VERSION_AT, VERSION, true);
    header.setUint32(CHUNK_BYTES_AT, CHUNK_BYTES, true);
    header.setUint32(CHUNKS_AT, chunks, true);
    this.#file.write(0, new Uint8Array(header.buffer));
  }

  read(offset, to) {
    forEachPart(this, CHUNK_BYTES, offset, to.length, (chunk, within, done, count) => {
      const part = to.subarray(done, done + count);
      if (this.#slots[chunk] === 0) part.fill(0);
      else this.#file.read(this.#placeOf(this.#slots[chunk]) + within, part);
    });
  }

  write(offset, from) {
    forEachPart(this, CHUNK_BYTES, offset, from.length, (chunk, within, done, count) => {
      const slot = this.#slots[chunk] || this.#lastSlot + 1;
      if (slot > this.#lastSlot) this.#file.resize(this.#placeOf(slot + 1));
      this.#file.write(this.#placeOf(slot) + within, from.subarray(done, done + count));
      if (slot > this.#lastSlot) this.#give(chunk, slot);
    });
  }

  flush() {
    this.#file.flush();
  }

  close() {
    this.#file.close();
  }

  #load() {
    if (this.#file.size < HEADER_BYTES) throw damaged('it has no header');
    const header = new DataView(new ArrayBuffer(HEADER_BYTES));
    this.#file.read(0, new Uint8Array(header.buffer));
    const [version, chunkBytes, chunks] = [VERSION_AT, CHUNK_BYTES_AT, CHUNKS_AT].map((at) => header.getUint32(at, true));
    if (header.getBigUint64(0, true) === 0n) return this.#file.resize(0); // its beginning was never flushed
    if (header.getBigUint64(0, true) !== MAGIC) throw damaged('it is no store of a disk');
    if (version !== VERSION || chunkBytes !== CHUNK_BYTES) throw damaged(`it is of version ${version}`);
    this.#slots = new Uint32Array(chunks);
    if (this.#file.size < this.#placeOf(1)) throw damaged('it ends in its table');
    this.#file.read(HEADER_BYTES, new Uint8Array(this.#slots.buffer));
    this.size = chunks * CHUNK_BYTES;
    this.#checkSlots();
    // What was added last and got no entry is not zeros.
    this.#file.resize(this.#placeOf(this.#lastSlot + 1));
  }

  /** Entries of slots that the file doesn't have were never flushed. */
  #checkSlots() {
    const most = Math.floor((this.#file.size - this.#placeOf(1)) / CHUNK_BYTES);
    const seen = new Set();
    this.#slots.forEach((slot, chunk) => {
      if (slot === 0) return;
      if (slot > most) return void (this.#slots[chunk] = 0);
      if (seen.has(slot)) throw damaged(`two chunks lie in slot ${slot}`);
      seen.add(slot);
      this.#lastSlot = Math.max(this.#lastSlot, slot);
    });
  }

  #give(chunk, slot) {
    this.#file.write(HEADER_BYTES + 4 * chunk, new Uint8Array(new Uint32Array([slot]).buffer));
    this.#slots[chunk] = slot;
    this.#lastSlot = slot;
  }

  #placeOf(slot) {
    const table = Math.ceil((4 * this.#slots.length) / HEADER_BYTES) * HEADER_BYTES;
    return HEADER_BYTES + table + (slot - 1) * CHUNK_BYTES;
  }
}
