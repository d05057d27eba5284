/**
 * Process memories and the cpu instance in each: the memory_* and cpu_* imports of kernel.wasm.
 *
 * A memory that its process has left is kept for the next one (engines allow few memories at once, and
 * making one is slow), unless much of it has been touched: pages never go back to the system. What may
 * have been touched is known by chunks: guests write only where page flags once allowed it.
 */
import { ERRNO } from './errno.js';
import { TranslatedModules } from './translated_modules.js';

const WASM_PAGE = 0x10000;
const GUEST_PAGE = 4096;
/** runtime/address_map.h */
const CPU_END = 0x200000;
const PAGE_MAP = 0x100000;
/**
 * A memory is longer than the kernel has asked for, where it can be: translated code reaches a little
 * behind what it has checked (kSpanSlack of runtime/cpu/translated_code.h), in what is mapped, too.
 */
const SLACK_PAGES = 2;
/** runtime/cpu/exit_reason.h */
const EXIT = Object.freeze({ budget: 1, kernel: 2, translate: 4 });
/** Offsets in CpuState. */
const STATE = Object.freeze({ rip: 128, budget: 184 });
/** Into so many pieces a time slice is cut where somebody may wait for its end: a piece takes about a millisecond. */
const PIECES = 4;

/** Maxima to try, in pages: 4 GiB, then what phones allow. */
const MAXIMA = [65536, 32768, 16384, 8192, 4096];
const KEEP_AT_MOST = 64 << 20;
const KEEP_COUNT = 8;
/** More processes than this at once are no use to anybody; an engine may have room for fewer. */
const MAX_MEMORIES = 400;
/** Smaller growth is not worth the question whether there is still room. */
const LARGE_GROWTH = 8 << 20;
/** Chunks of used memory are as large as wasm pages. */
const CHUNK_SHIFT = 16;
const CHUNK_COUNT = 65536;

/** One process memory: `size` is what the kernel has asked for, the buffer may be longer. */
class ProcessMemory {
  constructor(memory, maximumPages) {
    this.memory = memory;
    this.maximumPages = maximumPages;
    this.bytes = new Uint8Array(memory.buffer);
    /** @type {WebAssembly.Instance["exports"] | undefined} */
    this.cpu = undefined;
    /** @type {TranslatedModules | undefined} */
    this.translated = undefined;
    /** A forked process's: the program of its parent, until it runs. */
    this.forkedProgram = undefined;
    this.stackTop = 0;
    /** The kernel has asked for the slice's end. */
    this.isInterrupted = false;
    this.cacheBegin = 0;
    /** Behind the last page that ever had flags. */
    this.mappedEnd = 0;
    this.size = CPU_END;
    /** One for each chunk: written since the memory was made, or maybe so. */
    this.used = new Uint8Array(CHUNK_COUNT);
    this.isNew = true;
  }

  /** [address, address + size) may be written from now on. */
  markUsed(address, size) {
    if (size <= 0) return;
    const last = (address + size - 1) >>> CHUNK_SHIFT;
    for (let chunk = address >>> CHUNK_SHIFT; chunk <= last; chunk++) this.used[chunk] = 1;
  }

  usedBytes() {
    const end = this.view().length >>> CHUNK_SHIFT;
    let count = 0;
    for (let chunk = 0; chunk < end; chunk++) count += this.used[chunk];
    return count * WASM_PAGE;
  }

  /** Zeroes all that the last process may have written, but for what its cpu's decoder has learnt; the cpu is still there. */
  clean() {
    this.markCache();
    const bytes = this.view();
    for (const [begin, end] of this.#usedPages(0, this.bytes.length)) bytes.fill(0, begin, end);
    this.used.fill(0);
    const [memo, memoEnd] = this.#memoRange();
    bytes.fill(0, 0, memo);
    bytes.fill(0, memoEnd, PAGE_MAP + this.mappedEnd);
    this.mappedEnd = 0;
  }

  /** Where the cpu remembers decoded instructions (decoder/insn_memo.h): the same place in each memory. */
  #memoRange() {
    const begin = this.cpu.cpu_memo() >>> 0;
    return [begin, begin + this.cpu.cpu_memo_size()];
  }

