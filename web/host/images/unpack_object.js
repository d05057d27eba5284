/** What an object of FORMAT.md holds, checked: it is named by the SHA-256 of its contents, and may be packed by gzip. */
import { ImageError } from '../errors.js';
import { gunzip, isGzip } from './gunzip.js';
import { sha256 } from './sha256.js';

export const damaged = (hash) => Object.assign(new ImageError(`${hash}: it is damaged`), { isDamaged: true });

/**
 * @param {Uint8Array} packed as it came
 * @param {string} hash
 * @param {number} most bytes that it may have
 * @returns {Promise<Uint8Array>} Rejects with an ImageError that has `isDamaged`.
 */
export async function unpackObject(packed, hash, most) {
  // A server that takes it for a packed page has it unpacked on the way.
  if ((await sha256(packed)) === hash) return packed;
  if (!isGzip(packed)) throw damaged(hash);
  const bytes = await gunzip(packed, most).catch(() => {
    throw damaged(hash);
  });
  if ((await sha256(bytes)) !== hash) throw damaged(hash);
  return bytes;
}
