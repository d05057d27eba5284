/** A disk image as chunks on any static web server; FORMAT.md has their form. */
import { HttpObjects } from './http_objects.js';
import { parseLatest, parseManifest } from './manifest.js';
import { PiecedDevice } from './pieced_device.js';
import { ImageError, request, withRetries } from './retries.js';

const MAX_LATEST_BYTES = 4096;
const MAX_MANIFEST_BYTES = 256 << 20;

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

export class ChunkedDevice extends PiecedDevice {
  #objects;
  #manifest;
  #report;

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
    return new ChunkedDevice(objects, hash, manifest, report);
  }

  /** Use ChunkedDevice.open. */
  constructor(objects, hash, manifest, report) {
    super(manifest.size, manifest.chunkSize);
    this.identity = `chunked image ${hash}`;
    this.counters = objects.counters;
    this.#objects = objects;
    this.#manifest = manifest;
    this.#report = report;
  }

  /** What the image was made to run: `args`, `env`, `cwd`, `user`; all may be missing. */
  get entry() {
    return this.#manifest.entry;
  }

  load(first, count) {
    return Array.from({ length: count }, (_, index) => this.#loadChunk(first + index));
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
