/** Node's Platform: binaries from files, clocks, random numbers, turns of the event loop. */
import { fs, loadBuiltin } from './builtin.js';

/** What guests may have of the memory that is free now. */
const MEMORY_SHARE = 0.75;

function binary(directory, name) {
  const file = new URL(name, directory);
  if (!fs.existsSync(file)) {
    throw new Error(`${file.pathname} is not there: ./elfin setup builds it`);
  }
  return new WebAssembly.Module(fs.readFileSync(file));
}

/** The monotonic clock counts from boot, as Linux's does; performance.now() is cheaper than hrtime. */
const bootOffsetNs = Number(process.hrtime.bigint()) - performance.now() * 1e6;

export class NodePlatform {
  /** A descriptor: the engine's own random numbers take 13 ms to load. */
  #random;

  /**
   * @param {{directory: URL, report?: (message: string) => void}} options
   *   `directory`: where cpu.wasm and kernel.wasm are, with a final slash
   */
  constructor({ directory, report = (message) => console.error(message) }) {
    this.directory = directory;
    this.memoryBytes = process.availableMemory() * MEMORY_SHARE;
    this.report = report;
  }

  async loadBinaries() {
    return {
      cpu: binary(this.directory, 'cpu.wasm'),
      kernel: binary(this.directory, 'kernel.wasm'),
    };
  }

  #translatorUrl() {
    return new URL('jit.wasm', this.directory);
  }

  hasTranslator() {
    return fs.existsSync(this.#translatorUrl());
  }

  /** Their times change with every change, also where a clock or a copy sets the one that people see. */
  binariesIdentity() {
    const identityOf = (name) => {
      const { size, mtimeNs, ctimeNs } = fs.statSync(new URL(name, this.directory), { bigint: true });
      return `${size}.${mtimeNs}.${ctimeNs}`;
    };
    return `${identityOf('cpu.wasm')} ${identityOf('jit.wasm')}`;
  }

  async loadTranslator() {
    return binary(this.directory, 'jit.wasm');
  }

  startTranslationWorker(onMessage, onEnd) {
    const file = new URL('jit_worker.js', import.meta.url);
    const { Worker } = loadBuiltin('worker_threads');
    const worker = new Worker(file, { workerData: this.#translatorUrl().href });
    worker.on('message', onMessage);
    worker.on('error', (error) => onEnd(error.message));
    worker.on('exit', (code) => onEnd(`exit code ${code}`)); // after an error, too
    worker.unref(); // whoever waits for the guest holds the process
    return { post: (message, transfer) => worker.postMessage(message, transfer), end: () => void worker.terminate() };
  }

  now(clock) {
    switch (clock) {
      case 0:
        return (performance.timeOrigin + performance.now()) * 1e6;
      case 1:
        return bootOffsetNs + performance.now() * 1e6;
      default: {
        // Of this thread, which runs the guest; translating is not the guest's.
        const { user, system } = process.threadCpuUsage();
        return (user + system) * 1000;
      }
    }
  }

  random(bytes) {
    this.#random ??= fs.openSync('/dev/urandom');
    for (let at = 0; at < bytes.length;) {
      at += fs.readSync(this.#random, bytes, at, bytes.length - at, null);
    }
  }

  schedule(callback) {
    setImmediate(callback);
  }
}
