/** The public API of Elfin, the same in browser and Node. */
import type { MachineFiles } from './machine_files.js';

export * from './errors.js';
export type * from './machine_files.js';

/** What Machine needs of its surroundings: node/platform.js has Node's, browser/platform.js a browser's. */
export interface Platform {
  /** The compiled binaries. */
  loadBinaries(): Promise<{ cpu: WebAssembly.Module; kernel: WebAssembly.Module }>;
  /** Whether there is a translator (jit.wasm). Without this method: no. */
  hasTranslator?(): boolean | Promise<boolean>;
  /** jit.wasm, for `jit: 'sync'`. */
  loadTranslator?(): Promise<WebAssembly.Module>;
  /**
   * `jit: 'on'`, and all else has come: the time to fetch and start what startTranslationWorker needs, for
   * a host where that takes long.
   */
  prepareTranslationWorker?(): void;
  /**
   * Starts a worker that serves jit_worker.js's messages; called at the first request, and again after
   * one has ended. `onEnd` gets the reason, once or more. The worker must not keep the host from ending.
   */
  startTranslationWorker?(onMessage: (message: object) => void, onEnd: (reason: string) => void): {
    post(message: object, transfer: ArrayBuffer[]): void;
    /** Nobody needs it any more. */
    end?(): void;
  };
  /**
   * A text that differs whenever cpu.wasm or jit.wasm do: what was translated with other binaries is of no
   * use. Without it, MachineOptions.translations is not used.
   */
  binariesIdentity?(): string | Promise<string>;
  /** What all processes together may touch; beyond it they get ENOMEM and EAGAIN. Default: no limit. */
  memoryBytes?: number;
  /** Nanoseconds: 0 since the epoch, 1 monotonic, 2 processor time used by the thread that runs the machine. */
  now(clock: 0 | 1 | 2): number;
  /** Fills with random bytes. */
  random(bytes: Uint8Array): void;
  /** Runs the callback soon, after the host's event loop has had its turn. */
  schedule(callback: () => void): void;
  /**
   * Whether an event from outside waits for the event loop: the guest's time slice and the machine's turn end soon then.
   * Asked about once a millisecond. Without this method the event waits for the turn's end.
   */
  isAwaited?(): boolean;
  /** A sentence for the person who runs Elfin. */
  report(message: string): void;
}

/**
 * Where translations are kept for later visits: node/translation_folder.js has one. A name is 16 hexadecimal
 * digits. Neither call fails: what can't be kept is not. The bytes are trusted as far as their owner is.
 */
export interface TranslationStore {
  /** What save was given last under that name. */
  load(name: string): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** May drop what was saved under other names. */
  save(name: string, bytes: Uint8Array): void;
}

/**
 * A disk. Offsets are in bytes. A call does its work before it returns, or promises to: many may be under way
 * at once, in any order but for what flush says. `to` and `from` are kernel memory, valid during the call only.
 * Errors are thrown, or promises rejected, with objects that have a `code` such as "EIO".
 */
export interface BlockDevice {
  readonly size: number;
  readonly readOnly: boolean;
  /** What tells these contents from others where the device knows (a hash): an overlay belongs to them. */
  readonly identity?: string;
  /** Fills all of `to`, or promises as many bytes. */
  read(offset: number, to: Uint8Array): void | Promise<Uint8Array>;
  /** `read` never promises: it may be given memory that can't wait, a process's. */
  readonly readsAtOnce?: boolean;
  write(offset: number, from: Uint8Array): void | Promise<void>;
  /** Makes durable what was written before the call. */
  flush(): void | Promise<void>;
  /** Of one whose bytes come from a server: what has come. */
  readonly counters?: { requests: number; bytes: number };
}

/** A BlockDevice that can be made longer; what is new reads as zeros. */
export interface GrowingBlockDevice extends BlockDevice {
  extend(size: number): void | Promise<void>;
}

export interface FolderMount {
  folder: HostFolder | DirectoryHandle;
  readOnly?: boolean;
  /** Of a DirectoryHandle: who owns all that is in it. Default: the superuser. */
  owner?: { uid: number; gid: number };
}

/**
 * A FileSystemDirectoryHandle of a browser: what showDirectoryPicker and navigator.storage.getDirectory give. What
 * programs write is in the folder when they have closed the file or called fsync, at the latest some seconds later;
 * what changes outside is seen after a second. web/host/handles has what such a folder can't do.
 */
