/**
 * All translated modules of one program, whichever of its processes, and whichever visit to it, had them
 * made; and the slots that its functions have in every process memory.
 *
 * Slots are compiled into calls, so they belong to the program: an address has one for good. A module may
 * be used wherever the bytes are in memory that it was made of (TranslatedModules.isCurrent).
 */
import { Region } from './translation_batch.js';

/** What is kept for one program; of one that goes on making code, what was used last. */
const MAX_BYTES = 32 << 20;

/**
 * @typedef {{region: Region, insns: number, entries: Uint32Array}} Part a region of a module; the first
 *   entry is the region's own
 */

export class KeptModule {
  #compiled;

  /**
   * @param {Uint8Array} bytes
   * @param {Part[]} parts
   */
  constructor(bytes, parts) {
    this.bytes = bytes;
    this.parts = parts;
  }

  /** May throw what the engine throws. */
  compiled() {
    this.#compiled ??= new WebAssembly.Module(this.bytes);
    return this.#compiled;
  }

  /** About what it takes in a file. */
  get size() {
    return this.parts.reduce((sum, { region }) => sum + region.words.byteLength, this.bytes.length);
  }
}

export class ProgramTranslations {
  /** @type {Map<number, number>} guest address → slot */
  #slots = new Map();
  #firstSlot;
  /** @type {Map<number, KeptModule>} guest address → the newest module with that entry */
  #byEntry = new Map();
  /** @type {Set<KeptModule>} the least recently used first */
  #modules = new Set();
  #size = 0;

  /** What was kept is still on its way: until it has come, no slot may be given away. */
  isLoading = false;
  /** Translations came from an earlier visit. */
  wasKept = false;
  /** Process memories that run it. */
  users = 0;
  /** There is more than what was saved last. */
  isChanged = false;
  savedAt = performance.now();

  /**
   * @param {number} firstSlot of the cpu's table, behind its own functions
   * @param {string} name the store's
   */
  constructor(firstSlot, name) {
    this.#firstSlot = firstSlot;
    this.name = name;
  }

  slotOf = (address) => {
    let slot = this.#slots.get(address);
    if (slot === undefined) {
      slot = this.#firstSlot + this.#slots.size;
      this.#slots.set(address, slot);
    }
    return slot;
  };

  /** The slot that an address already has, or undefined. */
  knownSlotOf(address) {
    return this.#slots.get(address);
  }

  get firstSlot() {
    return this.#firstSlot;
  }

  /** Those with slots, in the order of these. */
  addresses() {
    return [...this.#slots.keys()];
  }

  /** Where translated code can be entered. */
  entries() {
    return this.#byEntry.keys();
  }

  /** @returns {KeptModule | undefined} */
  find(address) {
    return this.#byEntry.get(address);
  }

  /** @param {KeptModule} module */
  add(module) {
    this.#modules.add(module);
    this.#size += module.size;
    for (const { entries } of module.parts) {
      for (const entry of entries) this.#byEntry.set(entry, module);
    }
    for (const other of this.#modules) {
      if (this.#size <= MAX_BYTES) break;
      this.drop(other);
    }
    this.isChanged = true;
  }

  /** A process begins to use it. */
  use(module) {
    if (this.#modules.delete(module)) this.#modules.add(module);
  }

  /** No longer kept; processes that use it go on. */
  drop(module) {
    if (!this.#modules.delete(module)) return;
    this.#size -= module.size;
    for (const { entries } of module.parts) {
      for (const entry of entries) if (this.#byEntry.get(entry) === module) this.#byEntry.delete(entry);
    }
    this.isChanged = true;
  }

  /** The least recently used first. */
  modules() {
    return [...this.#modules];
  }
}
