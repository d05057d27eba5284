/**
 * The whole disk in this browser, for visits without a network. The service worker fetches, checks and keeps it, a piece a
 * message, so that neither a browser that ends long work nor a closed page costs more than the pieces under way.
 */
import { siteUrl } from './site_manifest.js';

const CACHE = 'elfin-disk';
const AT_ONCE = 6;
/** A service worker that has not said anything by then has ended. */
const PATIENCE_MS = 120_000;

/** The browser has no room for all of it. */
export class NoRoomError extends Error {
  name = 'NoRoomError';
}

/** Asks the service worker for something and waits until that is done. Throws an Error. */
function told(worker, message) {
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => reject(new Error('there is no answer')), PATIENCE_MS);
    port1.onmessage = ({ data: { error } }) => {
      clearTimeout(timer);
      port1.close();
      if (error === undefined) resolve();
      else reject(error.name === 'QuotaExceededError' ? new NoRoomError('there is no room left') : new Error(error.message));
    };
    worker.postMessage(message, [port2]);
  });
}

/** Throws an Error with the end of a sentence. */
async function serviceWorker() {
  const worker = (await navigator.serviceWorker?.getRegistration())?.active;
  if (!worker) throw new Error('this browser keeps the page from the next visit on: load it again, then try this');
  return worker;
}

export class WholeDisk {
  /** Bytes of all of it as it is fetched. */
  size;
  /** Addresses of its pieces. */
  #pieces;

  /** @param {{files: string[], size?: number}} disk of elfin.json */
  constructor({ files, size }) {
    this.#pieces = [...new Set(files.map(siteUrl))];
    this.size = size;
  }

  get count() {
    return this.#pieces.length;
  }

  /** @returns {Promise<string[]>} addresses of the pieces that are not here */
  async missing() {
    if (!globalThis.caches) return this.#pieces;
    const here = new Set((await (await caches.open(CACHE)).keys()).map(({ url }) => url));
    return this.#pieces.filter((url) => !here.has(url));
  }

  /** Versions to come keep theirs, too. Throws as `keep` does. */
  async keepAlways() {
    await told(await serviceWorker(), { wholeDisk: true });
  }

  /**
   * Fetches what is missing. Throws an Error with the end of a sentence; NoRoomError.
   * @param {(here: number) => void} [progress] pieces that are here
   */
  async keep(progress = () => {}) {
    const worker = await serviceWorker();
    const missing = await this.missing();
    await this.#checkRoom(missing.length);
    let here = this.count - missing.length;
    const work = async () => {
      for (let url = missing.pop(); url !== undefined; url = missing.pop()) {
        await told(worker, { keep: [url] });
        progress(++here);
      }
    };
    const outcomes = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => work().catch((error) => {
      missing.splice(0);
      throw error;
    })));
    const failed = outcomes.find(({ status }) => status === 'rejected');
    if (failed) throw failed.reason;
    const lost = (await this.missing()).length; // browsers may clear up at any time
    if (lost > 0) throw new Error(`${lost} pieces are not here`);
  }

  /** What programs write needs room, too: the last of it is left to them. */
  async #checkRoom(missingCount) {
    const estimate = await navigator.storage?.estimate?.().catch(() => undefined);
    if (estimate?.quota === undefined || this.size === undefined) return;
    const wanted = (this.size * missingCount) / this.count;
    if (wanted > estimate.quota - estimate.usage) throw new NoRoomError('there is not enough room for it');
  }
}
