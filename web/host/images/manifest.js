/** The manifest of a chunked image (FORMAT.md): read and checked. */
import { ImageError } from '../errors.js';

export const FORMAT_VERSION = 1;
const MAX_CHUNK_SIZE = 16 << 20;
const MAX_CHUNKS = 1 << 24;
const HASH = /^[0-9a-f]{64}$/;

const isSize = (value, most) => Number.isSafeInteger(value) && value >= 0 && value <= most;

function refuse(why) {
  throw new ImageError(`its manifest can't be used: ${why}`);
}

/**
 * @param {string} text JSON of a `latest` file
 * @returns {string} the manifest's hash. Throws ImageError.
 */
export function parseLatest(text) {
  let latest;
  try {
    latest = JSON.parse(text);
  } catch {
    throw new ImageError('it is no `latest` file of a chunked image');
  }
  if (latest?.elfinImage !== FORMAT_VERSION) {
    throw new ImageError(`it is no chunked image of version ${FORMAT_VERSION}`);
  }
  if (!HASH.test(latest.manifest)) throw new ImageError('its `latest` file names no manifest');
  return latest.manifest;
}

/**
 * @typedef {{size: number, chunkSize: number, chunks: (string | undefined)[], entry: object, packs: object}}
 *   Manifest `chunks`: each chunk's hash, undefined for one of zeros
 */

/** The list of chunks, its runs of zeros written out. */
function expandChunks(list, count) {
  if (!Array.isArray(list)) refuse('it has no list of chunks');
  const chunks = [];
  for (const item of list) {
    if (isSize(item, count - chunks.length)) for (let i = 0; i < item; i++) chunks.push(undefined);
    else if (typeof item === 'string' && HASH.test(item)) chunks.push(item);
    else refuse('an entry of its list of chunks is no hash');
    if (chunks.length > count) refuse('it has too many chunks');
  }
  if (chunks.length !== count) refuse('it has too few chunks');
  return chunks;
}

function checkPacks(packs, count) {
  for (const { object, chunks } of Object.values(packs)) {
    const good = Array.isArray(chunks) && chunks.every((chunk) => isSize(chunk, count - 1)) &&
      new Set(chunks).size === chunks.length;
    if (!good || !HASH.test(object)) refuse('one of its packs makes no sense');
  }
  return packs;
}

/**
 * @param {string} text
 * @returns {Manifest} Throws ImageError.
 */
export function parseManifest(text) {
  let raw;
  try {
    raw = JSON.parse(text);
  } catch {
    refuse('it is no JSON');
  }
  if (raw?.elfinImage !== FORMAT_VERSION) refuse(`its version is not ${FORMAT_VERSION}`);
  const { size, chunkSize, entry = {}, packs = {} } = raw;
  if (!isSize(chunkSize, MAX_CHUNK_SIZE) || chunkSize < 4096 || chunkSize % 4096 !== 0) {
    refuse('its size of chunks makes no sense');
  }
  if (!isSize(size, MAX_CHUNKS * chunkSize)) refuse('its size makes no sense');
  const chunks = expandChunks(raw.chunks, Math.ceil(size / chunkSize));
  return { size, chunkSize, chunks, entry, packs: checkPacks(packs, chunks.length) };
}