  /** What another memory's cpu has learnt of instructions holds for each. */
  learnFrom(other) {
    const [begin, end] = other.#memoRange();
    this.view().set(other.view().subarray(begin, end), begin);
  }

  /** Copies what is not zero in [begin, end) to the same place in `to`, which is zero there. */
  copyPages(to, begin, end) {
    const [source, target] = [this.view(), to.view()];
    for (const [from, until] of this.#usedPages(begin, end)) {
      to.markUsed(from, until - from);
      target.set(source.subarray(from, until), from);
    }
  }

  /** The cpu writes its decode cache without anybody's leave. */
  markCache() {
    const end = this.cpu.cpu_cache_used() >>> 0;
    if (end !== 0) this.markUsed(this.cacheBegin, end - this.cacheBegin);
  }

  /** Runs of pages within [begin, end) that may have been written and hold more than zeros. */
  *#usedPages(begin, end) {
    const lastChunk = ((end - 1) >>> CHUNK_SHIFT) + 1;
    for (let chunk = begin >>> CHUNK_SHIFT; chunk < lastChunk;) {
      chunk = this.used.indexOf(1, chunk);
      if (chunk === -1 || chunk >= lastChunk) return;
      let next = this.used.indexOf(0, chunk);
      if (next === -1) next = CHUNK_COUNT;
      const stop = Math.min(next * WASM_PAGE, end);
      for (let page = Math.max(chunk * WASM_PAGE, begin); page < stop;) {
        const from = this.cpu.cpu_find_page(page, stop, 1) >>> 0;
        if (from === stop) break;
        page = this.cpu.cpu_find_page(from, stop, 0) >>> 0;
        yield [from, page];
      }
      chunk = next;
    }
  }

  /** The current view: growth detaches the old one. */
  view() {
    if (this.bytes.length === 0) this.bytes = new Uint8Array(this.memory.buffer);
    return this.bytes;
  }

  /** Makes it as new: low part zero, a fresh cpu in it. */
  restart(cpuModule, syscall) {
    if (!this.isNew) this.clean();
    this.isNew = false;
    this.forkedProgram = undefined;
    this.size = CPU_END;
    const retire = (module) => this.translated.retire(module >>> 0);
    const imports = { env: { memory: this.memory }, kernel: { syscall }, host: { retire } };
    this.cpu = new WebAssembly.Instance(cpuModule, imports).exports;
    this.translated = new TranslatedModules(this.memory, this.cpu);
    this.stackTop = this.cpu.__stack_pointer.value;
  }

  state() {
    return new DataView(this.memory.buffer, this.cpu.cpu_state());
  }

  /** @returns {number} 0 or -ENOMEM */
  grow(pages) {
    if (pages > this.maximumPages) return -ERRNO.ENOMEM;
    const wished = Math.min(pages + SLACK_PAGES, this.maximumPages);
    if (!this.#makeLong(wished) && !this.#makeLong(pages)) return -ERRNO.ENOMEM;
    this.size = pages * WASM_PAGE;
    return 0;
  }

  #makeLong(pages) {
    const missing = pages - this.memory.buffer.byteLength / WASM_PAGE;
    try {
      if (missing > 0) this.memory.grow(missing);
      return true;
    } catch {
      return false;
    }
  }
}

function createMemory() {
  for (const maximum of MAXIMA) {
    try {
      const memory = new WebAssembly.Memory({ initial: CPU_END / WASM_PAGE, maximum });
      return new ProcessMemory(memory, maximum);
    } catch {
      // The engine has no room for this maximum.
    }
  }
  return undefined;
}

