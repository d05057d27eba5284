/** elfin in a browser. */
import type { BlockDevice, DirectoryHandle, DiskPiece, DiskUsage, ExitStatus, HostFolder, MachineEvents, MachineFiles, MachineOptions, Platform, ProcessInfo, SpawnOptions, TypedEventTarget } from '../host/machine.js';
import { Machine as BareMachine } from '../host/machine.js';

export type * from '../host/machine.js';
export * from '../host/errors.js';
export { MemoryOverlay } from '../host/machine.js';

/** On the page's own thread, 5 ms at a time; `platform` has the package's own binaries, where none is given. */
export class Machine extends BareMachine {
  static create(options: Omit<MachineOptions, 'platform'> & { platform?: Platform }): Promise<Machine>;
}

/** Addresses of the binaries by their names: `cpu.wasm`, `kernel.wasm`, `jit.wasm`. */
export type BinaryAddresses = Readonly<Record<string, string>>;

export class BrowserPlatform implements Platform {
  /**
   * `directory` (with a final slash) or `binaries`; `suffix` as `.gz`; `translator`: whether jit.wasm is there;
   * `translatorDelayMs`: it is not fetched sooner unless it is wanted.
   */
  constructor(options: {
    directory?: URL | string; binaries?: BinaryAddresses; suffix?: string; translator?: boolean;
    translatorDelayMs?: number; report?: (message: string) => void;
  });
  loadBinaries: Platform['loadBinaries'];
  now: Platform['now'];
  random: Platform['random'];
  schedule: Platform['schedule'];
  report: Platform['report'];
}

/** A disk for a machine in a worker: what is written is kept under `name`, unless it is a throw-away. */
export interface DiskWish {
  kind: 'chunks' | 'image' | 'folder' | 'own';
  /** Absolute: the folder of the chunks, the image, the folder's manifest. Not of one's `own`, kept under `name`. */
  url?: string;
  /** Of chunks: the version that is wanted. */
  manifest?: string;
  name?: string;
  throwAway?: boolean;
}

export interface WorkerSpawnOptions extends Pick<SpawnOptions, 'env' | 'cwd' | 'uid' | 'gid' | 'argv0' | 'pty'> {
  /** All of standard input; without it, `WorkerProcess.write`. */
  input?: Uint8Array;
  /** `shown` is to be called when the bytes have been dealt with: the program waits while too many have not. */
  onOutput?: (bytes: Uint8Array, shown: () => void) => void;
}

export interface WorkerProcess {
  readonly pid: number;
  /** Bytes that were written and not taken yet. */
  readonly pending: number;
  /** `urgent`: in place of all that waits to be taken. */
  write(data: string | Uint8Array, how?: { urgent?: boolean }): void;
  /** When at most so many bytes wait to be taken, or the program has ended. */
  taken(atMost?: number): Promise<void>;
  end(): void;
  /** Nobody looks at its output any more: it is dropped, and the program need not wait. */
  discardOutput(): void;
  resize(rows: number, columns: number): void;
  kill(signal?: string | number): Promise<boolean>;
  wait(): Promise<ExitStatus>;
}

/** Those of a Machine; and while it starts: how much of what it needs has come. */
export interface WorkerMachineEvents extends MachineEvents {
  loading: CustomEvent<{ what: string; loaded: number; total?: number }>;
}

/** Errors are of the same classes as a Machine's; `create` fails with DiskBusyError, ImageError and MountError, too. */
export class WorkerMachine extends TypedEventTarget<WorkerMachineEvents> {
  /** `prepare` gets the machine before it starts, to listen to what happens meanwhile. */
  static create(
    options: {
      disk: DiskWish; binaries?: string | URL | BinaryAddresses; suffix?: string; jit?: 'on' | 'off';
      memoryBytes?: number; translatorDelayMs?: number;
    },
    prepare?: (machine: WorkerMachine) => void): Promise<WorkerMachine>;
  /**
   * Starts the worker of the next machine already, so that its script comes while the page does something else; and the
   * binaries, if `place` says where `create` will have them from. Resolves when it runs; never, if it doesn't.
   */
  static prepare(place?: { binaries: string | URL | BinaryAddresses; suffix?: string }): Promise<void>;
  /** How long what is written stays. */
  readonly kept: 'files' | 'session' | 'read-only';
  readonly fs: MachineFiles;
  spawn(path: string, args?: string[], options?: WorkerSpawnOptions): Promise<WorkerProcess>;
  kill(pid: number, signal?: string | number): Promise<boolean>;
  processes(): Promise<ProcessInfo[]>;
  stats(): Promise<ReturnType<BareMachine['stats']>>;
  /** Mounts a folder of the user's computer; `path` is made where it isn't there. */
  mountFolder(
    path: string, handle: DirectoryHandle,
    options?: { readOnly?: boolean; owner?: { uid: number; gid: number } }): Promise<void>;
  /** Of mountFolder; a MountError says with errno 16 that it is in use. */
  unmount(path: string): Promise<void>;
  /** Mounts a folder of a web server, read-only: what is opened is fetched then, and nothing is listed. */
  mountWeb(path: string, url: string): Promise<void>;
  /**
   * Mounts a folder in memory, empty at first, which programs read and can't change. `put` makes a file of it (`name` is
   * relative; folders on the way are made), or replaces what it holds.
   */
  mountMemory(path: string): Promise<{ put(name: string, data: string | Uint8Array): Promise<void> }>;
  diskUsage(): Promise<DiskUsage>;
  /** As Machine's. */
  exportDisk(): AsyncIterable<DiskPiece>;
  /** Writes back what is to be kept, and ends the worker. */
  stop(): Promise<void>;
  /** At once, as a power cut does. */
  terminate(): void;
}

/** A folder of a web server (host/browser/FORMAT.md), whole in memory. */
export const Folder: {
  fetch(manifestUrl: string | URL): Promise<HostFolder>;
};

/** A disk fetched whole. */
export const MemoryImage: {
  new (bytes: Uint8Array): BlockDevice;
  fetch(url: string | URL, progress?: (done: { loaded: number; total?: number }) => void): Promise<BlockDevice>;
};

/** The URL of a disk that comes with the package: 4 MB, mostly room, with nothing but a shell (/bin/mksh, also /bin/sh). */
export const SHELL_DISK: string;

/** A disk by its URL: chunked (`…/` or `…/latest`) or a file on a server; without ranges it is fetched whole. */
export function openImage(url: string | URL, options?: { report?: (message: string) => void }): Promise<BlockDevice>;
