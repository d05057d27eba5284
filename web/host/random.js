/** Random bytes from the engine, in browser and Node. */

/** getRandomValues refuses more than this at once. */
const PIECE = 65536;

/** @param {Uint8Array} bytes filled, however long */
export function fillRandom(bytes) {
  for (let at = 0; at < bytes.length; at += PIECE) {
    crypto.getRandomValues(bytes.subarray(at, at + PIECE));
  }
}
