/**
 * A database of the browser's (IndexedDB) as a GrowingBlockDevice: where an overlay is kept from one visit
 * to the next where there are no private files. Bytes lie in groups of 128 KiB; what was written since the
 * last flush is in memory, and a flush puts it all into one transaction, which comes whole or not at all.
 */
import { NO_ROOM } from './no_room.js';
import { forEachPart } from '../range_parts.js';

const GROUP_BYTES = 128 << 10;
const GROUPS = 'groups';
/** Groups in memory that could be fetched again. */
const KEPT_GROUPS = 64;
/** So many that were written begin to be put away without waiting for a flush. */
const MANY_WRITTEN = 128;

const databaseName = (name) => `elfin-disk ${name}`;

/** A request's end as a promise. */
function ended(request, success = 'success') {
  return new Promise((resolve, reject) => {
    request[`on${success}`] = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onabort = () => reject(request.error ?? new DOMException('aborted', 'AbortError'));
  });
}

/** What the browser throws, with Linux's name. */
function translated(error) {
  if (error?.name === 'QuotaExceededError') return Object.assign(new Error(NO_ROOM), { code: 'ENOSPC' });
  return Object.assign(new Error(error?.message ?? 'the database fails'), { code: 'EIO' });
}

/** Holds a lock of the origin's until the function that it returns is called; undefined: somebody has it. Throws a DOMException. */
function takeLock(name) {
  return new Promise((resolve, reject) => {
    navigator.locks.request(databaseName(name), { ifAvailable: true }, (lock) => {
      if (lock === null) return void resolve(undefined);
      return new Promise((release) => resolve(release));
    }).catch(reject);
  });
}

export class DatabaseStore {
  readOnly = false;
  size = 0;
  #database;
  #release;
  /** Groups that the database has; all others are zeros. @type {Set<number>} */
  #there;
  /** In memory, the one used last is last. @type {Map<number, Uint8Array>} */
  #kept = new Map();
  /** Changed since they were put away. @type {Map<number, Uint8Array>} */
  #written = new Map();
  /** The transactions so far, one after the other. */
  #flushing = Promise.resolve();

  static isThere() {
    return typeof indexedDB !== 'undefined' && typeof navigator.locks !== 'undefined';
  }

  /**
   * Opens or creates it. Throws a DOMException: NoModificationAllowedError while somebody has it open.
   * @param {string} name
   */
  static async open(name) {
    const release = await takeLock(name);
    if (release === undefined) {
      throw new DOMException(`${name} is open elsewhere`, 'NoModificationAllowedError');
    }
    try {
      const request = indexedDB.open(databaseName(name), 1);
      request.onupgradeneeded = () => request.result.createObjectStore(GROUPS);
      const database = await ended(request);
      const keys = await ended(database.transaction(GROUPS).objectStore(GROUPS).getAllKeys());
      return new DatabaseStore(database, new Set(keys), release);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** What was kept is gone; no error where nothing was. */
  static async remove(name) {
    await ended(indexedDB.deleteDatabase(databaseName(name)));
  }

  /** Use DatabaseStore.open. */
  constructor(database, there, release) {
    this.#database = database;
    this.#there = there;
    this.#release = release;
  }

  extend(size) {
    this.size = Math.max(this.size, size);
  }

  read(offset, to) {
    const missing = this.#missing(offset, to.length);
    if (missing.length === 0) return this.#copyOut(offset, to);
    const bytes = new Uint8Array(to.length);
    return this.#fetch(missing).then(() => {
      this.#copyOut(offset, bytes);
      return bytes;
    });
  }

  write(offset, from) {
    const missing = this.#missing(offset, from.length, (group) => this.#covers(group, offset, from.length));
    if (missing.length === 0) {
      this.#copyIn(offset, from);
      return this.#written.size > MANY_WRITTEN ? this.flush() : undefined;
    }
    const bytes = from.slice();
    return this.#fetch(missing).then(() => this.#copyIn(offset, bytes));
  }

  flush() {
    this.#flushing = this.#flushing.catch(() => {}).then(() => this.#putAway());
    return this.#flushing;
  }

  async close() {
    await this.flush();
    this.#database.close();
    this.#release();
  }

  #covers(group, offset, length) {
    return offset <= group * GROUP_BYTES && (group + 1) * GROUP_BYTES <= offset + length;
  }

  /** Groups of a range that have to be fetched. */
  #missing(offset, length, needless = () => false) {
    const missing = [];
    forEachPart(this, GROUP_BYTES, offset, length, (group) => {
      const known = this.#written.has(group) || this.#kept.has(group) || !this.#there.has(group);
      if (!known && !needless(group)) missing.push(group);
    });
    return missing;
  }

  async #fetch(groups) {
    try {
      const store = this.#database.transaction(GROUPS).objectStore(GROUPS);
      const fetched = await Promise.all(groups.map((group) => ended(store.get(group))));
      groups.forEach((group, index) => {
        // Somebody may have fetched and changed it meanwhile.
        if (!this.#written.has(group) && !this.#kept.has(group)) this.#keep(group, fetched[index] ?? new Uint8Array(GROUP_BYTES));
      });
    } catch (error) {
      throw translated(error);
    }
  }

  #keep(group, bytes) {
    this.#kept.delete(group);
    this.#kept.set(group, bytes);
    if (this.#kept.size > KEPT_GROUPS) this.#kept.delete(this.#kept.keys().next().value);
  }

  #copyOut(offset, to) {
    forEachPart(this, GROUP_BYTES, offset, to.length, (group, within, done, count) => {
      const bytes = this.#written.get(group) ?? this.#kept.get(group);
      if (bytes) to.set(bytes.subarray(within, within + count), done);
      else to.fill(0, done, done + count);
    });
  }

  #copyIn(offset, from) {
    forEachPart(this, GROUP_BYTES, offset, from.length, (group, within, done, count) => {
      if (!this.#written.has(group)) {
        this.#written.set(group, this.#kept.get(group) ?? new Uint8Array(GROUP_BYTES));
        this.#kept.delete(group);
      }
      this.#written.get(group).set(from.subarray(done, done + count), within);
    });
  }

  async #putAway() {
    if (this.#written.size === 0) return;
    const written = this.#written;
    this.#written = new Map();
    // What is written meanwhile changes the same bytes: put() has copied them before it returns. A read that
    // comes after it waits for the transaction.
    const fresh = [...written.keys()].filter((group) => !this.#there.has(group));
    for (const [group, bytes] of written) {
      this.#there.add(group);
      this.#kept.set(group, bytes);
    }
    try {
      const transaction = this.#database.transaction(GROUPS, 'readwrite', { durability: 'strict' });
      const store = transaction.objectStore(GROUPS);
      for (const [group, bytes] of written) store.put(bytes, group);
      await ended(transaction, 'complete');
    } catch (error) {
      for (const group of fresh) this.#there.delete(group);
      for (const [group, bytes] of written) {
        if (!this.#written.has(group)) this.#written.set(group, bytes);
        this.#kept.delete(group);
      }
      throw translated(error);
    }
    for (const group of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_GROUPS) break;
      this.#kept.delete(group);
    }
  }
}
