/** The file that `insn_fuzz --emit FILE` writes (emitter.h), read as a stream: it may be a pipe. */
import { readSync } from 'node:fs';

/** As StateRanges in emitter.cc. */
export const STATE_RANGES = [[0, 184], [200, 236], [240, 264], [320, 448]];
for (let n = 0; n < 16; n++) STATE_RANGES.push([448 + 64 * n, 448 + 64 * n + 16]);
const STATE_SIZE = STATE_RANGES.reduce((sum, [begin, end]) => sum + end - begin, 0);
const RIP_OFFSET = 128;
const CHUNK = 1 << 22;

export class CaseFile {
  #file;
  #bytes = new Uint8Array(0);
  #view;
  #at = 0;

  /** @param {number} file an open file */
  constructor(file) {
    this.#file = file;
    if (!this.#has(8) || this.#text(4) !== 'ELFZ' || this.#word() !== 1) {
      throw new Error('no cases of this version');
    }
    const zoneCount = this.#word();
    [this.cacheBegin, this.cacheEnd] = [this.#word(), this.#word()];
    this.zones = Array.from({ length: zoneCount }, () => this.#zone());
  }

  *cases() {
    while (this.#has(4)) yield this.#case();
  }

  #zone() {
    const [begin, end, flags] = [this.#word(), this.#word(), this.#word()];
    return { begin, end, flags, contents: this.#take(end - begin) };
  }

  #case() {
    const name = this.#text(this.#word());
    const code = this.#take(this.#word());
    const patches = [];
    for (let left = this.#word(); left > 0; left--) {
      const address = this.#word();
      patches.push({ address, bytes: this.#take(this.#word()) });
    }
    const before = this.#take(STATE_SIZE);
    const after = this.#take(STATE_SIZE);
    const reason = this.#word();
    const changes = new Map();
    for (let left = this.#word(); left > 0; left--) {
      const address = this.#word();
      changes.set(address, this.#word());
    }
    const rip = new DataView(before.buffer).getUint32(RIP_OFFSET, true);
    return { name, rip, code, patches, before, after, reason, changes };
  }

  #has(size) {
    while (this.#bytes.length - this.#at < size) {
      const rest = this.#bytes.subarray(this.#at);
      const bytes = new Uint8Array(rest.length + CHUNK);
      bytes.set(rest);
      const count = readSync(this.#file, bytes, rest.length, CHUNK, null);
      this.#bytes = bytes.subarray(0, rest.length + count);
      this.#view = new DataView(bytes.buffer);
      this.#at = 0;
      if (count === 0) return false;
    }
    return true;
  }
  #take(size) {
    if (!this.#has(size)) throw new Error('the file of cases ends in one');
    this.#at += size;
    return this.#bytes.slice(this.#at - size, this.#at);
  }
  #word() {
    if (!this.#has(4)) throw new Error('the file of cases ends in one');
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }
  #text(size) {
    return new TextDecoder().decode(this.#take(size));
  }
}

/** @returns {string} */
export function hex(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
