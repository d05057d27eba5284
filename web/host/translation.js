/**
 * When what is translated: takes the cpus' requests, has jit.wasm answer them (in a worker, or at once),
 * and puts the answers into the process memories they are for. One for each machine.
 */
import { KeptTranslations } from './kept_translations.js';
import { KeptModule } from './program_translations.js';
import { MAX_ENTRIES, packBatch, unpackAnswer } from './translation_batch.js';
import { TranslationWorker } from './translation_worker.js';
import { Translator } from './translator.js';

/** TranslationMode and jit::RegionOptions. */
const MODE = Object.freeze({ off: 0, on: 1, sync: 2 });
const PAGE_CHECKS = 1;
export const DEFAULT_THRESHOLD = 2000;
const MAX_BATCH = 100;
/** A program that ends this soon after its first request is better off without a worker. */
const WORKER_DELAY_MS = 15;
/** What asks although translations have been kept is little, and can wait for so many delays. */
const KEPT_DELAYS = 8;
/** What doesn't fit into the engine's memory is tried again later: first so much later, then twice that. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** So many ends of workers in a row are more than one bad region can cause. */
const MAX_WORKER_ENDS = 12;
/** TranslationCounters of runtime/cpu/translated_map.h: u64 each. */
const CPU_COUNTERS = [
  'instructions', 'translatedInstructions', 'entries', 'exitsToAddress', 'exitsToInterpreter',
  'exitsForBudget', 'lookUps', 'requests', 'regionsInstalled', 'modulesRetired',
];

/**
 * @typedef {{memory: object, regions: import('./translation_batch.js').Region[], translated: object,
 *   program: object, isSecondTry?: boolean}} Job a batch, and what it is for
 */

const jobFor = (memory, regions) =>
  ({ memory, regions, translated: memory.translated, program: memory.translated.program });
/** Whether what the job is for still runs. */
const isWanted = ({ memory, translated, program }) =>
  memory.translated === translated && translated.program === program;

/** Engines have their own words and classes for it. */
const isOutOfMemory = (error) => error instanceof RangeError || /out of memory/i.test(error.message);

