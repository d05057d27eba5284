/**
 * Unpacks a disk's objects beside the machine, in a worker of its own. Until that runs, and if it can't, here: nothing waits
 * for it, least of all the first prompt.
 */
import { reviveError } from '../errors.js';
import { unpackObject } from '../images/unpack_object.js';
import { startModuleWorker } from './module_worker.js';

/** The worker is not started sooner: what a machine needs to start has the processor. */
const START_DELAY_MS = 1500;

const startWorker = () => startModuleWorker(
  './unpack_worker.js', import.meta.url,
  () => new Worker(new URL('./unpack_worker.js', import.meta.url), { type: 'module' }));

export class Unpacker {
  #start;
  #startsAt;
  #worker;
  #isReady = false;
  #lastId = 0;
  /** What the worker has, with what it is to be unpacked from here should it end. */
  #underWay = new Map();

  /** @param {{start?: () => Worker, delayMs?: number}} [options] */
  constructor({ start = startWorker, delayMs = START_DELAY_MS } = {}) {
    this.#start = start;
    this.#startsAt = performance.now() + delayMs;
  }

  /** As unpackObject. */
  unpack(packed, hash, most) {
    if (this.#worker === undefined && performance.now() >= this.#startsAt) this.#begin();
    if (!this.#isReady) return unpackObject(packed, hash, most);
    const { promise, resolve, reject } = Promise.withResolvers();
    const id = ++this.#lastId;
    this.#underWay.set(id, { packed, hash, most, resolve, reject });
    this.#worker.postMessage({ id, packed, hash, most });
    return promise;
  }

  #begin() {
    try {
      this.#worker = this.#start();
    } catch {
      return this.#end();
    }
    this.#worker.addEventListener('message', ({ data }) => this.#receive(data));
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault?.();
      this.#end();
    });
  }

  #receive({ ready, id, bytes, error }) {
    if (ready) return void (this.#isReady = true);
    const { resolve, reject } = this.#underWay.get(id);
    this.#underWay.delete(id);
    if (error) reject(reviveError(error));
    else resolve(bytes);
  }

  /** There is none and won't be: what it had is done here. */
  #end() {
    this.#worker?.terminate();
    this.#isReady = false;
    this.#startsAt = Infinity;
    for (const { packed, hash, most, resolve } of this.#underWay.values()) resolve(unpackObject(packed, hash, most));
    this.#underWay.clear();
  }
}
