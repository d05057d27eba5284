/**
 * When what is translated: takes the cpus' requests, has jit.wasm answer them (in a worker, or at once),
 * and puts the answers into the process memories they are for. One for each machine.
 */
import { packBatch, unpackAnswer } from './translation_batch.js';
import { Translator } from './translator.js';

/** TranslationMode and jit::RegionOptions. */
const MODE = Object.freeze({ off: 0, on: 1, sync: 2 });
const PAGE_CHECKS = 1;
export const DEFAULT_THRESHOLD = 2000;
const MAX_BATCH = 100;
/** kMaxRegionEntries: the cpu's buffer has room for so many. */
const MAX_ENTRIES = 128;
/** A program that ends this soon after its first request is better off without a worker. */
const WORKER_DELAY_MS = 15;
/** TranslationCounters of runtime/cpu/translated_map.h: u64 each. */
const CPU_COUNTERS = [
  'instructions', 'translatedInstructions', 'entries', 'exitsToAddress', 'exitsToInterpreter',
  'exitsForBudget', 'lookUps', 'requests', 'regionsInstalled', 'modulesRetired',
];

export class Translation {
  #mode;
  #threshold;
  #options;
  #dump;
  #platform;
  #report;
  #module;
  #translator;
  #worker;
  #workerDelay;
  #firstRequest;
  /** @type {Set<object>} process memories with requests, in turn */
  #waiting = new Set();
  /** What the worker is busy with. */
  #inFlight;
  #counters = {
    batches: 0, modules: 0, moduleBytes: 0, regions: 0, regionInsns: 0, regionsFailed: 0,
    regionsStale: 0, translateMs: 0, installMs: 0,
  };
  #cpuCounters = Object.fromEntries(CPU_COUNTERS.map((name) => [name, 0]));

  /**
   * @param {{mode: 'on' | 'off' | 'sync', threshold?: number, strict?: boolean,
   *   dump?: (index: number, module: Uint8Array, batch: Uint8Array) => void, workerDelay?: number}} options
   * @param {object} platform machine.d.ts's Platform
   * @param {WebAssembly.Module} [module] jit.wasm, for sync
   */
  constructor(options, platform, module) {
    const { mode, threshold = DEFAULT_THRESHOLD, strict = false, dump } = options;
    this.#workerDelay = options.workerDelay ?? WORKER_DELAY_MS;
    this.#mode = MODE[mode];
    this.#threshold = threshold;
    this.#options = strict ? PAGE_CHECKS : 0;
    this.#dump = dump;
    this.#platform = platform;
    this.#report = (message) => platform.report(message);
    this.#module = module;
  }

  get enabled() {
    return this.#mode !== MODE.off;
  }

  /** A cpu has been reset for a new program. */
  programStarts(memory) {
    memory.cpu.cpu_configure(this.#mode, this.#threshold, this.#options);
  }

  /** A program's cpu is about to be reset or to go. */
  programEnds(memory) {
    this.#waiting.delete(memory);
    this.#addCounters(memory, this.#cpuCounters);
    memory.translated.reset();
  }

  /** The cpu has run: sees to what it has asked for meanwhile. */
  afterRun(memory) {
    if (this.#mode !== MODE.on) return;
    for (let address = memory.cpu.cpu_take_request(); address !== 0; address = memory.cpu.cpu_take_request()) {
      memory.translated.requests.push(address >>> 0);
    }
    if (memory.translated.requests.length === 0) return;
    this.#waiting.add(memory);
    this.#firstRequest ??= performance.now();
    if (performance.now() - this.#firstRequest >= this.#workerDelay) this.#sendBatch();
  }

  /** The block at `address` waits for its translation (mode sync). */
  translateNow(memory, address) {
    const region = memory.translated.select(address);
    if (region === undefined) return;
    this.#translator ??= new Translator(this.#module, this.#report);
    const started = performance.now();
    const answer = this.#translator.translate(packBatch([region]));
    this.#counters.translateMs += performance.now() - started;
    this.#install(memory, [region], answer);
  }

  /** @param {Iterable<object>} memories those in use */
  stats(memories) {
    const cpu = { ...this.#cpuCounters };
    for (const memory of memories) this.#addCounters(memory, cpu);
    const share = cpu.instructions > 0 ? cpu.translatedInstructions / cpu.instructions : 0;
    return { ...this.#counters, ...cpu, translatedShare: share };
  }

  #addCounters(memory, sums) {
    const address = memory.cpu.cpu_counters() >>> 0;
    if (address === 0) return;
    const values = new DataView(memory.memory.buffer, address);
    CPU_COUNTERS.forEach((name, i) => {
      sums[name] += Number(values.getBigUint64(8 * i, true));
    });
  }

  #sendBatch() {
    if (this.#inFlight !== undefined) return;
    for (const memory of this.#waiting) {
      this.#waiting.delete(memory);
      const regions = this.#collect(memory);
      if (memory.translated.requests.length > 0) this.#waiting.add(memory); // behind the others
      if (regions.length === 0) continue;
      this.#inFlight = { memory, regions, translated: memory.translated, program: memory.translated.program };
      this.#worker ??= this.#startWorker();
      const batch = packBatch(regions);
      this.#worker.post({ batch }, [batch.buffer]);
      return;
    }
  }

  #collect({ translated, cpu }) {
    const regions = [];
    const covered = new Set();
    while (regions.length < MAX_BATCH && translated.requests.length > 0) {
      const address = translated.requests.shift();
      if (covered.has(address)) {
        // Most likely it is reached within that region from now on; if not, it asks again.
        cpu.cpu_rearm(address);
        continue;
      }
      const region = translated.select(address);
      if (region === undefined) continue;
      for (const block of region.blocks()) covered.add(block);
      regions.push(region);
    }
    return regions;
  }

  #startWorker() {
    return this.#platform.startTranslationWorker((message) => this.#onMessage(message));
  }

  #onMessage({ report, answer, milliseconds }) {
    if (report !== undefined) return void this.#report(report);
    const { memory, regions, translated, program } = this.#inFlight;
    this.#inFlight = undefined;
    this.#counters.translateMs += milliseconds;
    const isSameProgram = memory.translated === translated && translated.program === program;
    if (isSameProgram) this.#install(memory, regions, answer);
    this.#sendBatch();
  }

  #install(memory, regions, answer) {
    this.#counters.batches++;
    if (answer === undefined) {
      this.#counters.regionsFailed += regions.length;
      return;
    }
    const started = performance.now();
    try {
      this.#installAnswer(memory, regions, unpackAnswer(answer));
    } catch (error) {
      this.#counters.regionsFailed += regions.length;
      this.#report(`a translated module is not usable (a bug of Elfin's): ${error.message}`);
    }
    this.#counters.installMs += performance.now() - started;
  }

  #installAnswer({ translated, cpu }, regions, { regions: answers, module }) {
    const bySlot = new Map(regions.map((region) => [region.slot, region]));
    const parts = [];
    for (const { slot, insns, entries } of answers) {
      const region = bySlot.get(slot);
      if (region === undefined || entries.length > MAX_ENTRIES) {
        throw new Error(`slot ${slot} with ${entries.length} entries was not asked for`);
      }
      if (entries.length > 0) parts.push({ region, insns, entries });
    }
    this.#counters.regionsFailed += regions.length - parts.length;
    if (parts.length === 0) return;
    if (!parts.every(({ region }) => translated.isCurrent(region))) {
      // Its functions call each other, so all or none.
      this.#counters.regionsStale += parts.length;
      for (const { region } of parts) cpu.cpu_rearm(region.entry);
      return;
    }
    this.#dump?.(this.#counters.modules, module, packBatch(regions));
    translated.install(module, parts);
    this.#counters.modules++;
    this.#counters.moduleBytes += module.length;
    this.#counters.regions += parts.length;
    for (const { insns } of parts) this.#counters.regionInsns += insns;
  }
}
