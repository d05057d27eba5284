/**
 * A file of the origin-private file system, where a disk is kept from one visit to the next: as the File of a
 * PackedStore (../packed_store.js), or read-only as a BlockDevice. For dedicated workers alone, which read and write
 * such files without waiting. A file that is open here can't be opened elsewhere.
 */
import { NO_ROOM } from './no_room.js';

const FOLDER = 'elfin-disks';
/** Browsers end a worker that doesn't stop by itself by force; Chromium does after 2 s. */
const PATIENCE_MS = 5000;
const LOOK_AGAIN_MS = 100;

/** What the browser throws, with Linux's name. */
function translated(error) {
  if (error.name !== 'QuotaExceededError') return Object.assign(new Error(error.message), { code: 'EIO' });
  return Object.assign(new Error(NO_ROOM), { code: 'ENOSPC' });
}

/** Of a worker that has just ended the browser may hold files for a moment. */
async function patiently(action) {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (error.name !== 'NoModificationAllowedError' || performance.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

function attempt(action) {
  try {
    return action();
  } catch (error) {
    throw translated(error);
  }
}

export class PrivateFile {
  readsAtOnce = true;
  #handle;

  /** @param {FileSystemSyncAccessHandle} handle */
  constructor(handle, readOnly) {
    this.#handle = handle;
    this.readOnly = readOnly;
    this.size = handle.getSize();
  }

  /** Whether this browser has such files, in this worker and now (private windows may not). */
  static async isThere() {
    try {
      await navigator.storage.getDirectory();
      return typeof FileSystemFileHandle?.prototype.createSyncAccessHandle === 'function';
    } catch {
      return false;
    }
  }

  /**
   * Opens or creates it. Throws a DOMException: NoModificationAllowedError while somebody has it open.
   * @param {string} name without a slash
   * @param {{readOnly?: boolean}} [options] `readOnly`: several may have it open so
   */
  static async open(name, { readOnly = false } = {}) {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(FOLDER, { create: true });
    const file = await folder.getFileHandle(name, { create: true });
    const mode = readOnly ? 'read-only' : 'readwrite';
    return new PrivateFile(await patiently(() => file.createSyncAccessHandle({ mode })), readOnly);
  }

  /**
   * Puts a file of the user's there, for pages.
   * @param {Blob} content
   * @param {(loaded: number) => void} progress
   */
  static async copyIn(name, content, progress) {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(FOLDER, { create: true });
    const file = await folder.getFileHandle(name, { create: true });
    const writable = await file.createWritable();
    let loaded = 0;
    const counting = new TransformStream({
      transform: (piece, controller) => {
        loaded += piece.length;
        progress(loaded);
        controller.enqueue(piece);
      },
    });
    await content.stream().pipeThrough(counting).pipeTo(writable);
  }

  /** What was kept is gone; no error where nothing was, or nothing can be kept. Also for pages. */
  static async remove(name) {
    const root = await navigator.storage?.getDirectory?.().catch(() => undefined);
    if (root === undefined) return;
    const folder = await root.getDirectoryHandle(FOLDER, { create: true });
    await patiently(() => folder.removeEntry(name)).catch((error) => {
      if (error.name !== 'NotFoundError') throw error;
    });
  }

  resize(size) {
    attempt(() => this.#handle.truncate(size));
    this.size = size;
  }

  read(offset, to) {
    const count = attempt(() => this.#handle.read(to, { at: offset }));
    if (count !== to.length) throw Object.assign(new Error('the file is too short'), { code: 'EIO' });
  }

  write(offset, from) {
    const count = attempt(() => this.#handle.write(from, { at: offset }));
    if (count !== from.length) throw Object.assign(new Error(NO_ROOM), { code: 'ENOSPC' });
  }

  flush() {
    attempt(() => this.#handle.flush());
  }

  close() {
    if (!this.readOnly) this.#handle.flush();
    this.#handle.close();
  }
}
