/**
 * Kept translations in a folder of the host, one file each. Files appear whole (written aside, then
 * renamed), so runs at the same time don't disturb each other: the last one wins. Nothing that goes wrong
 * here matters to the guest: what can't be read or written is not kept.
 */
import { fs } from './builtin.js';

const SUFFIX = '.translations';
const MAX_BYTES = 256 << 20;
/** What a run that was cut off has left behind. */
const LEFT_OVER_MS = 3600_000;

/** Where they are without a wish: undefined where there is no home. */
export function defaultTranslationFolder({ XDG_CACHE_HOME, HOME }) {
  const cache = XDG_CACHE_HOME || (HOME && `${HOME}/.cache`);
  return cache ? `${cache}/elfin/translations` : undefined;
}

export class TranslationFolder {
  #directory;
  #maxBytes;

  /**
   * @param {string} directory made when first needed
   * @param {{maxBytes?: number}} [options] what all files may take together; the least recently used go
   */
  constructor(directory, { maxBytes = MAX_BYTES } = {}) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
  }

  #file(name) {
    return `${this.#directory}/${name}${SUFFIX}`;
  }

  load(name) {
    try {
      const bytes = fs.readFileSync(this.#file(name));
      const now = new Date();
      fs.utimesSync(this.#file(name), now, now); // the age that counts is since its last use
      return bytes;
    } catch {
      return undefined;
    }
  }

  save(name, bytes) {
    if (bytes.length > this.#maxBytes) return;
    const aside = `${this.#directory}/${name}.${process.pid}.${Date.now()}.new`;
    try {
      fs.mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      this.#makeRoom(bytes.length, name);
      fs.writeFileSync(aside, bytes, { flag: 'wx', mode: 0o600 });
      fs.renameSync(aside, this.#file(name));
    } catch {
      this.#remove(aside);
    }
  }

  #remove(file) {
    try {
      fs.rmSync(file, { force: true });
    } catch {
      // Another run's, or nobody's any more.
    }
  }

  #makeRoom(size, name) {
    const files = [];
    for (const entry of fs.readdirSync(this.#directory)) {
      const file = `${this.#directory}/${entry}`;
      const stat = fs.statSync(file, { throwIfNoEntry: false });
      if (stat === undefined) continue; // another run was quicker
      if (entry.endsWith(SUFFIX)) files.push({ file, size: stat.size, usedMs: stat.mtimeMs });
      else if (entry.endsWith('.new') && Date.now() - stat.mtimeMs > LEFT_OVER_MS) this.#remove(file);
    }
    files.sort((a, b) => a.usedMs - b.usedMs);
    let total = size;
    for (const { file, size: fileSize } of files) if (file !== this.#file(name)) total += fileSize;
    for (const { file, size: fileSize } of files) {
      if (total <= this.#maxBytes) return;
      if (file === this.#file(name)) continue;
      this.#remove(file);
      total -= fileSize;
    }
  }
}