export interface DirectoryHandle {
  readonly kind: 'directory';
  readonly name: string;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<any>;
  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<any>;
  removeEntry(name: string, options?: { recursive?: boolean }): Promise<void>;
}

/** A part of a disk, and the whole disk's size. */
export interface DiskPiece {
  bytes: Uint8Array;
  offset: number;
  size: number;
}

export interface DiskUsage {
  totalBytes: number;
  usedBytes: number;
  /** To the overlay, since the image was made. */
  writtenBytes: number;
}

/** On "/" only. The image is never written to; without an overlay what is written stays in memory. */
export interface ImageMount {
  image: BlockDevice;
  overlay?: GrowingBlockDevice;
  readOnly?: boolean;
  /** Without the machine's own /proc and /dev over it: all of the disk can be seen and changed; programs miss them. */
  bare?: boolean;
}

/** An overlay in memory, as long as what is written to it. */
export class MemoryOverlay implements GrowingBlockDevice {
  readonly size: number;
  readonly readOnly: boolean;
  readonly readsAtOnce: true;
  read(offset: number, to: Uint8Array): void;
  write(offset: number, from: Uint8Array): void;
  flush(): void;
  extend(size: number): void;
}

/** Attributes of a host file, as in struct stat. */
export interface HostStat {
  mode: number;
  nlink: number;
  uid: number;
  gid: number;
  device: bigint;
  rdev: bigint;
  inode: bigint;
  size: bigint;
  blocks: bigint;
  atimeNs: bigint;
  mtimeNs: bigint;
  ctimeNs: bigint;
}

/**
 * A folder outside the machine. Paths are bytes relative to the folder, without "." or ".." components;
 * no call follows a symbolic link in the last one. Errors are thrown, or promises rejected, with objects that have a
 * `code` such as "ENOENT". A call does its work before it returns, or promises to: the system call waits, and others
 * may come meanwhile. `stat` of the folder itself, `statHandle` and `close` promise nothing. `to` and `from` are kernel
 * memory, valid during the call only.
 */
export interface HostFolder {
  stat(path: Uint8Array): HostStat | Promise<HostStat>;
  readLink(path: Uint8Array): Uint8Array | Promise<Uint8Array>;
  list(path: Uint8Array): HostFolderEntry[] | Promise<HostFolderEntry[]>;
  open(path: Uint8Array, flags: number, mode: number): number | Promise<number>;
  close(handle: number): void;
  statHandle(handle: number): HostStat;
  /** Fills the beginning of `to`; how much of it. Or promises bytes. None at the end of the file. */
  read(handle: number, offset: number, to: Uint8Array): number | Promise<Uint8Array>;
  write(handle: number, offset: number, from: Uint8Array): number | Promise<number>;
  truncate(handle: number, size: number): void | Promise<void>;
  sync(handle: number): void | Promise<void>;
  /** A program has closed the file: what it wrote and what could not be written is to be told now. */
  flush?(handle: number): void | Promise<void>;
  /** As sync, of all files. */
  syncAll?(): void | Promise<void>;
  makeDirectory(path: Uint8Array, mode: number): void | Promise<void>;
  remove(path: Uint8Array): void | Promise<void>;
  removeDirectory(path: Uint8Array): void | Promise<void>;
  rename(from: Uint8Array, to: Uint8Array): void | Promise<void>;
  link(from: Uint8Array, to: Uint8Array): void | Promise<void>;
  symlink(target: Uint8Array, path: Uint8Array): void | Promise<void>;
  changeMode(path: Uint8Array, mode: number): void | Promise<void>;
  changeOwner(path: Uint8Array, uid: number, gid: number): void | Promise<void>;
  setTimes(path: Uint8Array, atimeNs: bigint, mtimeNs: bigint): void | Promise<void>;
}

export interface HostFolderEntry {
  name: Uint8Array;
  inode: bigint;
  /** DT_* of dirent.h; 0: unknown. */
  type: number;
}

/**
 * One end of a program's stream 0, 1 or 2. A terminal's is raw: echo, lines and signals are the machine's. Reads and writes never wait: they return a count, or a negative Linux
 * errno; after -EAGAIN the end calls `onReady` (set by the machine) when it is worth another try.
 */
