/**
 * A file behind a FileSystemFileHandle as programs see it: what they write is there at once, and goes to the host
 * in one go, since a handle's writable copies the whole file when it opens and shows nothing before it is closed.
 *
 *     guest's view = changes (bytes written) over the first `base` bytes of what lies below, zeros else, up to `size`
 *     below        = the last look at the file (a File: read by pieces), or a writable that has taken bytes already
 *
 * Written to the host by `commit`, which close and fsync wait for, and at the latest some seconds after the first
 * change. Where that fails the bytes stay here, and the next commit tries again. Of a large file that is written in
 * one go bytes are poured into the writable before; if then its closing fails, they are lost, and commit says so.
 */
import { FileChanges } from './file_changes.js';
import { ask, refuse } from './handle_errors.js';

/** What was seen of the host counts so long; a change from outside is seen after that. */
export const FRESH_MS = 1000;
const PIECE = 1 << 18;
const KEPT_PIECES = 16;
/** Changes that may be in memory only. */
const POUR_AT_BYTES = 32 << 20;
/** An open file that is removed stays readable, in memory. */
const MAX_DETACHED_BYTES = 256 << 20;
/** Commits come by themselves so soon; after slow ones, and after failures, less often. */
const COMMIT_MS = 5000;
const MAX_COMMIT_MS = 60_000;
const COMMIT_SHARE = 10;
const NS_PER_MS = 1_000_000n;

export class HandleFile {
  /** As programs see it. */
  size = 0;
  modifiedMs = 0;
  /** What a program has set, {accessed, modified} in ns: the host can't keep it. Until the file changes. */
  times;
  #keepsTimes = false;
  /** How many have it open. */
  opens = 0;
  #handle;
  #tools;
  /** @type {File | undefined} */ #snapshot;
  #takenAt = -Infinity;
  /** Length of what lies below; how much of that still counts. */
  #below = 0;
  #base = 0;
  #changes = new FileChanges();
  /** Bytes are on their way below: neither here nor there. */
  #flying = false;
  /** @type {FileSystemWritableFileStream | undefined} */ #writable;
  #writableLength = 0;
  #poured = false;
  #detached = false;
  /** @type {Map<number, Uint8Array>} of the snapshot, by index; the oldest first */
  #pieces = new Map();
  /** @type {Map<number, Promise<void>>} pieces that are on their way */
  #loading = new Map();
  #lastPiece = -1;
  /** What changes the state below, one after the other. */
  #queue = Promise.resolve();
  #timer;
  #delayMs = COMMIT_MS;

  /**
   * @param {{now: () => number, report: (message: string) => void, changed: Set<HandleFile>}} tools `changed`: the
   *   files that have something to write
   */
  constructor(handle, tools) {
    this.#handle = handle;
    this.#tools = tools;
  }

