/**
 * The translations of the programs that this machine runs: for other processes of the same program, and,
 * where there is a store, for later visits.
 *
 * A program is known by what can be executed when its first instruction runs: where, and some of its
 * bytes. That only finds what was kept. Whether it may be used is decided by all bytes of a module's code,
 * at the time it is wanted.
 */
import { ContentHash } from './content_hash.js';
import { packTranslations, unpackTranslations } from './kept_translations_file.js';
import { ProgramTranslations } from './program_translations.js';

const GUEST_PAGE = 4096;
/** runtime/address_map.h */
const PAGE_MAP = 0x100000;
const PAGE_EXECUTE = 4;
/** So much of a page makes part of a name. */
const PAGE_WORDS = 64;
/** How many programs' translations a machine holds on to. */
const MAX_PROGRAMS = 64;
/** A program that runs for long is saved this often, if there is more than before. */
const SAVE_EVERY_MS = 10_000;

/** Runs of executable pages, as [first, behind the last]. Most of the map is empty, so it is looked at by words. */
function codeRuns(memory, size) {
  const count = size / GUEST_PAGE;
  const flags = new Uint8Array(memory.buffer, PAGE_MAP, count);
  const words = new Uint32Array(memory.buffer, PAGE_MAP, count >>> 2);
  const runs = [];
  let begin = -1;
  for (let page = 0; page < count; page++) {
    if (begin === -1 && (page & 3) === 0) {
      while (words[page >>> 2] === 0) page += 4;
      if (page >= count) break;
    }
    if ((flags[page] & PAGE_EXECUTE) !== 0) {
      if (begin === -1) begin = page;
    } else if (begin !== -1) {
      runs.push([begin, page]);
      begin = -1;
    }
  }
  if (begin !== -1) runs.push([begin, count]);
  return runs;
}

/** A program as its process memory has it before the first instruction: 16 hexadecimal digits. */
function nameOf({ memory, size }, identity) {
  const page = (number) => new Uint32Array(memory.buffer, number * GUEST_PAGE, PAGE_WORDS);
  const hash = new ContentHash().addText(identity);
  for (const [begin, end] of codeRuns(memory, size)) {
    hash.add([begin, end]).add(page(begin)).add(page((begin + end) >>> 1)).add(page(end - 1));
  }
  return hash.text();
}

export class KeptTranslations {
  #store;
  #identity;
  /** @type {Map<string, ProgramTranslations>} by name; the one wanted last is last */
  #programs = new Map();

  /**
   * @param {import('./machine.d.ts').TranslationStore} [store]
   * @param {string} identity of the binaries and options, since a module fits no others
   */
  constructor(store, identity) {
    this.#store = store;
    this.#identity = identity;
  }

  /**
   * The translations of the program that is in `memory`, ready for its first instruction.
   * @param {number} firstSlot
   * @param {() => void} onLoaded what was kept has come, later
   */
  find(memory, firstSlot, onLoaded) {
    const name = nameOf(memory, `${this.#identity} ${firstSlot}`);
    const program = this.#programs.get(name) ?? this.#load(name, firstSlot, onLoaded);
    this.#programs.delete(name);
    this.#programs.set(name, program);
    if (this.#programs.size > MAX_PROGRAMS) this.#programs.delete(this.#programs.keys().next().value);
    return program;
  }

  #load(name, firstSlot, onLoaded) {
    const program = new ProgramTranslations(firstSlot, name);
    const kept = this.#store?.load(name);
    if (kept instanceof Promise) {
      program.isLoading = true;
      const done = (bytes) => {
        program.isLoading = false;
        if (bytes !== undefined) unpackTranslations(bytes, program);
        onLoaded();
      };
      kept.then(done, () => done(undefined));
    } else if (kept !== undefined) {
      unpackTranslations(kept, program);
    }
    return program;
  }

  /** @param {ProgramTranslations} program @param {{now: boolean}} when now, or when it is time */
  save(program, { now }) {
    if (this.#store === undefined || !program.isChanged || program.isLoading) return;
    if (!now && performance.now() - program.savedAt < SAVE_EVERY_MS) return;
    program.isChanged = false;
    program.savedAt = performance.now();
    this.#store.save(program.name, packTranslations(program));
  }
}