export class ProcessMemories {
  /**
   * @param {WebAssembly.Module} cpuModule
   * @param {(message: string) => void} report for bugs of the cpu
   * @param {import('./translation.js').Translation} [translation] without it, all is interpreted
   * @param {number} [limitBytes] what all processes together may touch
   * @param {() => boolean} [isAwaited] Platform.isAwaited
   */
  constructor(cpuModule, report, translation, limitBytes = Infinity, isAwaited = undefined) {
    this.cpuModule = cpuModule;
    this.report = report;
    this.translation = translation?.enabled ? translation : undefined;
    /** @type {ProcessMemory[]} by id; ids start at 1 */
    this.table = [undefined];
    this.free = [];
    this.kernel = undefined;
    this.limitBytes = limitBytes;
    this.isAwaited = isAwaited;
    /** Counters for --stats. */
    this.created = 0;
    this.slicesCutShort = 0;
    this.peakBytes = 0;
  }

  /** @param {import('./kernel_instance.js').KernelInstance} kernel */
  connect(kernel) {
    this.kernel = kernel;
  }

  create() {
    if (this.entries().length >= MAX_MEMORIES || this.usedBytes() > this.limitBytes) return -ERRNO.EAGAIN;
    let entry = this.free.pop();
    if (entry === undefined) {
      entry = createMemory();
      if (entry === undefined) return -ERRNO.EAGAIN;
      this.created++;
      const other = this.entries().at(-1);
      if (other !== undefined) entry.learnFrom(other);
    }
    entry.restart(this.cpuModule, this.kernel.exports.kernel_syscall);
    const id = this.table.indexOf(undefined, 1);
    if (id === -1) return this.table.push(entry) - 1;
    this.table[id] = entry;
    return id;
  }

  release(id) {
    const entry = this.table[id];
    this.table[id] = undefined;
    this.translation?.programEnds(entry);
    entry.markCache();
    const bytes = entry.usedBytes();
    this.peakBytes = Math.max(this.peakBytes, bytes);
    if (bytes > KEEP_AT_MOST || this.free.length >= KEEP_COUNT) return;
    entry.translated = undefined;
    this.free.push(entry);
  }

  /** Bytes that the processes of now may have touched. */
  usedBytes() {
    return this.table.reduce((sum, entry) => sum + (entry?.usedBytes() ?? 0), 0);
  }

  grow(id, pages) {
    const entry = this.table[id];
    const more = pages * WASM_PAGE - entry.size;
    if (more > LARGE_GROWTH && this.usedBytes() + more > this.limitBytes) return -ERRNO.ENOMEM;
    return entry.grow(pages);
  }

  read(id, address, to, size) {
    address >>>= 0;
    this.kernel.view().set(this.table[id].view().subarray(address, address + (size >>> 0)), to >>> 0);
  }

  write(id, address, from, size) {
    from >>>= 0;
    this.writable(id, address, size).set(this.kernel.view().subarray(from, from + (size >>> 0)));
  }

  /** A view of a part that is going to be written; valid until the memory grows. */
  writable(id, address, size) {
    const entry = this.table[id];
    address >>>= 0;
    entry.markUsed(address, size >>> 0);
    return entry.view().subarray(address, address + (size >>> 0));
  }

  fill(id, address, byte, size) {
    this.writable(id, address, size).fill(byte);
  }

  move(id, to, from, size) {
    from >>>= 0;
    this.table[id].markUsed(to >>> 0, size >>> 0);
    this.table[id].view().copyWithin(to >>> 0, from, from + (size >>> 0));
  }

  copy(to, from, address, size) {
    address >>>= 0;
    this.table[from].copyPages(this.table[to], address, address + (size >>> 0));
    this.translation?.programForks(this.table[from], this.table[to]);
  }

  findZero(id, address, limit) {
    address >>>= 0;
    limit >>>= 0;
    const index = this.table[id].view().subarray(address, address + limit).indexOf(0);
    return index === -1 ? limit : index;
  }

  setFlags(id, firstPage, count, flags) {
    const entry = this.table[id];
    const address = firstPage * GUEST_PAGE;
    entry.cpu.cpu_invalidate(address, address + count * GUEST_PAGE); // modulo 2^32, as it wants it
    if (flags !== 0) {
      entry.markUsed(address, count * GUEST_PAGE);
      entry.mappedEnd = Math.max(entry.mappedEnd, firstPage + count);
    }
    entry.view().fill(flags, PAGE_MAP + firstPage, PAGE_MAP + firstPage + count);
  }

