/**
 * A machine that runs in a worker of its own, for a page that only draws: the page's side of PROTOCOL.md.
 * Types in ../machine.d.ts.
 */
import { watchFile } from '../watch_file.js';
import { Doorbell } from './doorbell.js';
import { startModuleWorker } from './module_worker.js';

/** Messages that the machine's turn ends for. */
const URGENT = new Set(['input', 'end', 'resize', 'kill']);

/** Of a terminal whose size nobody gave. */
const SIZE = Object.freeze({ rows: 24, columns: 80 });

/** What the worker failed with, as an Error of that name. */
function revive({ name, message, errno }) {
  return Object.assign(new Error(message), { name, ...(errno === undefined ? {} : { errno }) });
}

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

/** A program of a WorkerMachine: keys in, output out, its end. */
export class WorkerProcess {
  pid = 0;
  /** Bytes that `write` has sent and the program has not taken yet. */
  pending = 0;
  #machine;
  #terminal;
  #sent = 0;
  #unshown = 0;
  #exit = Promise.withResolvers();
  #onOutput;
  #whenTaken = [];

  constructor(machine, terminal, onOutput) {
    this.#machine = machine;
    this.#terminal = terminal;
    this.#onOutput = onOutput;
    this.#exit.promise.catch(() => {}); // whoever waits hears of it
  }

  /**
   * @param {string | Uint8Array} data keys
   * @param {{urgent?: boolean}} [how] `urgent`: in place of all that waits to be taken
   */
  write(data, { urgent = false } = {}) {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data.slice();
    this.#sent += bytes.length;
    this.pending += bytes.length;
    this.#tell('input', { bytes, urgent }, [bytes.buffer]);
  }

  /** Resolves when the program has taken all that was written but at most so many bytes, or has ended. */
  async taken(atMost = 0) {
    while (this.pending > atMost) await new Promise((resolve) => this.#whenTaken.push(resolve));
  }

  end() {
    this.#tell('end', {});
  }

  resize(rows, columns) {
    this.#tell('resize', { rows, columns });
  }

  /** @returns {Promise<boolean>} */
  kill(signal = 'SIGTERM') {
    return this.#machine.kill(this.pid, signal);
  }

  /** @returns {Promise<import('../machine.d.ts').ExitStatus>} */
  wait() {
    return this.#exit.promise;
  }

  /** Nobody looks any more: the program need not wait for that. */
  discardOutput() {
    this.#onOutput = (bytes, shown) => shown();
    this.#tellShown(this.#unshown);
  }

  #tellShown(count) {
    const still = Math.min(count, this.#unshown); // what was discarded has been told
    if (still === 0) return;
    this.#unshown -= still;
    this.#tell('shown', { count: still });
  }

  /** For the machine: an event of this program's terminal. */
  receive({ event, bytes, count, code, signal, message }) {
    if (event === 'output') {
      const { length } = bytes;
      this.#unshown += length;
      let told = false;
      const shown = () => {
        if (!told) this.#tellShown(length);
        told = true;
      };
      this.#onOutput(bytes, shown);
    } else if (event === 'taken') {
      this.pending = this.#sent - count;
      this.#wake();
    } else {
      this.pending = 0;
      this.#wake();
      this.#exit.resolve({ code, signal, message });
    }
  }

  fail(error) {
    this.pending = 0;
    this.#wake();
    this.#exit.reject(error);
  }

  #wake() {
    for (const resolve of this.#whenTaken.splice(0)) resolve();
  }

  #tell(tell, what, transfer = []) {
    this.#machine.post({ tell, terminal: this.#terminal, ...what }, transfer);
  }
}

/** The methods of machine.fs whose arguments and answers are plain data. */
const FILE_METHODS = [
  'readFile', 'writeFile', 'readdir', 'stat', 'lstat', 'readlink', 'mkdir', 'unlink', 'rmdir', 'remove', 'rename',
  'symlink', 'chmod', 'chown', 'setModified', 'statfs', 'sync', 'importTar',
];

class WorkerFiles {
  #call;

  /** @param {(method: string, args: any[]) => Promise<any>} call */
  constructor(call) {
    this.#call = call;
    for (const method of FILE_METHODS) this[method] = (...args) => call(method, args);
  }

  /** Packed in the worker; one piece. */
  async *exportTar(path) {
    yield await this.#call('exportTar', [path]);
  }

  watch(path, callback) {
    return watchFile(this, path, callback);
  }
}

/** Events: `loading`, `activity`, `report`, `failed`; each a CustomEvent, its detail as in PROTOCOL.md. */
export class WorkerMachine extends EventTarget {
  #worker = takeWorker();
  #doorbell = Doorbell.make();
  #calls = new Map();
  #lastCall = 0;
  /** @type {Map<number, WorkerProcess>} by terminal */
  #processes = new Map();
  #lastTerminal = 0;
  #failure;

  /** The guest's files; methods as those of `machine.fs`. */
  fs = new WorkerFiles((method, args) => this.#call('files', { method, args }));

  constructor() {
    super();
    this.#worker.addEventListener('message', ({ data }) => this.#receive(data));
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault?.();
      this.#fail(new Error(event.message || "the machine's script can't be loaded"));
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

  /** What the disk holds now, by pieces of a few megabytes: {bytes, offset, size}. Not of a folder. */
  async *exportDisk() {
    await this.fs.sync();
    for (let offset = 0, size = 1; offset < size;) {
      const piece = await this.#call('readDisk', { offset });
      ({ size } = piece);
      yield { ...piece, offset };
      offset += piece.bytes.length;
    }
  }

  /** Bytes: all, used, and written by the user (in the overlay). */
  async diskUsage() {
    const { totalBytes, freeBytes } = await this.fs.statfs('/');
    const writtenBytes = await this.#call('writtenBytes', {});
    return { totalBytes, usedBytes: totalBytes - freeBytes, writtenBytes };
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
    this.#fail(new Error('the machine has been stopped'), { quietly: true });
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

  #receive(data) {
    if (data.answer !== undefined) {
      const { resolve, reject } = this.#calls.get(data.answer);
      this.#calls.delete(data.answer);
      if (data.error) reject(revive(data.error));
      else resolve(data.value);
    } else if (data.terminal !== undefined) {
      this.#processes.get(data.terminal)?.receive(data);
      if (data.event === 'ended') this.#processes.delete(data.terminal);
    } else if (data.event === 'failed') {
      this.#fail(new Error(data.message));
    } else {
      this.dispatchEvent(new CustomEvent(data.event, { detail: data }));
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
