/**
 * A machine that runs in a worker of its own, for a page that only draws: the page's side of PROTOCOL.md.
 * Types in ../machine.d.ts.
 */
import { MachineError, reviveError } from '../errors.js';
import { Doorbell } from './doorbell.js';
import { startModuleWorker } from './module_worker.js';
import { WorkerFiles } from './worker_files.js';
import { WorkerProcess } from './worker_process.js';

/** Messages that the machine's turn ends for. */
const URGENT = new Set(['input', 'end', 'resize', 'kill']);

/** Of a terminal whose size nobody gave. */
const SIZE = Object.freeze({ rows: 24, columns: 80 });

const startWorker = () => startModuleWorker(
  './machine_worker.js', import.meta.url,
  () => new Worker(new URL('./machine_worker.js', import.meta.url), { type: 'module' }));

/** Where binaries are, as data. */
const plainPlace = ({ binaries, suffix }) => ({ binaries: binaries instanceof URL ? binaries.href : binaries, suffix });

/** @type {Worker | undefined} started for the next machine */
let spareWorker;

function takeWorker() {
  const worker = spareWorker ?? startWorker();
  spareWorker = undefined;
  return worker;
}

/** Events: WorkerMachineEvents of ../../package/browser.d.ts. */
export class WorkerMachine extends EventTarget {
  #worker = takeWorker();
  #doorbell = Doorbell.make();
  #calls = new Map();
  #lastCall = 0;
  #lastGiving = 0;
  /** What is to be told of changed files. @type {Map<number, (path: string) => void>} */
  #watches = new Map();
  #lastWatch = 0;
  /** @type {Map<number, WorkerProcess>} by terminal */
  #processes = new Map();
  #lastTerminal = 0;
  #failure;

