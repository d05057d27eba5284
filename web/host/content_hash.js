/**
 * A 64-bit hash of words, quick in JavaScript, as two numbers. It tells contents apart that chance has
 * made different; against somebody who makes two of a kind it is no protection.
 */
export class ContentHash {
  #a = 0x811c9dc5;
  #b = 0x9747b28c;

  /** @param {Uint32Array | number[]} words */
  add(words) {
    let a = this.#a;
    let b = this.#b;
    for (let i = 0; i < words.length; i++) {
      a = Math.imul((a ^ words[i]) >>> 0, 0x01000193);
      a ^= a >>> 15;
      b = Math.imul(b ^ words[i], 0x5bd1e995);
      b = (b << 13) | (b >>> 19);
    }
    this.#a = a;
    this.#b = b;
    return this;
  }

  /** @param {string} text */
  addText(text) {
    return this.add([text.length, ...new TextEncoder().encode(text)]);
  }

  /** @returns {[number, number]} */
  words() {
    const mix = (word) => Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    return [(mix(this.#a) ^ this.#b) >>> 0, (mix(this.#b) ^ this.#a) >>> 0];
  }

  /** 16 hexadecimal digits. */
  text() {
    return this.words().map((word) => word.toString(16).padStart(8, '0')).join('');
  }
}
