/**
 * The translated modules of one process memory and the slots of their functions.
 *
 * Every guest address that a region begins at, or that a region calls, has one slot of the cpu's function
 * table, for good: calls have its number compiled in. Without a translation it holds cpu_unresolved, which
 * sends the guest back to the dispatcher.
 */
import { ProgramTranslations } from './program_translations.js';
import { Region } from './translation_batch.js';

const TABLE_CHUNK = 1024;

export class TranslatedModules {
  #memory;
  #cpu;
  #table;
  #firstSlot;
  /** @type {Set<import('./program_translations.js').KeptModule>} */
  #installed = new Set();
  /** @type {Map<number, number>} slot → the module whose function it holds */
  #filledBy = new Map();
  /** @type {Map<number, {kept: object, slots: Set<number>}>} module → what it is, slots that it has filled */
  #modules = new Map();
  #imports;

  /** Blocks that have asked for their translation. */
  requests = [];
  /** Blocks whose regions can't be translated. */
  failed = new Set();
  /** @type {ProgramTranslations} all that is translated of the program, and its slots */
  program;
  /** The program has run, so `program` stays. */
  isBegun = false;

  /**
   * @param {WebAssembly.Memory} memory
   * @param {WebAssembly.Exports} cpu cpu.wasm's, which lives in that memory
   */
  constructor(memory, cpu) {
    this.#memory = memory;
    this.#cpu = cpu;
    this.#table = cpu.__indirect_function_table;
    this.#firstSlot = this.#table.length;
    this.program = new ProgramTranslations(this.#firstSlot, '');
    // Empty entries of the cpu's jump cache say that address 0 is in slot 0.
    this.#table.set(0, cpu.cpu_unresolved);
    this.#imports = { elfin: { ...cpu, memory, table: this.#table } };
  }

  /** The cpu has been reset (exec): nothing is translated any more. */
  reset() {
    for (const module of this.#modules.keys()) this.retire(module);
    this.requests = [];
    this.failed.clear();
    this.program = new ProgramTranslations(this.#firstSlot, '');
    this.isBegun = false;
  }

  /** The program's first instruction is next. What is translated already, asks for it when it is reached. */
  begin(program) {
    this.program = program;
    this.isBegun = true;
    this.expect();
  }

  expect() {
    for (const entry of this.program.entries()) if (this.#cpu.cpu_expect(entry) === 0) return;
  }

  get firstSlot() {
    return this.#firstSlot;
  }

  /** @returns {Region | undefined} undefined: nothing is there to translate */
  select(entry) {
    const address = this.#cpu.cpu_select(entry) >>> 0;
    if (address === 0) return undefined;
    const size = new Uint32Array(this.#memory.buffer, address, 1)[0];
    const words = new Uint32Array(this.#memory.buffer.slice(address, address + size));
    const region = new Region(words, this.program.slotOf);
    this.#makeSlots(region);
    return region;
  }

  /** Whether the code that a region was made of is still there. */
  isCurrent(region) {
    this.#putIntoBuffer(region.words);
    return this.#cpu.cpu_check_region() !== 0;
  }

  /** Whether the code that a module was made of is there. */
  areCurrent({ parts }) {
    return parts.every(({ region }) => this.isCurrent(region));
  }

  /** @param {import('./program_translations.js').KeptModule} module */
  isInstalled(module) {
    return this.#installed.has(module);
  }

  /**
   * Makes a module's functions callable: its element segments put them into their regions' slots. May
   * throw what the engine throws; then nothing is installed.
   * @param {import('./program_translations.js').KeptModule} kept whose code is current
   */
  install(kept) {
    const compiled = kept.compiled();
    const module = this.#cpu.cpu_begin_module() >>> 0; // may retire others
    const slots = new Set(kept.parts.map(({ region }) => region.slot));
    this.#modules.set(module, { kept, slots });
    this.#installed.add(kept);
    for (const { region } of kept.parts) this.#makeSlots(region);
    this.#instantiate(compiled);
    for (const slot of slots) this.#filledBy.set(slot, module);
    for (const { region, entries } of kept.parts) {
      this.#putIntoBuffer(region.words, entries);
      if (this.#cpu.cpu_install_region(module, region.slot, entries.length) === 0) return;
      for (const entry of entries) this.#fillAlias(this.program.knownSlotOf(entry), region.slot, module);
    }
  }

  /** The cpu has dropped a module. */
  retire(module) {
    const { kept, slots } = this.#modules.get(module) ?? { slots: [] };
    for (const slot of slots) {
      if (this.#filledBy.get(slot) !== module) continue;
      this.#table.set(slot, this.#cpu.cpu_unresolved);
      this.#filledBy.delete(slot);
    }
    this.#modules.delete(module);
    this.#installed.delete(kept);
  }

  #instantiate(compiled) {
    return new WebAssembly.Instance(compiled, this.#imports);
  }

  /** The table has the slots of a region and of its calls; these lead to what is there already. */
  #makeSlots(region) {
    this.#makeLong(region.slot);
    for (const target of region.callTargets()) {
      const slot = this.program.slotOf(target);
      this.#makeLong(slot);
      const other = this.#cpu.cpu_find_slot(target) >>> 0;
      if (other !== 0) this.#fillAlias(slot, other, this.#filledBy.get(other));
    }
  }

  #makeLong(slot) {
    const missing = slot + 1 - this.#table.length;
    if (missing <= 0) return;
    this.#table.grow(Math.ceil(missing / TABLE_CHUNK) * TABLE_CHUNK, this.#cpu.cpu_unresolved);
  }

  /** Another region has the address as one of its entries: calls may go there. */
  #fillAlias(slot, other, module) {
    if (slot === undefined || module === undefined || this.#filledBy.has(slot)) return;
    this.#makeLong(slot);
    this.#table.set(slot, this.#table.get(other));
    this.#filledBy.set(slot, module);
    this.#modules.get(module).slots.add(slot);
  }

  #putIntoBuffer(words, entries = []) {
    const at = this.#cpu.cpu_region_buffer() >>> 0;
    const buffer = new Uint32Array(this.#memory.buffer, at);
    buffer.set(words);
    buffer.set(entries, words.length);
  }
}
