/** Node's Platform: binaries from files, clocks, random numbers, turns of the event loop. */
import fs from 'node:fs';
import { Worker } from 'node:worker_threads';
import { fillRandom } from '../random.js';

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
  /**
   * @param {{directory: URL, report?: (message: string) => void}} options
   *   `directory`: where cpu.wasm and kernel.wasm are, with a final slash
   */
  constructor({ directory, report = (message) => console.error(message) }) {
    this.directory = directory;
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

  async loadTranslator() {
    return binary(this.directory, 'jit.wasm');
  }

  startTranslationWorker(onMessage) {
    const file = new URL('jit_worker.js', import.meta.url);
    const worker = new Worker(file, { workerData: this.#translatorUrl().href });
    worker.on('message', onMessage);
    worker.on('error', (error) => this.report(`the translator's worker has ended: ${error.message}`));
    worker.unref(); // whoever waits for the guest holds the process
    return { post: (message, transfer) => worker.postMessage(message, transfer) };
  }

  now(clock) {
    switch (clock) {
      case 0:
        return (performance.timeOrigin + performance.now()) * 1e6;
      case 1:
        return bootOffsetNs + performance.now() * 1e6;
      default: {
        const { user, system } = process.cpuUsage();
        return (user + system) * 1000;
      }
    }
  }

  random(bytes) {
    fillRandom(bytes);
  }

  schedule(callback) {
    setImmediate(callback);
  }
}
