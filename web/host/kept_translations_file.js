/** What a store keeps of a program's translations: FORMAT.md has the picture. Nothing here trusts a byte. */
import { ContentHash } from './content_hash.js';
import { KeptModule } from './program_translations.js';
import { isWellFormedRegion, Region } from './translation_batch.js';

const MAGIC = 0x544b4c45; // "ELKT"
const VERSION = 1;
const HEADER_WORDS = 5;
const MAX_SLOTS = 1 << 16;

const wordsOf = (bytes) => {
  const padded = new Uint8Array((bytes.length + 3) & ~3);
  padded.set(bytes);
  return new Uint32Array(padded.buffer);
};

/**
 * @param {import('./program_translations.js').ProgramTranslations} program
 * @returns {Uint8Array}
 */
export function packTranslations(program) {
  const addresses = program.addresses();
  const modules = program.modules();
  const parts = [[MAGIC, VERSION, 0, 0, 0], [program.firstSlot, addresses.length], addresses, [modules.length]];
  for (const module of modules) {
    parts.push([module.parts.length]);
    for (const { region, insns, entries } of module.parts) {
      parts.push([insns, entries.length], entries, region.words);
    }
    parts.push([module.bytes.length], wordsOf(module.bytes));
  }
  const words = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    words.set(part, at);
    at += part.length;
  }
  words[2] = words.length;
  words.set(new ContentHash().add(words.subarray(HEADER_WORDS)).words(), 3);
  return new Uint8Array(words.buffer);
}

class Reader {
  #at = HEADER_WORDS;
  constructor(words) {
    this.words = words;
  }
  word() {
    return this.take(1)[0];
  }
  take(count) {
    if (count > this.words.length - this.#at) throw new RangeError('too short');
    this.#at += count;
    return this.words.subarray(this.#at - count, this.#at);
  }
  /** The size in bytes at its beginning counts itself. */
  region() {
    const size = this.words[this.#at] ?? 0;
    if (size < 4 || size % 4 !== 0) throw new RangeError('no region');
    return this.take(size / 4).slice();
  }
}

/**
 * Puts what was kept into a program that has no slots yet.
 * @param {Uint8Array} bytes
 * @param {import('./program_translations.js').ProgramTranslations} program
 * @returns {boolean} false: the bytes are of no use, and nothing has changed
 */
export function unpackTranslations(bytes, program) {
  if (bytes.length % 4 !== 0 || bytes.length < 4 * HEADER_WORDS) return false;
  const words = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const hash = new ContentHash().add(words.subarray(HEADER_WORDS)).words();
  const header = [MAGIC, VERSION, words.length, ...hash];
  if (!header.every((word, i) => words[i] === word)) return false;
  try {
    const { addresses, modules } = readContents(new Reader(words), program.firstSlot);
    addresses.forEach(program.slotOf);
    for (const { bytes: code, parts } of modules) {
      program.add(new KeptModule(code, parts.map(({ region, ...rest }) =>
        ({ region: new Region(region, program.slotOf), ...rest }))));
    }
    program.isChanged = false;
    program.wasKept = true;
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function readContents(from, firstSlot) {
  if (from.word() !== firstSlot) throw new RangeError('of another cpu');
  const addresses = from.take(from.word());
  if (addresses.length > MAX_SLOTS) throw new RangeError('too many slots');
  const modules = [];
  for (let count = from.word(); count > 0; count--) {
    const parts = [];
    for (let regions = from.word(); regions > 0; regions--) {
      const insns = from.word();
      const entries = from.take(from.word());
      const region = from.region();
      if (!isWellFormedRegion(region, entries)) throw new RangeError('no region');
      parts.push({ region, insns, entries });
    }
    const size = from.word();
    modules.push({ parts, bytes: bytesOf(from.take((size + 3) >>> 2), size) });
  }
  return { addresses, modules };
}

const bytesOf = (words, size) => new Uint8Array(words.buffer, words.byteOffset, size);
