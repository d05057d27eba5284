/**
 * The translated modules of one process memory and the slots of their functions.
 *
 * Every guest address that a region begins at, or that a region calls, has one slot of the cpu's function
 * table, for good: calls have its number compiled in. Without a translation it holds cpu_unresolved, which
 * sends the guest back to the dispatcher.
 */
import { Region } from './translation_batch.js';

const TABLE_CHUNK = 1024;

export class TranslatedModules {
  #memory;
  #cpu;
  #table;
  /** @type {Map<number, number>} guest address → slot */
  #slots = new Map();
  #nextSlot;
  /** @type {Map<number, number>} slot → the module whose function it holds */
  #filledBy = new Map();
  /** @type {Map<number, Set<number>>} module → slots that it has filled */
  #modules = new Map();
  #imports;

  /** Blocks that have asked for their translation. */
  requests = [];
  /** Goes up with each program: answers for the last one are of no use. */
  program = 0;

  /**
   * @param {WebAssembly.Memory} memory
   * @param {WebAssembly.Exports} cpu cpu.wasm's, which lives in that memory
   */
  constructor(memory, cpu) {
    this.#memory = memory;
    this.#cpu = cpu;
    this.#table = cpu.__indirect_function_table;
    this.#nextSlot = this.#table.length;
    // Empty entries of the cpu's jump cache say that address 0 is in slot 0.
    this.#table.set(0, cpu.cpu_unresolved);
    this.#imports = { elfin: { ...cpu, memory, table: this.#table } };
  }

  /** The cpu has been reset (exec): nothing is translated any more. */
  reset() {
    for (const module of this.#modules.keys()) this.retire(module);
    this.requests = [];
    this.program++;
  }

  /** @returns {Region | undefined} undefined: nothing is there to translate */
  select(entry) {
    const address = this.#cpu.cpu_select(entry) >>> 0;
    if (address === 0) return undefined;
    const size = new Uint32Array(this.#memory.buffer, address, 1)[0];
    const words = new Uint32Array(this.#memory.buffer.slice(address, address + size));
    return new Region(words, (target) => this.#slotOf(target));
  }

  /** Whether the code that a region was made of is still there. */
  isCurrent(region) {
    this.#putIntoBuffer(region.words);
    return this.#cpu.cpu_check_region() !== 0;
  }

  /**
   * Makes a module's functions callable: its element segments put them into their regions' slots. May
   * throw what the engine throws; then nothing is installed.
   * @param {Uint8Array} bytes
   * @param {{region: Region, entries: Uint32Array}[]} parts the module's regions; the first entry of each
   *   is the region's own
   */
  install(bytes, parts) {
    const compiled = new WebAssembly.Module(bytes);
    const module = this.#cpu.cpu_begin_module() >>> 0; // may retire others
    const slots = new Set(parts.map(({ region }) => region.slot));
    this.#modules.set(module, slots);
    this.#instantiate(compiled);
    for (const slot of slots) this.#filledBy.set(slot, module);
    for (const { region, entries } of parts) {
      this.#putIntoBuffer(region.words, entries);
      if (this.#cpu.cpu_install_region(module, region.slot, entries.length) === 0) return;
      for (const entry of entries) this.#fillAlias(this.#slots.get(entry), region.slot, module);
    }
  }

  /** The cpu has dropped a module. */
  retire(module) {
    for (const slot of this.#modules.get(module) ?? []) {
      if (this.#filledBy.get(slot) !== module) continue;
      this.#table.set(slot, this.#cpu.cpu_unresolved);
      this.#filledBy.delete(slot);
    }
    this.#modules.delete(module);
  }

  #instantiate(compiled) {
    return new WebAssembly.Instance(compiled, this.#imports);
  }

  #slotOf(address) {
    const known = this.#slots.get(address);
    if (known !== undefined) return known;
    const slot = this.#nextSlot++;
    if (slot >= this.#table.length) this.#table.grow(TABLE_CHUNK, this.#cpu.cpu_unresolved);
    this.#slots.set(address, slot);
    const other = this.#cpu.cpu_find_slot(address) >>> 0;
    if (other !== 0) this.#fillAlias(slot, other, this.#filledBy.get(other));
    return slot;
  }

  /** Another region has the address as one of its entries: calls may go there. */
  #fillAlias(slot, other, module) {
    if (slot === undefined || module === undefined || this.#filledBy.has(slot)) return;
    this.#table.set(slot, this.#table.get(other));
    this.#filledBy.set(slot, module);
    this.#modules.get(module).add(slot);
  }

  #putIntoBuffer(words, entries = []) {
    const at = this.#cpu.cpu_region_buffer() >>> 0;
    const buffer = new Uint32Array(this.#memory.buffer, at);
    buffer.set(words);
    buffer.set(entries, words.length);
  }
}
