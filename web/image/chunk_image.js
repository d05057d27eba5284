/** Cutting an image into chunks for any static web server (web/host/images/FORMAT.md). */
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { FORMAT_VERSION } from '../host/images/manifest.js';

const gzip = promisify(zlib.gzip);
export const CHUNK_SIZE = 128 << 10;
/** Chunks that are packed side by side: what the engine's own threads make use of. */
const AT_ONCE = 8;
const ZEROS = Buffer.alloc(CHUNK_SIZE);

/** Objects of a folder; one that is there already is not written again. */
export class ObjectFolder {
  counters = { written: 0, writtenBytes: 0, objects: 0, bytes: 0 };
  #folder;
  #seen = new Set();

  constructor(folder) {
    this.#folder = folder;
    fs.mkdirSync(folder, { recursive: true });
  }

  /** @returns {Promise<string>} the object's hash */
  async add(bytes) {
    const hash = crypto.createHash('sha256').update(bytes).digest('hex');
    if (this.#seen.has(hash)) return hash;
    this.#seen.add(hash);
    const file = path.join(this.#folder, hash);
    let size = fs.statSync(file, { throwIfNoEntry: false })?.size;
    if (size === undefined) {
      const packed = await gzip(bytes, { level: 9 });
      // Whole or not at all: somebody may be serving the folder.
      fs.writeFileSync(`${file}.new`, packed);
      fs.renameSync(`${file}.new`, file);
      size = packed.length;
      this.counters.written++;
      this.counters.writtenBytes += size;
    }
    this.counters.objects++;
    this.counters.bytes += size;
    return hash;
  }
}

function readChunk(descriptor, offset, length) {
  const bytes = Buffer.alloc(length);
  for (let have = 0; have < length;) {
    const count = fs.readSync(descriptor, bytes, have, length - have, offset + have);
    if (count === 0) throw new Error('the image has become shorter');
    have += count;
  }
  return bytes;
}

/** A chunk's hash, undefined for zeros. */
async function chunkAt(descriptor, offset, length, objects) {
  const bytes = readChunk(descriptor, offset, length);
  return bytes.equals(ZEROS.subarray(0, length)) ? undefined : objects.add(bytes);
}

/** Runs of chunks of zeros as one number. */
function packList(chunks) {
  const list = [];
  for (const hash of chunks) {
    if (hash !== undefined) list.push(hash);
    else if (typeof list.at(-1) === 'number') list.push(list.pop() + 1);
    else list.push(1);
  }
  return list;
}

/**
 * @param {string} image
 * @param {string} folder gets `latest` and `objects/`; what else is in it stays
 * @param {{entry?: object, packs?: (chunks: (string | undefined)[], addPack: Function) => Promise<object>}} [options]
 *   `packs` makes the manifest's field; addPack(indexes) makes an object of chunks and returns its hash
 * @returns {Promise<{manifest: string, written: number, writtenBytes: number, objects: number, bytes: number}>}
 */
export async function chunkImage(image, folder, { entry = {}, packs = async () => ({}) } = {}) {
  const objects = new ObjectFolder(path.join(folder, 'objects'));
  const descriptor = fs.openSync(image, 'r');
  const chunks = [];
  let size;
  let packed;
  try {
    ({ size } = fs.fstatSync(descriptor));
    for (let offset = 0; offset < size;) {
      const batch = [];
      for (; batch.length < AT_ONCE && offset < size; offset += CHUNK_SIZE) {
        batch.push(chunkAt(descriptor, offset, Math.min(CHUNK_SIZE, size - offset), objects));
      }
      chunks.push(...(await Promise.all(batch)));
    }
    packed = await packs(chunks, (indexes) => objects.add(Buffer.concat(indexes.map((index) =>
      readChunk(descriptor, index * CHUNK_SIZE, Math.min(CHUNK_SIZE, size - index * CHUNK_SIZE))))));
  } finally {
    fs.closeSync(descriptor);
  }
  const manifest = {
    elfinImage: FORMAT_VERSION,
    size,
    chunkSize: CHUNK_SIZE,
    chunks: packList(chunks),
    entry,
    packs: packed,
  };
  const hash = await objects.add(Buffer.from(JSON.stringify(manifest)));
  const latest = path.join(folder, 'latest');
  fs.writeFileSync(`${latest}.new`, `${JSON.stringify({ elfinImage: FORMAT_VERSION, manifest: hash })}\n`);
  fs.renameSync(`${latest}.new`, latest);
  return { manifest: hash, ...objects.counters };
}
