/** A disk image as chunks on any static web server; FORMAT.md has their form. */
import { ImageError } from '../errors.js';
import { HttpObjects } from './http_objects.js';
import { parseLatest, parseManifest } from './manifest.js';
import { PiecedDevice } from './pieced_device.js';
import { request, withRetries } from './retries.js';
import { sha256 } from './sha256.js';

const MAX_LATEST_BYTES = 4096;
const MAX_MANIFEST_BYTES = 256 << 20;
/** The pack that is fetched when the image is opened: of what it was made to run. */
const FIRST_PACK = 'entry';
/** So many chunks of a pack that are asked for one by one show that the rest will be, too. */
const PACK_THRESHOLD = 2;

/** The manifest's hash, as it is now: past all caches. */
function fetchLatest(url, retries) {
  const use = async (response) => {
    if (!response.ok) throw new ImageError(`the server answers ${response.status}`);
    const text = await response.text();
    if (text.length > MAX_LATEST_BYTES) throw new ImageError('it is no `latest` file: too long');
    return parseLatest(text);
  };
  return withRetries(() => request(url, { cache: 'no-store' }, use, retries), retries);
}

/** The contents' own: packs and entry may change without an overlay's losing its base. */
async function identityOf({ size, chunkSize, chunks }) {
  const list = `${size} ${chunkSize} ${chunks.map((hash) => hash ?? 0).join(' ')}`;
  return `chunks ${await sha256(new TextEncoder().encode(list))}`;
}

export class ChunkedDevice extends PiecedDevice {
  #objects;
  #manifest;
  #report;
  /** Chunks of packs that have not been fetched: asked for so far. @type {Map<string, number>} */
  #askedFor = new Map();

  /**
   * @param {string | URL} url of the `latest` file
   * @param {{retries?: object, report?: (message: string) => void, makeObjects?: Function, manifest?: string}}
   *   [options] `makeObjects(folder, retries)`: who fetches and unpacks objects, as HttpObjects does; `manifest`: the
   *   hash of the version that is wanted, without which `latest` tells
   * Throws ImageError.
   */
  static async open(url, options = {}) {
    const { retries = {}, report = () => {} } = options;
    const makeObjects = options.makeObjects ?? ((...args) => new HttpObjects(...args));
    const hash = options.manifest ?? (await fetchLatest(String(url), retries));
    const objects = makeObjects(new URL('objects/', url).href, retries);
    const manifest = parseManifest(
      new TextDecoder().decode(await objects.get(hash, MAX_MANIFEST_BYTES)));
    const device = new ChunkedDevice(objects, await identityOf(manifest), manifest, report);
    if (manifest.packs[FIRST_PACK]) device.#startPack(FIRST_PACK);
    return device;
  }

  /** Use ChunkedDevice.open. */
  constructor(objects, identity, manifest, report) {
    super(manifest.size, manifest.chunkSize);
    this.identity = identity;
    this.counters = objects.counters;
    this.#objects = objects;
    this.#manifest = manifest;
    this.#report = report;
    for (const name of Object.keys(manifest.packs)) this.#askedFor.set(name, 0);
  }

  /** What the image was made to run: `args`, `env`, `cwd`, `user`; all may be missing. */
  get entry() {
    return this.#manifest.entry;
  }

  load(first, count) {
    for (let chunk = first; chunk < first + count; chunk++) this.#noteForPacks(chunk);
    return Array.from({ length: count }, (_, index) =>
      this.coming(first + index) ?? this.#loadChunk(first + index));
  }

  /** A pack of which chunks are asked for one by one begins to come as a whole. */
  #noteForPacks(chunk) {
    for (const [name, asked] of this.#askedFor) {
      if (!this.#manifest.packs[name].chunks.includes(chunk)) continue;
      this.#askedFor.set(name, asked + 1);
      if (asked + 1 >= PACK_THRESHOLD) this.#startPack(name);
    }
  }

  #startPack(name) {
    this.#askedFor.delete(name);
    const { object, chunks } = this.#manifest.packs[name];
    const size = chunks.reduce((sum, chunk) => sum + this.lengthOf(chunk), 0);
    const pack = this.#objects.get(object, size).then((bytes) => {
      if (bytes.length !== size) throw new ImageError(`the pack ${name} has a wrong length`);
      return bytes;
    });
    pack.catch((error) => this.#report(`the pack ${name} of the image: ${error.message}`));
    let at = 0;
    for (const chunk of chunks) {
      const [begin, end] = [at, (at += this.lengthOf(chunk))];
      // Each chunk is there alone, too, should the pack not come.
      this.expect(chunk, pack.then((bytes) => bytes.slice(begin, end), () => this.#loadChunk(chunk)));
    }
  }

  async #loadChunk(index) {
    const length = this.lengthOf(index);
    const hash = this.#manifest.chunks[index];
    if (hash === undefined) return new Uint8Array(length);
    try {
      const bytes = await this.#objects.get(hash, this.pieceSize);
      if (bytes.length !== length) throw new ImageError(`chunk ${index} has a wrong length`);
      return bytes;
    } catch (error) {
      this.#report(`chunk ${index} of the image: ${error.message}`);
      throw error;
    }
  }
}
