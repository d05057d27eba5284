/**
 * An overlay's store that somebody can have as it is now, while the machine goes on writing to it: what is about to be
 * overwritten is read first and kept in memory, for as long as it may be asked for.
 *
 * A store at any one instant is what a power cut would leave: what was flushed is in it, all of it.
 */
import { forEachPart } from './range_parts.js';

const CLUSTER_BYTES = 4096;
/** What is kept for one reader. */
const MOST_KEPT = 256 << 20;
const ZEROS = new Uint8Array(CLUSTER_BYTES);

const isZeros = (bytes) => bytes.every((byte) => byte === 0);

/** The store as it was when it was frozen: a BlockDevice to read from. */
class FrozenStore {
  readOnly = true;
  #store;
  #mostKept;
  #keptBytes = 0;
  /** Clusters that have been overwritten since. @type {Map<number, Uint8Array | Promise<Uint8Array>>} */
  #kept = new Map();
  /** Nobody asks for clusters before this one any more. */
  #first = 0;
  #isLost = false;
  #release;

  constructor(store, mostKept, release) {
    this.#store = store;
    this.#mostKept = mostKept;
    this.#release = release;
    this.size = store.size;
  }

  /** Throws where too much has been overwritten for all of it to be kept. */
  async read(offset, to) {
    const promised = this.#store.read(offset, to);
    if (promised) to.set(await promised);
    // Whatever has been overwritten meanwhile, too, is among them: it was kept first.
    const kept = [];
    forEachPart(this, CLUSTER_BYTES, offset, to.length, (cluster, within, done, count) => {
      if (this.#kept.has(cluster)) kept.push({ bytes: this.#kept.get(cluster), within, done, count });
    });
    for (const { bytes, within, done, count } of kept) to.set((await bytes).subarray(within, within + count), done);
    if (this.#isLost) {
      throw new Error(`programs have overwritten more than ${this.#mostKept >> 20} MiB of the disk while it was copied: ` +
        'stop those that write, then copy it again');
    }
    return to;
  }

  /** What lies before that will not be read any more. */
  forgetBefore(offset) {
    this.#first = Math.floor(offset / CLUSTER_BYTES);
    for (const [cluster, bytes] of this.#kept) if (cluster < this.#first) this.#drop(cluster, bytes);
  }

  /** Nobody reads from it any more. */
  release() {
    this.#release(this);
  }

  /**
   * For FreezableStore: that range is about to be overwritten.
   * @returns {Promise<void> | undefined} resolves when it may be
   */
  keep(offset, length) {
    if (this.#isLost) return undefined;
    const coming = [];
    forEachPart(this, CLUSTER_BYTES, offset, length, (cluster) => {
      if (cluster < this.#first) return;
      if (!this.#kept.has(cluster)) this.#keepCluster(cluster);
      const kept = this.#kept.get(cluster);
      if (kept instanceof Promise) coming.push(kept);
    });
    return coming.length === 0 ? undefined : Promise.all(coming).then(() => {});
  }

  #keepCluster(cluster) {
    const begin = cluster * CLUSTER_BYTES;
    const bytes = new Uint8Array(Math.min(CLUSTER_BYTES, this.size - begin));
    const take = (read) => {
      if (this.#isLost) return read;
      this.#kept.set(cluster, isZeros(read) ? ZEROS : read);
      if (this.#kept.get(cluster) !== ZEROS) this.#keptBytes += CLUSTER_BYTES;
      if (this.#keptBytes > this.#mostKept) this.#lose();
      return read;
    };
    const promised = this.#store.read(begin, bytes);
    if (promised) this.#kept.set(cluster, promised.then(take));
    else take(bytes);
  }

  #drop(cluster, bytes) {
    if (bytes instanceof Promise) return; // somebody waits for it
    this.#kept.delete(cluster);
    if (bytes !== ZEROS) this.#keptBytes -= CLUSTER_BYTES;
  }

  #lose() {
    this.#isLost = true;
    this.#kept.clear();
    this.#keptBytes = 0;
  }
}

export class FreezableStore {
  #store;
  #mostKept;
  /** @type {Set<FrozenStore>} */
  #frozen = new Set();

  /**
   * @param {import('./machine.d.ts').GrowingBlockDevice} store
   * @param {{mostKept?: number}} [limits] bytes
   */
  constructor(store, { mostKept = MOST_KEPT } = {}) {
    this.#store = store;
    this.#mostKept = mostKept;
  }

  get size() {
    return this.#store.size;
  }

  get identity() {
    return this.#store.identity;
  }

  get readOnly() {
    return this.#store.readOnly;
  }

  get readsAtOnce() {
    return this.#store.readsAtOnce;
  }

  extend(size) {
    return this.#store.extend(size);
  }

  read(offset, to) {
    return this.#store.read(offset, to);
  }

  write(offset, from) {
    const waits = [...this.#frozen].map((frozen) => frozen.keep(offset, from.length)).filter(Boolean);
    if (waits.length === 0) return this.#store.write(offset, from);
    const bytes = from.slice();
    return Promise.all(waits).then(() => this.#store.write(offset, bytes));
  }

  flush() {
    return this.#store.flush();
  }

  /** @returns {FrozenStore} to be released */
  freeze() {
    const frozen = new FrozenStore(this.#store, this.#mostKept, (it) => this.#frozen.delete(it));
    this.#frozen.add(frozen);
    return frozen;
  }
}