export interface StreamEnd {
  /** 0 pipe, 1 terminal, 2 file, 3 null device. */
  kind: number;
  /** 0 is end of input. The array is kernel memory: valid during the call only. */
  read?(to: Uint8Array): number;
  write?(from: Uint8Array): number;
  terminalSize?(): { rows: number; columns: number };
  /** Nobody in the machine has it open any more; of a terminal: its program has ended. May be called twice. */
  close?(): void;
  onReady?: () => void;
  /** Of a terminal: terminalSize() has changed (set by the machine). */
  onResize?: () => void;
}

export interface MachineOptions {
  platform: Platform;
  /** What is mounted where, in this order; the first is "/". */
  mounts: Record<string, FolderMount | DirectoryHandle | ImageMount>;
  /**
   * How long what was written to an image with an overlay may be in memory only, whether or not a program
   * asks for more. Default: 5000.
   */
  commitMs?: number;
  /** One line for each system call, to platform.report. */
  strace?: boolean;
  /**
   * Whether hot code is translated: on (in a worker, beside the guest), off, or sync (the guest waits, for
   * tests). Default: on where there is a translator.
   */
  jit?: 'on' | 'off' | 'sync';
  /** How often a block runs before it is translated; for tuning and tests. Default 2000; 0 is for sync. */
  jitThreshold?: number;
  /** Gets every translated module and what it was made from (jit/region/translation_request.h). */
  jitDump?: (index: number, module: Uint8Array, batch: Uint8Array) => void;
  /** `jit: 'on'`: keeps translations for later visits. Without it, for this machine's life only. */
  translations?: TranslationStore;
  /** Translated code looks at the permissions of every page that it touches. */
  strict?: boolean;
}

/** What became of translation. Of all processes so far. */
export interface TranslationStats {
  /** Answers of the translator; modules in use since; their size; regions and instructions in them. */
  batches: number;
  modules: number;
  moduleBytes: number;
  regions: number;
  regionInsns: number;
  /** Regions that the translator could not do; whose code had changed meanwhile. */
  regionsFailed: number;
  regionsStale: number;
  /** Time in jit.wasm (beside the guest, but for sync), and for compiling and installing. */
  translateMs: number;
  installMs: number;
  /** Modules that came from an earlier visit or another process, not counted above; what is in them. */
  keptModules: number;
  keptRegions: number;
  keptInsns: number;
  /** Guest instructions of translating processes; of these, in translated code; their share. */
  instructions: number;
  translatedInstructions: number;
  translatedShare: number;
  /** From the dispatcher into translated code, and how it came back. */
  entries: number;
  exitsToAddress: number;
  exitsToInterpreter: number;
  exitsForBudget: number;
  /** Addresses looked up that the jump cache did not know. */
  lookUps: number;
  /** Blocks that asked for their translation. */
  requests: number;
  regionsInstalled: number;
  modulesRetired: number;
}

export interface SpawnOptions {
  env?: Record<string, string>;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** The program's argument 0; default: its path. */
  argv0?: string;
  /** Text or bytes; a stream of bytes; an end; null for none. Default: a queue, GuestProcess.stdin. */
  stdin?: string | Uint8Array | AsyncIterable<Uint8Array> | StreamEnd | null;
  /** A function for each piece; an end; null for none. Default: a stream, GuestProcess.stdout. */
  stdout?: ((bytes: Uint8Array) => void) | StreamEnd | null;
  stderr?: ((bytes: Uint8Array) => void) | StreamEnd | null;
  /**
   * A terminal of the program's own, which controls its session: stdin takes keys, stdout gives what is to
   * be shown (standard error with it).
   */
  pty?: boolean | { rows: number; columns: number };
}

export interface ExitStatus {
  /** As a shell's $?: the program's own, or 128 + signal. */
  code: number;
  /** The signal that killed it, or 0. */
  signal: number;
  /** For a fatal signal: one line with signal, address and instruction. */
  message: string;
}

export interface InputQueue extends StreamEnd {
  write(data: string | Uint8Array): any;
  end(): void;
}