export class Translation {
  #mode;
  #threshold;
  #options;
  #dump;
  #report;
  #module;
  #translator;
  #worker;
  #workerDelay;
  #firstRequest;
  /** @type {Set<object>} process memories with requests, in turn */
  #waiting = new Set();
  /** @type {Job[]} parts of batches that came to nothing as a whole */
  #retries = [];
  #workerEnds = 0;
  #pausedUntil = 0;
  #pauseMs = FIRST_PAUSE_MS;
  /** Only where the guest doesn't wait for translations. */
  #kept;
  #counters = {
    batches: 0, modules: 0, moduleBytes: 0, regions: 0, regionInsns: 0, regionsFailed: 0,
    regionsStale: 0, translateMs: 0, installMs: 0, keptModules: 0, keptRegions: 0, keptInsns: 0,
  };
  #cpuCounters = Object.fromEntries(CPU_COUNTERS.map((name) => [name, 0]));

  /**
   * @param {{mode: 'on' | 'off' | 'sync', threshold?: number, strict?: boolean,
   *   dump?: (index: number, module: Uint8Array, batch: Uint8Array) => void, workerDelay?: number,
   *   store?: import('./machine.d.ts').TranslationStore, identity?: string}} options
   *   `identity`: of the binaries, for what is kept in the store
   * @param {object} platform machine.d.ts's Platform
   * @param {WebAssembly.Module} [module] jit.wasm, for sync
   */
  constructor(options, platform, module) {
    const { mode, threshold = DEFAULT_THRESHOLD, strict = false, dump, store, identity = '' } = options;
    this.#workerDelay = options.workerDelay ?? WORKER_DELAY_MS;
    this.#mode = MODE[mode];
    this.#threshold = threshold;
    this.#options = strict ? PAGE_CHECKS : 0;
    this.#dump = dump;
    this.#worker = new TranslationWorker(platform);
    this.#report = (message) => platform.report(message);
    this.#module = module;
    if (mode === 'on') this.#kept = new KeptTranslations(store, `${identity} ${this.#options}`);
  }

  /** The machine is at its end. */
  end() {
    this.#worker.end();
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
    const { translated } = memory;
    this.#waiting.delete(memory);
    this.#addCounters(memory, this.#cpuCounters);
    if (translated.isBegun) {
      memory.forkedProgram = undefined;
      translated.program.users--;
      this.#kept?.save(translated.program, { now: translated.program.users === 0 });
    }
    translated.reset();
  }

  /** `child` gets the memory of `parent`, and so its program. */
  programForks(parent, child) {
    if (parent.translated.isBegun) child.forkedProgram = parent.translated.program;
  }

  /** The cpu is about to run. */
  beforeRun(memory) {
    const { translated } = memory;
    if (translated.isBegun || this.#kept === undefined) return;
    const loaded = () => {
      if (translated.program === program) translated.expect();
    };
    const program = memory.forkedProgram ?? this.#kept.find(memory, translated.firstSlot, loaded);
    program.users++;
    translated.begin(program);
  }

  /** The cpu has run: sees to what it has asked for meanwhile. */
  afterRun(memory) {
    if (this.#mode !== MODE.on) return;
    for (let address = memory.cpu.cpu_take_request(); address !== 0; address = memory.cpu.cpu_take_request()) {
      memory.translated.requests.push(address >>> 0);
    }
    const { requests, program } = memory.translated;
    if ((requests.length === 0 && this.#retries.length === 0) || program.isLoading) return;
    this.#waiting.add(memory);
    this.#firstRequest ??= performance.now();
    const delay = program.wasKept ? KEPT_DELAYS * this.#workerDelay : this.#workerDelay;
    if (performance.now() - this.#firstRequest >= delay) this.#sendBatch();
  }

  /** The block at `address` waits for its translation: in mode sync, or because it has been kept. */
  translateNow(memory, address) {
    if (this.#mode === MODE.on) {
      if (!this.#installKept(memory, address)) memory.cpu.cpu_rearm(address);
      return;
    }
    const region = memory.translated.select(address);
    if (region === undefined) return;
    const started = performance.now();
    let result;
    try {
      this.#translator ??= new Translator(this.#module, this.#report);
      result = { answer: this.#translator.translate(packBatch([region])) };
    } catch (error) {
      result = { error: error.message };
    }
    this.#use(jobFor(memory, [region]), { ...result, milliseconds: performance.now() - started });
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
    if (this.#worker.isBusy || performance.now() < this.#pausedUntil) return;
    const job = this.#nextJob();
    if (job === undefined) return;
    this.#worker.translate(packBatch(job.regions), (result) => {
      this.#workerEnds = result.hasEnded ? this.#workerEnds + 1 : 0;
      if (isWanted(job)) this.#use(job, result);
      this.#kept.save(job.program, { now: false });
      if (this.#workerEnds >= MAX_WORKER_ENDS) this.#pause(result.error);
      this.#sendBatch();
    });
  }

  /** @returns {Job | undefined} */
  #nextJob() {
    while (this.#retries.length > 0) {
      const job = this.#retries.pop();
      if (isWanted(job)) return job;
    }
    for (const memory of this.#waiting) {
      this.#waiting.delete(memory);
      const regions = this.#collect(memory);
      if (memory.translated.requests.length > 0) this.#waiting.add(memory); // behind the others
      if (regions.length > 0) return jobFor(memory, regions);
    }
    return undefined;
  }

  #collect(memory) {
    const { translated, cpu } = memory;
    const regions = [];
    const covered = new Set();
    while (regions.length < MAX_BATCH && translated.requests.length > 0) {
      const address = translated.requests.shift();
      if (covered.has(address)) {
        // Most likely it is reached within that region from now on; if not, it asks again.
        cpu.cpu_rearm(address);
        continue;
      }
      if (translated.failed.has(address) || this.#installKept(memory, address)) continue;
      const region = translated.select(address);
      if (region === undefined) continue;
      for (const block of region.blocks()) covered.add(block);
      regions.push(region);
    }
    return regions;
  }

  /** @param {Job} job @param {{answer?: Uint8Array, error?: string, milliseconds: number}} result */
  #use(job, { answer, error, milliseconds, hasEnded }) {
    this.#counters.batches++;
    this.#counters.translateMs += milliseconds;
    if (answer === undefined) return void this.#divide(job, error, hasEnded);
    const started = performance.now();
    try {
      this.#installAnswer(job, unpackAnswer(answer));
      this.#pauseMs = FIRST_PAUSE_MS;
    } catch (error) {
      if (isOutOfMemory(error)) {
        for (const { entry } of job.regions) job.memory.cpu.cpu_rearm(entry);
        this.#pause(error.message);
      } else {
        this.#divide(job, `its module is not usable (a bug of Elfin's): ${error.message}`);
      }
    }
    this.#counters.installMs += performance.now() - started;
  }

  /** A batch that comes to nothing may have one bad region in it: that one stays interpreted. */
  #divide(job, error, hasEnded = false) {
    const { regions, translated } = job;
    if (regions.length > 1) {
      const half = regions.length >> 1;
      this.#retries.push({ ...job, regions: regions.slice(half) }, { ...job, regions: regions.slice(0, half) });
    } else if (hasEnded && !job.isSecondTry) {
      this.#retries.push({ ...job, isSecondTry: true }); // something else may have ended the worker
    } else {
      const [{ entry }] = regions;
      translated.failed.add(entry);
      this.#counters.regionsFailed++;
      this.#report(`the code at 0x${entry.toString(16)} stays interpreted: ${error}`);
    }
  }

  #pause(reason) {
    this.#report(`translation pauses for ${this.#pauseMs / 1000} s: ${reason}`);
    this.#pausedUntil = performance.now() + this.#pauseMs;
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
    this.#workerEnds = 0;
  }

  #installAnswer({ memory: { cpu }, translated, regions }, { regions: answers, module }) {
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
    const kept = new KeptModule(module.slice(), parts);
    translated.install(kept);
    translated.program.add(kept);
    this.#counters.modules++;
    this.#counters.moduleBytes += module.length;
    this.#counters.regions += parts.length;
    for (const { insns } of parts) this.#counters.regionInsns += insns;
  }

  /** Uses what has been translated for `address` before. */
  #installKept(memory, address) {
    const { translated } = memory;
    const kept = translated.program.find(address);
    if (kept === undefined || translated.isInstalled(kept)) return false;
    if (performance.now() < this.#pausedUntil) return false;
    const started = performance.now();
    try {
      if (!translated.areCurrent(kept)) {
        const own = kept.parts.find(({ entries }) => entries.includes(address));
        // Others of its regions may lie in what isn't mapped yet.
        if (!translated.isCurrent(own.region)) translated.program.drop(kept);
        return false;
      }
      translated.install(kept);
      translated.program.use(kept);
    } catch (error) {
      if (isOutOfMemory(error)) {
        this.#pause(error.message);
      } else {
        translated.program.drop(kept);
        this.#report(`a kept translation is not usable (a bug of Elfin's): ${error.message}`);
      }
      return false;
    } finally {
      this.#counters.installMs += performance.now() - started;
    }
    this.#counters.keptModules++;
    this.#counters.keptRegions += kept.parts.length;
    for (const { insns } of kept.parts) this.#counters.keptInsns += insns;
    return true;
  }
}
