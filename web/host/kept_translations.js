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

/** A program as its process memory has it before the first instruction: 16 hexadecimal digits. */
function nameOf({ memory, size }, identity) {
  const pages = new Uint8Array(memory.buffer, PAGE_MAP, size / GUEST_PAGE);
  const page = (number) => new Uint32Array(memory.buffer, number * GUEST_PAGE, PAGE_WORDS);
  const isCode = (flags) => (flags & PAGE_EXECUTE) !== 0;
  const hash = new ContentHash().addText(identity);
  for (let begin = pages.findIndex(isCode); begin !== -1;) {
    let end = begin;
    while (end < pages.length && isCode(pages[end])) end++;
    hash.add([begin, end]).add(page(begin)).add(page((begin + end) >>> 1)).add(page(end - 1));
    const next = pages.subarray(end).findIndex(isCode);
    begin = next === -1 ? -1 : end + next;
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
