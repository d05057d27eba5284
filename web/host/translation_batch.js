/** The translator's formats: jit/region/translation_request.h. All words are u32, little endian. */

const HEADER_WORDS = 6;
const BLOCK_COUNT = 3;
const CALL_COUNT = 4;
const JUMP_COUNT = 5;
/** Bounds of a region; the cpu's buffer has room for no more. */
const MAX_BLOCKS = 400;
const MAX_CALLS = 200;
const MAX_JUMPS = 100;
const MAX_BYTES = 64 * 1024;
/** Behind the region in that buffer. */
export const MAX_ENTRIES = 128;

/** A region as the cpu has described it, with its function's slot. */
export class Region {
  /**
   * @param {Uint32Array} words its description, of its own
   * @param {(address: number) => number} slotOf
   */
  constructor(words, slotOf) {
    this.words = words;
    this.entry = words[1];
    this.slot = slotOf(this.entry);
    const calls = HEADER_WORDS + 2 * words[BLOCK_COUNT];
    for (let i = 0; i < words[CALL_COUNT]; i++) words[calls + 2 * i + 1] = slotOf(words[calls + 2 * i]);
  }

  /** The addresses of its blocks. */
  *blocks() {
    for (let i = 0; i < this.words[BLOCK_COUNT]; i++) yield this.words[HEADER_WORDS + 2 * i];
  }

  /** The addresses that it calls. */
  *callTargets() {
    const calls = HEADER_WORDS + 2 * this.words[BLOCK_COUNT];
    for (let i = 0; i < this.words[CALL_COUNT]; i++) yield this.words[calls + 2 * i];
  }
}

/**
 * Whether a description that came from outside hangs together, so that the cpu may look at it.
 * @param {Uint32Array} words
 * @param {Uint32Array} entries
 */
export function isWellFormedRegion(words, entries) {
  const blocks = words[BLOCK_COUNT];
  const calls = words[CALL_COUNT];
  const jumps = words[JUMP_COUNT];
  if (!(blocks > 0 && blocks <= MAX_BLOCKS && calls <= MAX_CALLS && jumps <= MAX_JUMPS)) return false;
  if (!(entries.length > 0 && entries.length <= MAX_ENTRIES && entries[0] === words[1])) return false;
  let bytes = 0;
  for (let i = 0; i < blocks; i++) {
    const begin = words[HEADER_WORDS + 2 * i];
    const end = words[HEADER_WORDS + 2 * i + 1];
    if (end <= begin) return false;
    bytes += end - begin;
  }
  const size = HEADER_WORDS + 2 * (blocks + calls) + jumps + ((bytes + 3) >>> 2);
  return bytes <= MAX_BYTES && words.length === size && words[0] === 4 * size;
}

/**
 * @param {Region[]} regions
 * @returns {Uint8Array}
 */
export function packBatch(regions) {
  const size = regions.reduce((sum, { words }) => sum + 1 + words.length, 1);
  const batch = new Uint32Array(size);
  batch[0] = regions.length;
  let at = 1;
  for (const { slot, words } of regions) {
    batch[at] = slot;
    batch.set(words, at + 1);
    at += 1 + words.length;
  }
  return new Uint8Array(batch.buffer);
}

/**
 * @param {Uint8Array} bytes
 * @returns {{regions: {slot: number, insns: number, entries: Uint32Array}[], module: Uint8Array}}
 */
export function unpackAnswer(bytes) {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  const regions = [];
  let at = 2;
  for (let i = 0; i < words[1]; i++) {
    const [slot, insns, count] = words.subarray(at, at + 3);
    at += 3;
    regions.push({ slot, insns, entries: words.slice(at, at + count) });
    at += count;
  }
  const begin = 4 * (at + 1);
  return { regions, module: bytes.subarray(begin, begin + words[at]) };
}
