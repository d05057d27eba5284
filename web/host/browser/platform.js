/** A browser's Platform: binaries by fetch, clocks, random numbers, turns of the event loop. */
import { fillRandom } from '../random.js';
import { fetchBinary } from './binary.js';
import { startModuleWorker } from './module_worker.js';

export class BrowserPlatform {
  #channel = new MessageChannel();
  /** What the channel's next messages are for. */
  #callbacks = [];
  /** Milliseconds in callbacks that have ended; when the one that runs now began. */
  #busyMs = 0;
  #busySince;
  /** @type {Promise<object> | undefined} */
  #binaries;
  /** @type {Worker | undefined} a translator's worker that nobody uses yet */
  #worker;
  /** Until it is fetched unasked. */
  #timer;

  /**
   * For the page itself or, better, a dedicated worker: the machine works for 5 ms at a time.
   * @param {{directory?: URL | string, binaries?: Record<string, string>, suffix?: string, translator?: boolean,
   *   translatorDelayMs?: number, report?: (message: string) => void, coming?: Promise<object>,
   *   doorbell?: import('./doorbell.js').DoorbellListener}} options
   *   `directory`: absolute URL of the folder with the binaries, with a final slash; or `binaries`: the absolute URL of
   *   each by its name; `suffix`: what follows their
   *   names there, `.gz` where they are stored compressed; `translator`: whether jit.wasm is among them, where that is
   *   known; `translatorDelayMs`: jit.wasm is not fetched sooner unless it is wanted: what comes first has the processor;
   *   `coming`: cpu.wasm and kernel.wasm, if somebody has fetched them already; `doorbell`: tells within a turn that a message is on its way
   */
  constructor({
    directory, binaries, suffix = '', translator, translatorDelayMs = 0, report = (message) => console.error(message),
    coming, doorbell,
  }) {
    this.directory = directory;
    this.binaries = binaries;
    this.suffix = suffix;
    this.translator = translator;
    this.translatorDelayMs = translatorDelayMs;
    this.report = report;
    this.#binaries = coming;
    if (doorbell) this.isAwaited = () => doorbell.isRung;
    this.#channel.port1.onmessage = () => this.#runNext();
  }

  /** Fetches them when it is first called: who knows early that they will be wanted may do so. */
  loadBinaries() {
    return this.#binaries ??= Promise.all(['cpu.wasm', 'kernel.wasm'].map((name) => fetchBinary(this.#url(name))))
      .then(([cpu, kernel]) => ({ cpu, kernel }));
  }

  async hasTranslator() {
    if (this.translator !== undefined) return this.translator;
    const response = await fetch(this.#url('jit.wasm'), { method: 'HEAD' });
    return response.ok;
  }

  loadTranslator() {
    return fetchBinary(this.#url('jit.wasm'));
  }

  /** It comes from afar, so it is fetched before anything asks. */
  prepareTranslationWorker() {
    if (this.translatorDelayMs === 0) return void (this.#worker ??= this.#fetchWorker());
    this.#timer ??= setTimeout(() => void (this.#worker ??= this.#fetchWorker()), this.translatorDelayMs);
  }

  #fetchWorker() {
    const worker = startModuleWorker(
      './jit_worker.js', import.meta.url,
      () => new Worker(new URL('./jit_worker.js', import.meta.url), { type: 'module' }));
    worker.postMessage({ translator: this.#url('jit.wasm') });
    return worker;
  }

  startTranslationWorker(onMessage, onEnd) {
    clearTimeout(this.#timer);
    const worker = this.#worker ?? this.#fetchWorker();
    this.#worker = undefined; // it serves one machine
    worker.addEventListener('message', ({ data }) => onMessage(data));
    worker.addEventListener('error', (event) => {
      worker.terminate();
      onEnd(event.message ?? 'it can not be loaded');
    });
    return { post: (message, transfer) => worker.postMessage(message, transfer), end: () => worker.terminate() };
  }

  /** No browser tells processor time: what counts is the time in scheduled callbacks. */
  now(clock) {
    const now = performance.now();
    switch (clock) {
      case 0:
        return (performance.timeOrigin + now) * 1e6;
      case 1:
        return now * 1e6;
      default:
        return (this.#busyMs + (this.#busySince === undefined ? 0 : now - this.#busySince)) * 1e6;
    }
  }

  random(bytes) {
    fillRandom(bytes);
  }

  /** Not setTimeout, which browsers hold back for 4 ms. */
  schedule(callback) {
    this.#callbacks.push(callback);
    this.#channel.port2.postMessage(undefined);
  }

  #runNext() {
    this.#busySince = performance.now();
    try {
      this.#callbacks.shift()();
    } finally {
      this.#busyMs += performance.now() - this.#busySince;
      this.#busySince = undefined;
    }
  }

  #url(name) {
    return this.binaries?.[name] ?? new URL(name + this.suffix, this.directory).href;
  }
}