  resetCpu(id, begin, end) {
    const entry = this.table[id];
    this.translation?.programEnds(entry);
    entry.cacheBegin = begin;
    entry.cpu.cpu_reset(begin, end);
    this.translation?.programStarts(entry);
  }

  invalidate(id, begin, end) {
    this.table[id].cpu.cpu_invalidate(begin, end);
  }

  /**
   * Runs the guest. A trap inside the cpu ends this process, not the machine: the cpu's stack is put
   * back and -1 tells the kernel. A trap inside the kernel (called by the cpu) passes on.
   */
  run(id) {
    const entry = this.table[id];
    try {
      return this.#runTranslating(entry);
    } catch (error) {
      const isTrap = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
      if (!isTrap || this.kernel.exports.kernel_in_syscall() !== 0) throw error;
      const stack = `stack pointer 0x${(entry.cpu.__stack_pointer.value >>> 0).toString(16)}`;
      entry.cpu.__stack_pointer.value = entry.stackTop;
      this.report(`the interpreter failed (a bug of Elfin's), ${stack}: ${error.stack ?? error}`);
      return -1;
    }
  }

  #runTranslating(entry) {
    this.translation?.beforeRun(entry);
    for (;;) {
      const reason = this.isAwaited ? this.#runInPieces(entry) : entry.cpu.cpu_run();
      if (reason !== EXIT.translate) {
        this.translation?.afterRun(entry);
        return reason;
      }
      this.translation.translateNow(entry, entry.state().getUint32(STATE.rip, true));
    }
  }

  /**
   * As cpu_run, but somebody outside who waits ends the slice after one of its pieces. The kernel hears of it as of an
   * end of its own: one for lack of budget would tell it that slices are too short.
   */
  #runInPieces(entry) {
    const readBudget = () => Number(entry.state().getBigInt64(STATE.budget, true));
    const writeBudget = (count) => entry.state().setBigInt64(STATE.budget, BigInt(count), true);
    entry.isInterrupted = false;
    let rest = readBudget();
    const most = Math.ceil(rest / PIECES);
    for (;;) {
      const piece = Math.min(most, rest);
      writeBudget(piece);
      const reason = entry.cpu.cpu_run();
      rest += readBudget() - piece;
      writeBudget(rest);
      if (reason !== EXIT.budget || rest < 0 || entry.isInterrupted) return reason;
      if (!this.isAwaited()) continue;
      this.slicesCutShort++;
      return EXIT.kernel;
    }
  }

  interrupt(id) {
    this.table[id].isInterrupted = true;
    this.table[id].cpu.cpu_interrupt();
  }

  /** The memories in use. */
  entries() {
    return this.table.filter((entry) => entry !== undefined);
  }

  /** The imports that kernel.wasm sees. */
  imports() {
    return {
      memory_create: () => this.create(),
      memory_release: (id) => this.release(id),
      memory_grow: (id, pages) => this.grow(id, pages),
      memory_read: (id, address, to, size) => this.read(id, address, to, size),
      memory_write: (id, address, from, size) => this.write(id, address, from, size),
      memory_fill: (id, address, byte, size) => this.fill(id, address, byte, size),
      memory_move: (id, to, from, size) => this.move(id, to, from, size),
      memory_copy: (to, from, address, size) => this.copy(to, from, address, size),
      memory_find_zero: (id, address, limit) => this.findZero(id, address, limit),
      memory_set_flags: (id, page, count, flags) => this.setFlags(id, page, count, flags),
      memory_invalidate: (id, begin, end) => this.invalidate(id, begin, end),
      cpu_reset: (id, begin, end) => this.resetCpu(id, begin >>> 0, end >>> 0),
      cpu_state: (id) => this.table[id].cpu.cpu_state(),
      cpu_run: (id) => this.run(id),
      cpu_interrupt: (id) => this.interrupt(id),
      cpu_set_page_checks: (id) => this.table[id].cpu.cpu_set_page_checks(),
      cpu_insn_name: (id, address) => this.table[id].cpu.cpu_insn_name(address),
    };
  }
}
