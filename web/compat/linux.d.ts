/** The calls of WebVM's page, over Elfin. README.md says what differs. */
import type { WorkerMachine } from '../package/browser.js';

/** A disk: an image on a server that knows ranges, or chunks where the address ends in a slash. */
export class HttpBytesDevice {
  private constructor();
  readonly url: string;
  static create(url: string): Promise<HttpBytesDevice>;
}

/** As HttpBytesDevice. Throws for `wss:`: disks come by HTTP. */
export class CloudDevice {
  private constructor();
  readonly url: string;
  static create(url: string): Promise<CloudDevice>;
}

/** Always throws: `elfin image chunk` makes chunks for any host. */
export class GitHubDevice {
  private constructor();
  static create(url: string): Promise<never>;
}

/** What is written stays in this browser under a name: to a disk, as the store of an OverlayDevice, or in a `dir`. */
export class IDBDevice {
  private constructor();
  readonly name: string;
  static create(name: string): Promise<IDBDevice>;
  /** Of one that is mounted as `dir`. Throws what machine.fs throws. */
  readFileAsBlob(name: string): Promise<Blob>;
  /** All of it is gone, and the machine that used it at its end: load the page anew. */
  reset(): Promise<void>;
}

export class OverlayDevice {
  private constructor();
  static create(base: HttpBytesDevice | CloudDevice, store: IDBDevice): Promise<OverlayDevice>;
}

/** Files in memory, which the guest reads. */
export class DataDevice {
  private constructor();
  static create(): Promise<DataDevice>;
  writeFile(name: string, contents: string | Uint8Array): Promise<void>;
}

/** Files of the page's server, fetched when they are opened. */
export class WebDevice {
  private constructor();
  /** `address`: of the folder, relative to the page; empty for the page's own. */
  static create(address: string): Promise<WebDevice>;
}

export type Mount =
  /** On "/" alone. */
  | { type: 'ext2'; dev: HttpBytesDevice | CloudDevice | OverlayDevice; path: '/' }
  | { type: 'dir'; dev: IDBDevice | DataDevice | WebDevice; path: string }
  /** The machine's own, on their usual places. */
  | { type: 'devs'; path: '/dev' }
  | { type: 'devpts'; path: '/dev/pts' }
  | { type: 'proc'; path: '/proc' }
  | { type: 'sys'; path: '/sys' };

export interface Callbacks {
  cpuActivity: (state: 'ready' | 'wait') => void;
  diskActivity: (state: 'ready' | 'wait') => void;
  /** How long the pieces of the disk took that have come from the server lately, on the average. */
  diskLatency: (milliseconds: number) => void;
  processCreated: () => void;
}

export class Linux {
  private constructor();
  /** `networkInterface` is not looked at. */
  static create(options: { mounts: Mount[]; networkInterface?: object }): Promise<Linux>;
  /** Elfin's own, for what these calls don't offer. */
  readonly machine: WorkerMachine;
  /** `env` as `NAME=value`. Resolves when the program has ended. Throws SpawnError. */
  run(
    path: string, args: string[],
    options?: { env?: string[]; cwd?: string; uid?: number; gid?: number }): Promise<{ status: number }>;
  /** The function that is given back takes what is typed, as charCodeAt gives it. `console` is always 1. */
  setCustomConsole(
    write: (bytes: ArrayBuffer, console: number) => void, columns: number, rows: number): (code: number) => void;
  /** A terminal in the element, as large as it is. */
  setConsole(element: HTMLElement): void;
  registerCallback<Name extends keyof Callbacks>(name: Name, callback: Callbacks[Name]): void;
  /** These three throw: there is no display, and no such network. */
  setActivateConsole(callback: (console: number) => void): never;
  setKmsCanvas(canvas: HTMLCanvasElement, width: number, height: number): never;
  networkLogin(): Promise<never>;
}