  /** The guest's files; methods as those of `machine.fs`. */
  fs = new WorkerFiles(
    (method, args) => this.#call('files', { method, args }), (source, ...args) => this.#pieces(source, args),
    (sink, pieces, ...args) => this.#give(sink, args, pieces), (path, callback) => this.#watch(path, callback));

  /** As of any EventTarget; the list of processes, which is costly, comes from the first listener on. */
  addEventListener(type, ...rest) {
    super.addEventListener(type, ...rest);
    if (type === 'processes') this.post({ tell: 'hear', event: type });
  }

  constructor() {
    super();
    this.#worker.addEventListener('message', ({ data }) => this.#receive(data));
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault?.();
      this.#fail(new MachineError(event.message || "the machine's script can't be loaded: are the package's files there, and may the page use them?"));
    });
  }

  /**
   * Starts the worker of the next machine, whose script comes while the page does something else.
   * @param {{binaries: URL | string | Record<string, string>, suffix?: string}} [place] as `create` will get them: the
   *   worker fetches them already
   * @returns {Promise<void>} resolves when the worker runs; never, if it doesn't
   */
  static prepare(place) {
    if (spareWorker !== undefined) return Promise.resolve();
    const worker = startWorker();
    spareWorker = worker;
    if (place) worker.postMessage({ prepare: plainPlace(place) });
    worker.addEventListener('error', () => {
      if (spareWorker === worker) spareWorker = undefined; // the machine tries again, and says what is wrong
    });
    return new Promise((resolve) => {
      worker.addEventListener('message', () => resolve(), { once: true }); // `started`
    });
  }

  /**
   * @param {{binaries: URL | string | Record<string, string>, disk: object, jit?: string}} options absolute URLs;
   *   `binaries`: of their folder, or of each by its name
   * @param {(machine: WorkerMachine) => void} [prepare] to listen to events of the start
   */
  static async create(options, prepare) {
    const machine = new WorkerMachine();
    prepare?.(machine);
    try {
      const doorbell = machine.#doorbell?.memory;
      const { kept } = await machine.#call('create', { ...options, ...plainPlace(options), doorbell });
      machine.kept = kept;
      return machine;
    } catch (error) {
      machine.terminate();
      throw error;
    }
  }

  /**
   * @param {string} path
   * @param {string[]} args
   * @param {{pty?: boolean | {rows: number, columns: number}, input?: Uint8Array,
   *   onOutput: (bytes: Uint8Array, shown: () => void) => void}} options and those of SpawnOptions that are
   *   data. `shown` is to be called when the bytes have been dealt with: the guest waits for it.
   */
  async spawn(path, args = [], { onOutput, ...options } = {}) {
    const terminal = ++this.#lastTerminal;
    const process = new WorkerProcess(this, terminal, onOutput ?? ((bytes, shown) => shown()));
    this.#processes.set(terminal, process);
    try {
      process.pid = await this.#call('spawn', {
        terminal, path, args, options: { ...options, pty: options.pty === true ? { ...SIZE } : options.pty },
      });
      return process;
    } catch (error) {
      this.#processes.delete(terminal);
      throw error;
    }
  }

  kill(pid, signal = 'SIGTERM') {
    return this.#call('kill', { pid, signal });
  }

  /** The disk as it is once everything written before the call is on it, by pieces: {bytes, offset, size}. Not of a folder. */
  exportDisk() {
    return this.#pieces('disk', []);
  }

  /** Bytes: all, used, and written by the user (in the overlay). */
  diskUsage() {
    return this.#call('diskUsage', {});
  }

  /** Mounts a folder of a web server, without a manifest: what is opened is fetched then. */
  mountWeb(path, url) {
    return this.#call('mountWeb', { path, url });
  }

  /** Mounts a folder in memory, empty at first, which programs read; `put` makes a file of it, or replaces what it holds. */
  async mountMemory(path) {
    await this.#call('mountMemory', { path });
    return {
      put: (name, data) => this.#call('putFile', { path, name, bytes: typeof data === 'string' ? new TextEncoder().encode(data) : data }),
    };
  }

  /**
   * Mounts a folder of the user's computer, of which the page has a handle and the permission; machine.d.ts has more.
   * @param {string} path made where it isn't there
   * @param {FileSystemDirectoryHandle} handle
   * @param {{readOnly?: boolean, owner?: {uid: number, gid: number}}} [options]
   */
  mountFolder(path, handle, { readOnly, owner } = {}) {
    return this.#call('mountFolder', { path, handle, readOnly, owner });
  }

  /** What mountFolder has put there goes, after all is written. Throws an Error named MountError. */
  unmount(path) {
    return this.#call('unmount', { path });
  }

  /** Addresses of what has been fetched of the disk. */
  touched() {
    return this.#call('touched', {});
  }

  processes() {
    return this.#call('processes', {});
  }

  stats() {
    return this.#call('stats', {});
  }

  /** Writes back what is to be kept, lets go of the disk and ends the worker. */
  async stop() {
    try {
      if (!this.#failure) await this.#call('stop', {});
    } finally {
      this.terminate();
    }
  }

  /** At once, as a power cut does. */
  terminate() {
    this.#worker.terminate();
    this.#fail(new MachineError('the machine has been stopped'), { quietly: true });
  }

  /** For WorkerProcess. */
  post(message, transfer) {
    if (!this.#failure) this.#send(message, transfer);
  }

  #send(message, transfer) {
    const isUrgent = this.#doorbell && URGENT.has(message.tell ?? message.call);
    this.#worker.postMessage(isUrgent ? { ...message, ring: this.#doorbell.ring() } : message, transfer);
  }

  #call(call, what) {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = ++this.#lastCall;
    const { promise, resolve, reject } = Promise.withResolvers();
    this.#calls.set(id, { resolve, reject });
    this.#send({ call, id, ...what });
    return promise;
  }

  /** What the worker gives by pieces, each when it is asked for. */
  async *#pieces(source, args) {
    const reading = await this.#call('begin', { source, args });
    try {
      for (;;) {
        const { done, value } = await this.#call('next', { reading });
        if (done) return;
        yield value;
      }
    } finally {
      this.#call('leave', { reading }).catch(() => {}); // the machine is at its end
    }
  }

  #watch(path, callback) {
    const watch = ++this.#lastWatch;
    this.#watches.set(watch, callback);
    this.post({ tell: 'watch', watch, path });
    return () => {
      if (this.#watches.delete(watch)) this.post({ tell: 'unwatch', watch });
    };
  }

  /** Gives the worker pieces, each when it has dealt with the one before. @returns what comes of them */
  async #give(sink, args, pieces) {
    const giving = ++this.#lastGiving;
    const result = this.#call('take', { giving, sink, args });
    result.catch(() => {}); // heard below
    let failure;
    try {
      for await (const bytes of pieces) {
        const isWanted = await this.#call('give', { giving, bytes }).then(() => true, () => false);
        if (!isWanted) break; // the result tells why
      }
    } catch (error) {
      failure = error;
    }
    await this.#call('give', { giving, failure: failure?.message }).catch(() => {});
    return result.catch((error) => {
      throw failure ?? error;
    });
  }

  #receive(data) {
    if (data.answer !== undefined) {
      const { resolve, reject } = this.#calls.get(data.answer);
      this.#calls.delete(data.answer);
      if (data.error) reject(reviveError(data.error));
      else resolve(data.value);
    } else if (data.terminal !== undefined) {
      this.#processes.get(data.terminal)?.receive(data);
      if (data.event === 'ended') this.#processes.delete(data.terminal);
    } else if (data.event === 'changed') {
      this.#watches.get(data.watch)?.(data.path);
    } else if (data.event === 'failed') {
      this.#fail(new MachineError(data.message));
    } else {
      this.dispatchEvent(new CustomEvent(data.event, { detail: data.detail ?? data }));
    }
  }

  #fail(error, { quietly = false } = {}) {
    if (this.#failure) return;
    this.#failure = error;
    for (const { reject } of this.#calls.values()) reject(error);
    for (const process of this.#processes.values()) process.fail(error);
    this.#calls.clear();
    this.#processes.clear();
    if (!quietly) this.dispatchEvent(new CustomEvent('failed', { detail: { message: error.message } }));
  }
}
