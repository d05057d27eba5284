/**
 * Objects on any static web server, named by the SHA-256 of their contents and packed by gzip: FORMAT.md.
 * What comes is checked before anybody uses it.
 */
import { ImageError } from '../errors.js';
import { countedRequest, newCounters, withRetries } from './retries.js';
import { unpackObject } from './unpack_object.js';

/** Requests under way at once; browsers with HTTP/1 have 6 connections and queue the rest. */
const MAX_UNDER_WAY = 12;
/** gzip makes no more of bytes that can't be packed. */
const PACKED_EXTRA = 1024;

/** The body, which must end before it has more than `most` bytes. */
async function readAtMost(response, most) {
  const pieces = [];
  let size = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) throw new ImageError(`it is longer than ${most} bytes`);
    pieces.push(value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

export class HttpObjects {
  counters = newCounters();
  #folder;
  #retries;
  #unpack;
  #underWay = 0;
  #waiting = [];

  /**
   * @param {string} folder URL with a final slash
   * @param {object} [retries] retries.js has the defaults
   * @param {typeof unpackObject} [unpack] who does the work of unpackObject
   */
  constructor(folder, retries = {}, unpack = unpackObject) {
    this.#unpack = unpack;
    this.#folder = folder;
    this.#retries = retries;
  }

  /**
   * @param {string} hash
   * @param {number} most bytes that it may have
   * @returns {Promise<Uint8Array>} Rejects with ImageError.
   */
  async get(hash, most) {
    await this.#enter();
    try {
      return await this.#fetch(hash, most, 'default').catch((error) => {
        if (!error.isDamaged) throw error;
        // Some cache on the way may have it wrong.
        return this.#fetch(hash, most, 'reload');
      });
    } finally {
      this.#leave();
    }
  }

  async #fetch(hash, most, cache) {
    const read = (response) => {
      if (!response.ok) throw new ImageError(`${hash}: the server answers ${response.status}`);
      return readAtMost(response, most + PACKED_EXTRA);
    };
    const packed = await withRetries(
      () => countedRequest(this.counters, `${this.#folder}${hash}`, { cache }, read, this.#retries), this.#retries);
    this.counters.bytes += packed.length;
    return this.#unpack(packed, hash, most);
  }

  #enter() {
    if (this.#underWay < MAX_UNDER_WAY) {
      this.#underWay++;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #leave() {
    const next = this.#waiting.shift();
    if (next) next(); // takes our place
    else this.#underWay--;
  }
}