export interface GuestProcess {
  readonly pid: number;
  readonly stdin: InputQueue;
  /**
   * Ends when nobody in the machine can write any more: not the program, nor what it has left behind. After cancel() its
   * writers get SIGPIPE.
   */
  readonly stdout?: ReadableStream<Uint8Array>;
  readonly stderr?: ReadableStream<Uint8Array>;
  /** Rejects only when the machine itself has failed. */
  wait(): Promise<ExitStatus>;
  /** Whether there was a process to send it to. Default SIGTERM. */
  kill(signal?: string | number): boolean;
  /** The terminal has another size. Throws without `pty`. */
  resize(rows: number, columns: number): void;
}

export interface ProcessInfo {
  pid: number;
  parent: number;
  /** The program's name, at most 15 bytes of it; the whole command line. */
  name: string;
  command: string;
  /** As in ps: R running, S sleeping, T stopped, Z ended and not waited for. */
  state: string;
  hasTerminal: boolean;
  threads: number;
  /** Processor time. */
  seconds: number;
  memoryBytes: number;
}

/** What a machine did since this was told last, half a second before. */
export interface Activity {
  /** Share of one processor's time: 0 to 1. */
  cpu: number;
  /** Bytes. */
  diskRead: number;
  diskWritten: number;
  /** Pieces of disks that came from servers, and how long they took, one added to the other. */
  diskFetches: number;
  diskFetchMs: number;
  /** Bytes that came from servers, of disks and folders; the first time those of the machine's start, too. */
  networkFetched: number;
  /** Bytes that programs sent each other over the machine's own network. */
  networkLoopback: number;
  /** How many have a memory now. */
  processes: number;
}

export interface MachineEvents {
  /** Every half second while something happens, and once when it has ended. */
  activity: CustomEvent<Activity>;
  /** What runs, when that or its figures have changed: at most every half second, and once when it is first listened to. */
  processes: CustomEvent<ProcessInfo[]>;
  /** A sentence for the person who runs Elfin; platform.report gets it, too. */
  report: CustomEvent<{ message: string }>;
  /** The machine is at its end by a bug of its own; everything that waits for it gets a MachineError. */
  failed: CustomEvent<{ message: string }>;
}

/** An EventTarget whose events have types; a name for declarations, not a class of its own. */
export class TypedEventTarget<Events> extends EventTarget {
  addEventListener<Type extends keyof Events & string>(
    type: Type, listener: (event: Events[Type]) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(
    type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<Type extends keyof Events & string>(
    type: Type, listener: (event: Events[Type]) => void, options?: boolean | EventListenerOptions): void;
  removeEventListener(
    type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | EventListenerOptions): void;
}

export class Machine extends TypedEventTarget<MachineEvents> {
  static create(options: MachineOptions): Promise<Machine>;
  /** Errors: SpawnError. */
  spawn(path: string, args?: string[], options?: SpawnOptions): Promise<GuestProcess>;
  readonly fs: MachineFiles;
  /** Mounts a folder on a directory that is there, while the machine runs. */
  mount(target: string, mount: FolderMount | DirectoryHandle): Promise<void>;
  /**
   * Writes back what goes to the folder there, and takes it away. Errors: MountError; errno 16: a program has a file
   * open or its working directory there.
   */
  unmount(target: string): Promise<void>;
  /** Whether there was such a process, of anybody's, to send it to; `pid` below zero: the process group -pid. */
  kill(pid: number, signal?: string | number): boolean;
  processes(): Promise<ProcessInfo[]>;
  /**
   * The disk, an image with an overlay, whole and by pieces in their order, while programs go on: as it is when all is on
   * it that was written before the call. Mounted, or looked at by e2fsck, it is as after a power cut at that instant: its
   * journal is applied first. Fails where programs overwrite more than 256 MiB of it meanwhile.
   */
  exportDisk(): AsyncIterable<DiskPiece>;
  /** Of the filesystem on "/". */
  diskUsage(): Promise<DiskUsage>;
  /** How many processes have a memory now. */
  processCount(): number;
  /**
   * Writes back what the machine's disks are to keep; the machine's end. Who waits for its programs or asks anything of it
   * then gets a MachineError. Errors: MachineError with an errno, where not all could be written.
   */
  stop(): Promise<void>;
  stats(): {
    guestInstructions: number;
    systemCalls: number;
    timeSlices: number;
    /** Of these, how many Platform.isAwaited ended. */
    timeSlicesCutShort: number;
    processMemoriesCreated: number;
    processMemoryPeakBytes: number;
    kernelMemoryBytes: number;
    /** Only where code is translated. */
    translation?: TranslationStats;
  };
}
