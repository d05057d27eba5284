/**
 * Machine: one kernel with its processes, and the event loop that runs them. The public API; types and
 * contracts are in machine.d.ts. Works in any host: what differs is in the platform object.
 */
import { ActivityWatch } from './activity_watch.js';
import { BlockDevices } from './block_devices.js';
import { CommitTimer } from './commit_timer.js';
import { MachineError, MountError, notWrittenBack, SpawnError } from './errors.js';
import { asHostFolder } from './handles/handle_folder.js';
import { HostFolders } from './host_folders.js';
import { KernelInstance } from './kernel_instance.js';
import { MachineDisk } from './machine_disk.js';
import { MachineFiles } from './machine_files.js';
import { ProcessMemories } from './process_memories.js';
import { GuestProcess, signalNumber } from './guest_process.js';
import { listProcesses, loopbackBytes } from './proc_files.js';
import { packSpawnRequest } from './spawn_request.js';
import { Translation } from './translation.js';
import { makeEnds, StreamTable } from './streams.js';

/** How long the guest may run before the host's event loop has its turn. */
const TURN_MS = 5;
/** StepState of syscalls/kernel/kernel.h. */
const STEP = Object.freeze({ more: 0, idle: 1, done: 2 });
const CREATE_STRACE = 1;
const MOUNT_READ_ONLY = 1;
const MOUNT_BARE = 2;
const MONOTONIC_CLOCK = 1;
const PROCESSOR_CLOCK = 2;
const MAX_TIMEOUT_MS = 0x7fffffff;
/** How long what was written may be in memory only, fsync or not: as Linux's ext4 has it. */
const DEFAULT_COMMIT_MS = 5000;

/** Without a wish: on, where there is a translator. */
async function translationMode({ jit, platform }) {
  if (jit === 'off') return 'off';
  if (await platform.hasTranslator?.()) return jit ?? 'on';
  if (jit === undefined) return 'off';
  throw new Error('jit.wasm is not there: nothing can be translated');
}