  get isChanged() {
    if (this.#detached) return false;
    return this.#flying || this.#writable !== undefined || !this.#changes.isEmpty ||
      this.size !== this.#below || this.#base !== this.#below;
  }

  /** Whether `size` and `modifiedMs` need no further look at the host. */
  get isFresh() {
    return this.#detached || this.isChanged || this.#tools.now() - this.#takenAt < FRESH_MS;
  }

  /** The file has moved; its times go with it. */
  bind(handle) {
    this.#handle = handle;
    this.#takenAt = -Infinity;
    const modified = BigInt(this.modifiedMs) * NS_PER_MS;
    if (this.#snapshot !== undefined) this.times ??= { accessed: modified, modified };
    this.#keepsTimes = true;
  }

  #enqueue(action) {
    const done = this.#queue.then(action);
    this.#queue = done.catch(() => {});
    return done;
  }

  /** Looks at the host again, unless what is known counts. */
  refresh() {
    return this.#enqueue(async () => {
      if (!this.isFresh) await this.#look();
    });
  }

  async #look() {
    const file = await ask(() => this.#handle.getFile());
    if (this.isChanged && this.#snapshot !== undefined) return; // written to meanwhile
    if (file.lastModified !== this.#snapshot?.lastModified && !this.#keepsTimes) this.times = undefined;
    this.#keepsTimes = false;
    this.#adopt(file);
  }

  #adopt(file) {
    if (file.lastModified !== this.#snapshot?.lastModified || file.size !== this.#snapshot.size) this.#pieces.clear();
    this.#snapshot = file;
    this.#takenAt = this.#tools.now();
    this.#below = this.#base = this.size = file.size;
    this.modifiedMs = file.lastModified;
  }

  // ---- Reading ----

  /** @returns {number | Promise<Uint8Array>} how many bytes were put into `to`; or, later, the bytes. May be few */
  read(offset, to) {
    if (!this.isFresh) return this.refresh().then(() => this.#readLater(offset, to.length));
    const count = Math.max(0, Math.min(to.length, PIECE, this.size - offset));
    const part = to.subarray(0, count);
    if (!this.#changes.covers(offset, count)) {
      if (this.#flying || this.#writable) return this.commit().then(() => this.#readLater(offset, to.length));
      if (!this.#copyBelow(offset, part)) return this.#readLater(offset, to.length);
    }
    this.#changes.copyOver(offset, part);
    return count;
  }

  async #readLater(offset, length) {
    await this.#load(offset, offset + Math.min(length, PIECE));
    const bytes = new Uint8Array(Math.min(length, PIECE));
    const count = this.read(offset, bytes);
    return typeof count === 'number' ? bytes.subarray(0, count) : count;
  }

  /** @returns {boolean} false: some of it has to be loaded first */
  #copyBelow(offset, to) {
    const end = Math.min(offset + to.length, this.#base);
    to.fill(0, Math.max(0, end - offset));
    for (let at = offset; at < end;) {
      const index = Math.floor(at / PIECE);
      const piece = this.#pieces.get(index);
      if (piece === undefined) return false;
      const bytes = piece.subarray(at - index * PIECE, end - index * PIECE);
      to.set(bytes, at - offset);
      at += bytes.length;
      this.#readAhead(index);
    }
    return true;
  }

  /** Who reads one piece after the other finds the next. */
  #readAhead(index) {
    const next = index + 1;
    const isNext = index === this.#lastPiece || index === this.#lastPiece + 1;
    this.#lastPiece = index;
    if (isNext && next * PIECE < this.#base && !this.#pieces.has(next)) {
      this.#loadPiece(this.#snapshot, next).catch(() => {}); // whoever wants it asks again
    }
  }

  async #load(offset, end) {
    for (let index = Math.floor(offset / PIECE); index * PIECE < Math.min(end, this.#base); index++) {
      if (this.#pieces.has(index)) continue;
      try {
        await this.#loadPiece(this.#snapshot, index);
      } catch {
        await this.#lookAgain();
        if (index * PIECE < this.#base) await this.#loadPiece(this.#snapshot, index);
      }
    }
  }

  /** What a File shows is gone as soon as the file has changed. */
  #lookAgain() {
    return this.#enqueue(async () => {
      const file = await ask(() => this.#handle.getFile());
      if (!this.isChanged) return this.#adopt(file);
      this.#snapshot = file;
      this.#pieces.clear();
    });
  }

  #loadPiece(snapshot, index) {
    if (!this.#loading.has(index)) {
      const loading = this.#fetchPiece(snapshot, index).finally(() => this.#loading.delete(index));
      this.#loading.set(index, loading);
    }
    return this.#loading.get(index);
  }

  async #fetchPiece(snapshot, index) {
    const from = index * PIECE;
    const bytes = new Uint8Array(await ask(() => snapshot.slice(from, from + PIECE).arrayBuffer()));
    if (snapshot !== this.#snapshot) return;
    if (bytes.length < Math.min(PIECE, this.#base - from)) throw refuse('EIO'); // shorter than it was
    this.#pieces.set(index, bytes);
    if (this.#pieces.size > KEPT_PIECES) this.#pieces.delete(this.#pieces.keys().next().value);
  }

  // ---- Writing. Precondition: a look at the host has come. ----

  /** Copies `from`. @returns {number | Promise<number>} its length, when there is room for more */
  write(offset, from) {
    this.#changes.put(offset, from);
    this.size = Math.max(this.size, offset + from.length);
    this.#touched();
    if (this.#detached || this.#changes.heldBytes < POUR_AT_BYTES) return from.length;
    const { length } = from;
    return this.#enqueue(() => this.#pour()).then(() => length);
  }

  truncate(size) {
    this.#changes.truncate(size);
    this.#base = Math.min(this.#base, size);
    this.size = size;
    this.#touched();
  }

  #touched() {
    this.modifiedMs = Date.now();
    this.times = undefined;
    if (this.#detached) return;
    this.#tools.changed.add(this);
    this.#commitLater();
  }

  /** There is nothing to write, it may be. */
  #settle() {
    if (this.isChanged) return;
    this.#tools.changed.delete(this);
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #commitLater() {
    if (this.#timer !== undefined || !this.isChanged) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#commitAlone();
    }, this.#delayMs);
    this.#timer.unref?.();
  }

  /** Nobody waits for it: a failure is reported, once until it works again. */
  async #commitAlone() {
    const started = this.#tools.now();
    try {
      await this.commit();
      this.#delayMs = Math.min(Math.max(COMMIT_MS, COMMIT_SHARE * (this.#tools.now() - started)), MAX_COMMIT_MS);
    } catch (error) {
      if (this.#delayMs < MAX_COMMIT_MS) {
        this.#tools.report(`${this.#handle.name} of the mounted folder can't be written: ${error.message}`);
      }
      this.#delayMs = MAX_COMMIT_MS;
    }
    this.#commitLater();
  }

  /** Has the host have all of it. Rejected with Linux's name as `code`. */
  commit() {
    return this.#enqueue(() => this.#commit());
  }

  async #commit() {
    if (!this.isChanged) return;
    await this.#pour(async () => {
      const writable = this.#writable;
      this.#writable = undefined;
      await ask(() => writable.close());
      this.#poured = false;
      const { size } = this;
      const file = await ask(() => this.#handle.getFile());
      const changedMeanwhile = !this.#changes.isEmpty || size !== this.#below || this.#base !== this.#below;
      if (!changedMeanwhile) return this.#adopt(file);
      this.#snapshot = file;
      this.#pieces.clear();
    });
  }

  /** Hands what has changed to a writable; `finish` is to come before it is forgotten here. */
  async #pour(finish = async () => void (this.#poured = true)) {
    if (this.#detached) return;
    const taken = { changes: this.#changes, base: this.#base, size: this.size };
    this.#changes = new FileChanges();
    this.#below = this.#base = taken.size;
    this.#flying = true;
    try {
      await this.#openWritable(taken.base);
      await this.#putInto(this.#writable, taken);
      await finish();
    } catch (error) {
      await this.#takeBack(taken);
      throw error;
    } finally {
      this.#flying = false;
      this.#settle();
    }
  }

  async #openWritable(base) {
    if (this.#writable !== undefined) return;
    const keepExistingData = base > 0;
    this.#writable = await ask(() => this.#handle.createWritable({ keepExistingData }));
    this.#writableLength = keepExistingData ? this.#snapshot.size : 0;
  }

  async #putInto(writable, { changes, base, size }) {
    if (base < this.#writableLength) {
      await ask(() => writable.truncate(base));
      this.#writableLength = base;
    }
    for (const { offset, end, parts } of changes.runs()) {
      await ask(() => writable.write({ type: 'write', position: offset, data: new Blob(parts) }));
      this.#writableLength = Math.max(this.#writableLength, end);
    }
    if (this.#writableLength !== size) await ask(() => writable.truncate(size));
    this.#writableLength = size;
  }

  /** The host has not taken it: all is as before, with what has been written meanwhile. */
  async #takeBack({ changes, base }) {
    await this.#dropWritable();
    changes.truncate(this.#base);
    changes.putAll(this.#changes);
    this.#changes = changes;
    this.#below = this.#snapshot.size;
    this.#base = Math.min(base, this.#base, this.#below);
    if (this.#poured) this.#tools.report(`some of ${this.#handle.name} of the mounted folder is lost`);
    this.#poured = false;
  }

  async #dropWritable() {
    const writable = this.#writable;
    this.#writable = undefined;
    await writable?.abort().catch(() => {}); // it may be in trouble itself
  }

  /**
   * Its name goes by `action`: nothing is written to it any more, and who has it open sees it still. Where the action
   * fails all is as before.
   */
  async whileGoing(action) {
    await this.#enqueue(async () => {
      if (this.opens > 0) await this.#keepInMemory();
      await this.#dropWritable();
      this.#detached = true;
    });
    try {
      await action();
      this.#pieces.clear();
      this.#settle();
    } catch (error) {
      this.#detached = false;
      if (this.isChanged) this.#tools.changed.add(this);
      this.#commitLater();
      throw error;
    }
  }

  /** Does something to the file on the host, between commits. */
  whileIdle(action) {
    return this.#enqueue(async () => {
      await this.#commit();
      await action();
    });
  }

  async #keepInMemory() {
    if (this.#writable !== undefined) await this.#commit();
    if (this.size > MAX_DETACHED_BYTES) throw refuse('EBUSY');
    const whole = new FileChanges();
    for (let at = 0; at < this.#base; at += PIECE) {
      const piece = await ask(() => this.#snapshot.slice(at, Math.min(at + PIECE, this.#base)).arrayBuffer());
      whole.put(at, new Uint8Array(piece));
    }
    whole.truncate(this.#base);
    whole.putAll(this.#changes);
    this.#changes = whole;
    this.#base = this.#below = 0;
  }

  /** One who had it open has it no longer. */
  closed() {
    if (--this.opens > 0) return;
    this.#pieces.clear();
    if (this.isChanged) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#commitAlone();
    }
  }
}