/** Events: MachineEvents of machine.d.ts. */
export class Machine extends EventTarget {
  /** @type {KernelInstance} */ #kernel;
  /** @type {Map<number, GuestProcess>} running */ #processes = new Map();
  #folders = new HostFolders((request, result, bytes) => this.#tell(() => {
    this.#kernel.blob = bytes;
    this.#kernel.exports.kernel_folder_done(request, result, bytes.length);
  }));
  /** The numbers of mounted folders, by where they are. */
  #mounted = new Map();
  #devices;
  /** @type {MachineDisk | undefined} */
  #disk;
  #streams = new StreamTable();
  #memories;
  #translation;
  #platform;
  #failure;
  #inKernel = false;
  #deferred = [];
  #scheduled = false;
  /** Called when an operation may have ended. */
  #waiters = [];
  #timer;
  #commits;
  #activity;
  /** @type {Promise<void> | undefined} */
  #stopping;

  /** @param {import('./machine.d.ts').MachineOptions} options */
  static async create(options) {
    const { platform } = options;
    const [binaries, jit] = await Promise.all([platform.loadBinaries(), translationMode(options)]);
    const identity = jit === 'on' ? await platform.binariesIdentity?.() : undefined;
    if (jit === 'sync') binaries.jit = await platform.loadTranslator();
    if (jit === 'on') platform.prepareTranslationWorker?.();
    const machine = new Machine(binaries, { ...options, jit, identity });
    for (const [target, mount] of Object.entries(options.mounts)) await machine.#mount(target, mount);
    return machine;
  }

  /** Use Machine.create. */
  constructor(binaries, options) {
    super();
    const { platform, jit, jitThreshold, jitDump, strict, strace = false, identity } = options;
    this.#platform = platform;
    const report = (message) => this.#report(message);
    this.#commits = new CommitTimer(
      { everyMs: options.commitMs ?? DEFAULT_COMMIT_MS, sync: () => this.fs.sync(), report });
    // Without an identity nobody could tell whether what was kept fits these binaries.
    const store = identity === undefined ? undefined : options.translations;
    this.#translation = new Translation(
      { mode: jit, threshold: jitThreshold, dump: jitDump, strict, store, identity }, platform, binaries.jit);
    this.#memories = new ProcessMemories(
      binaries.cpu, report, this.#translation, platform.memoryBytes, platform.isAwaited?.bind(platform));
    this.#devices = new BlockDevices(this.#memories, (request, result, fill) => this.#tell(() => {
      fill?.();
      this.#kernel.exports.kernel_device_done(request, result);
    }));
    this.#kernel = new KernelInstance(binaries.kernel, (kernel) => ({
      ...this.#memories.imports(),
      ...this.#folders.imports(kernel),
      ...this.#devices.imports(kernel),
      ...this.#streams.imports(kernel),
      clock_now: (clock) => platform.now(clock),
      random_fill: (to, size) => platform.random(kernel.slice(to, size)),
      report: (text, size) => report(kernel.text(text, size)),
    }));
    this.#memories.connect(this.#kernel);
    this.#kernel.exports.kernel_create(strace ? CREATE_STRACE : 0);
    this.fs = new MachineFiles((request) => this.#fileRequest(request));
    this.#activity = new ActivityWatch({
      measure: () => this.#figures(),
      loopbackBytes: () => loopbackBytes(this.fs),
      processCount: () => this.processCount(),
      listProcesses: () => this.processes(),
      tell: (event, detail) => this.dispatchEvent(new CustomEvent(event, { detail })),
    });
  }

  /** As of any EventTarget; what is costly to tell is told from the first listener on. */
  addEventListener(type, ...rest) {
    super.addEventListener(type, ...rest);
    if (type === 'activity' || type === 'processes') this.#activity.want(type);
  }

  /** Starts a program. Throws SpawnError. */
  async spawn(path, args = [], options = {}) {
    const ends = makeEnds(options);
    const { kernel_stream_ready, kernel_stream_resized } = this.#kernel.exports;
    const first = this.#streams.connect(ends, {
      ready: (stream) => this.#tell(() => kernel_stream_ready(stream)),
      resized: (stream) => this.#tell(() => kernel_stream_resized(stream)),
    });
    const kernel = this.#kernel;
    let pid;
    try {
      const request = packSpawnRequest(path, [options.argv0 ?? path, ...args], first, options);
      pid = await this.#operate(
        () => kernel.withBytes(request, (at, size) => kernel.exports.kernel_spawn(at, size)),
        (result) => {
          if (result < 0) throw new SpawnError(path, -result, this.#text());
          return result;
        });
    } catch (error) {
      this.#streams.forget(first, ends.length);
      throw error;
    }
    const process = new GuestProcess(pid, ends, (signal) => this.#kill(pid, signal));
    this.#processes.set(pid, process);
    this.#schedule();
    return process;
  }

  /** Mounts a folder while the machine runs; what lies at `target` is hidden by it. */
  async mount(target, mount) {
    await this.#mountFolder(target, mount);
  }

  /** Writes back what goes to a mounted folder, and takes it away. Throws MountError. */
  async unmount(target) {
    const kernel = this.#kernel;
    const result = await this.#operate(() =>
      kernel.withBytes(target, (at, size) => kernel.exports.kernel_unmount_folder(at, size)));
    if (result < 0) throw new MountError('unmounting', target, -result);
    this.#folders.remove(this.#mounted.get(target));
    this.#mounted.delete(target);
  }

  /** Sends a signal to any process of the machine. @returns {boolean} whether it is there */
  kill(pid, signal = 'SIGTERM') {
    return this.#kill(pid, signalNumber(signal));
  }

  /** What runs in the machine; see machine.d.ts. */
  processes() {
    return listProcesses(this.fs);
  }

  processCount() {
    return this.#memories.entries().length;
  }

  /** The disk as it is once everything written before the call is on it, by pieces: {bytes, offset, size}. */
  async *exportDisk() {
    const disk = this.#writtenDisk();
    await this.fs.sync();
    yield* disk.export();
  }

  /** Bytes: all, used, and written to since the image was made. */
  async diskUsage() {
    const { totalBytes, freeBytes } = await this.fs.statfs('/');
    const writtenBytes = (await this.#disk?.writtenBytes()) ?? 0;
    return { totalBytes, usedBytes: totalBytes - freeBytes, writtenBytes };
  }

  #writtenDisk() {
    if (this.#disk) return this.#disk;
    throw new Error('only a disk that was mounted as an image with an overlay can be exported; in memory, MemoryOverlay is one');
  }

  /** Counters of the machine so far. */
  stats() {
    const statistic = (index) => this.#kernel.exports.kernel_statistic(index);
    return {
      guestInstructions: statistic(0),
      systemCalls: statistic(1),
      timeSlices: statistic(2),
      timeSlicesCutShort: this.#memories.slicesCutShort,
      processMemoriesCreated: this.#memories.created,
      processMemoryPeakBytes: Math.max(this.#memories.peakBytes, this.#memories.usedBytes()),
      kernelMemoryBytes: this.#kernel.exports.memory.buffer.byteLength,
      ...(this.#translation.enabled
        ? { translation: this.#translation.stats(this.#memories.entries()) }
        : {}),
    };
  }

  /** Writes back what the machine's disks are to keep, and ends it: who waits for its programs gets a MachineError. */
  stop() {
    return this.#stopping ??= this.#writeBackAndEnd();
  }

  async #writeBackAndEnd() {
    await this.#commits.end();
    const result = this.#failure ? 0 : await this.#operate(() => this.#kernel.exports.kernel_close());
    this.#end(new MachineError('the machine has been stopped'));
    if (result < 0) throw notWrittenBack(-result);
  }

  async #mountImage(target, { image, overlay, readOnly = false, bare = false }) {
    if (target !== '/') throw new Error('an image can only be mounted on /');
    const { kernel_mount_image, kernel_overlay_size } = this.#kernel.exports;
    await overlay?.extend(kernel_overlay_size(image.size));
    if (overlay) this.#disk = new MachineDisk(image, overlay);
    const store = overlay ? this.#devices.add(this.#disk.store) : -1;
    const flags = (readOnly ? MOUNT_READ_ONLY : 0) | (bare ? MOUNT_BARE : 0);
    const device = this.#devices.add(image);
    const result = await this.#operate(() => kernel_mount_image(device, store, flags));
    if (result < 0) throw new MountError('mounting the image on', target, -result);
    if (overlay && !readOnly) this.#commits.start();
  }

  #mount(target, mount) {
    return mount.image ? this.#mountImage(target, mount) : this.#mountFolder(target, mount);
  }

  async #mountFolder(target, mount) {
    const { folder, readOnly = false, owner } = mount.folder === undefined ? { folder: mount } : mount;
    const report = (message) => this.#report(message);
    const number = this.#folders.add(asHostFolder(folder, { owner, report }));
    const flags = readOnly ? MOUNT_READ_ONLY : 0;
    const kernel = this.#kernel;
    const result = await this.#operate(() =>
      kernel.withBytes(target, (at, size) =>
        kernel.exports.kernel_mount_folder(at, size, number, flags)));
    if (result < 0) {
      this.#folders.remove(number);
      throw new MountError('mounting on', target, -result);
    }
    this.#mounted.set(target, number);
  }

  /** One request of machine.fs: its answer's bytes, or -errno. */
  #fileRequest({ operation, path, data, number, offset }) {
    const kernel = this.#kernel;
    const { kernel_file_request, kernel_text_address } = kernel.exports;
    return this.#operate(
      () => kernel.withBytes(path, (at, size) =>
        kernel.withBytes(data, (from, length) =>
          kernel_file_request(operation, at, size, from, length, number, offset))),
      (result) => (result < 0 ? result : kernel.slice(kernel_text_address(), result).slice()));
  }

  /**
   * Has the kernel do what may take blocks from afar.
   * @param {() => number} begin calls the operation's export
   * @param {(result: number) => any} take makes of the result, and of the text with it, what is returned
   */
  async #operate(begin, take = (result) => result) {
    const { kernel_operation_ended, kernel_operation_result } = this.#kernel.exports;
    const number = this.#enter(begin);
    while (this.#enter(() => kernel_operation_ended(number)) === 0) {
      this.#schedule();
      await new Promise((resolve) => this.#waiters.push(resolve));
    }
    return take(this.#enter(() => kernel_operation_result(number)));
  }

  /** Lets those who wait for operations look whether they have ended, or the machine failed. */
  #progress() {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  /** The text that goes with the last answer of the kernel. */
  #text() {
    const { kernel_text_address, kernel_text_size } = this.#kernel.exports;
    return this.#kernel.text(kernel_text_address(), kernel_text_size());
  }

  /**
   * Calls into the kernel. A host callback that runs inside the kernel (an output function that kills
   * the process, say) can't re-enter it: its action comes right after, and gets no answer.
   */
  #enter(action) {
    if (this.#failure) throw this.#failure;
    if (this.#inKernel) {
      this.#deferred.push(action);
      return undefined;
    }
    this.#inKernel = true;
    try {
      return action();
    } catch (error) {
      this.#fail(error);
      throw this.#failure;
    } finally {
      this.#inKernel = false;
    }
  }

  /** The kernel has trapped: a bug of Elfin's. */
  #fail(cause) {
    const { message } = cause;
    this.#end(new MachineError(`the machine has failed, by a bug of its own: ${message}`, { cause }));
    this.dispatchEvent(new CustomEvent('failed', { detail: { message: this.#failure.message } }));
  }

  /** Nothing of this machine goes on. */
  #end(error) {
    if (this.#failure) return;
    this.#failure = error;
    clearTimeout(this.#timer);
    this.#activity.end();
    this.#translation.end();
    for (const process of this.#processes.values()) process.fail(error);
    this.#processes.clear();
    this.#progress();
  }

  #report(message) {
    this.#platform.report(message);
    this.dispatchEvent(new CustomEvent('report', { detail: { message } }));
  }

  /** What ActivityWatch measures. */
  #figures() {
    const sum = (sources, figure) => sources.reduce((total, source) => total + (source?.counters?.[figure] ?? 0), 0);
    const disks = this.#devices.table;
    return {
      busyMs: this.#platform.now(PROCESSOR_CLOCK) / 1e6,
      instructions: this.#kernel.exports.kernel_statistic(0),
      diskRead: this.#devices.bytesRead,
      diskWritten: this.#devices.bytesWritten,
      diskFetches: sum(disks, 'answers'),
      diskFetchMs: sum(disks, 'waitMs'),
      networkFetched: sum([...disks, ...this.#folders.table], 'bytes'),
    };
  }

  #kill(pid, signal) {
    if (this.#failure) return false;
    const result = this.#enter(() => this.#kernel.exports.kernel_kill(pid, signal));
    this.#schedule();
    return result === undefined || result === 0;
  }

  /** An event from outside. */
  #tell(action) {
    if (this.#failure) return;
    this.#enter(action);
    this.#schedule();
  }

  #schedule() {
    if (this.#scheduled || this.#failure) return;
    this.#scheduled = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#platform.schedule(() => {
      this.#scheduled = false;
      this.#runTurn();
    });
  }

  #runTurn() {
    if (this.#failure) return;
    let state;
    try {
      state = this.#turn();
    } catch (error) {
      if (error !== this.#failure) throw error;
      return; // told to everybody who waits
    }
    this.#settle();
    this.#progress();
    if (state === STEP.more) this.#schedule();
    else if (state === STEP.idle) this.#sleep();
  }

  /** Runs the machine for at most about TURN_MS, less if somebody outside waits. */
  #turn() {
    const end = performance.now() + TURN_MS;
    for (;;) {
      const state = this.#enter(() => this.#kernel.exports.kernel_step());
      while (this.#deferred.length > 0) this.#enter(this.#deferred.shift());
      if (state !== STEP.more || performance.now() >= end || this.#platform.isAwaited?.()) return state;
    }
  }

  #sleep() {
    if (this.#scheduled) return;
    const deadline = this.#kernel.exports.kernel_deadline();
    if (deadline < 0) return;
    const wait = (deadline - this.#platform.now(MONOTONIC_CLOCK)) / 1e6;
    if (wait <= 0) return void this.#schedule();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#schedule(), Math.min(Math.ceil(wait), MAX_TIMEOUT_MS));
  }

  /** Tells those who wait for a process that has ended. */
  #settle() {
    for (const [pid, process] of this.#processes) {
      const status = this.#enter(() => this.#kernel.exports.kernel_exit_status(pid));
      if (status < 0) continue;
      this.#processes.delete(pid);
      process.finish(status, this.#text());
    }
  }
}
