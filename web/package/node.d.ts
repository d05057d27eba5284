/** elfin in Node. */
import type { BlockDevice, HostFolder, MachineOptions, Platform } from '../host/machine.js';
import { Machine as BareMachine } from '../host/machine.js';

export type * from '../host/machine.js';
export * from '../host/errors.js';
export { MemoryOverlay } from '../host/machine.js';

/** `platform` is Node's with the package's own binaries, where none is given. */
export class Machine extends BareMachine {
  static create(options: Omit<MachineOptions, 'platform'> & { platform?: Platform }): Promise<Machine>;
}

export class NodePlatform implements Platform {
  /** `directory`: where the binaries are, with a final slash. */
  constructor(options: { directory: URL; report?: (message: string) => void });
  loadBinaries: Platform['loadBinaries'];
  now: Platform['now'];
  random: Platform['random'];
  schedule: Platform['schedule'];
  report: Platform['report'];
}

/** A folder of this machine, for `mounts`. Throws what node:fs throws. */
export const Folder: { new (path: string, options?: { writable?: boolean }): HostFolder };

/** A file of this machine as a disk. Throws what node:fs throws. */
export class FileDevice implements BlockDevice {
  constructor(path: string, options?: { writable?: boolean; create?: boolean });
  readonly size: number;
  readonly readOnly: boolean;
  readonly readsAtOnce: true;
  read: BlockDevice['read'];
  write: BlockDevice['write'];
  flush: BlockDevice['flush'];
  extend(size: number): void;
  close(): void;
}

/** The URL of a disk that comes with the package: 4 MB, mostly room, with nothing but a shell (/bin/mksh, also /bin/sh). */
export const SHELL_DISK: string;

/** A disk by its URL: chunked (`…/` or `…/latest`) or a file on a server with ranges, or of this machine. */
export function openImage(url: string | URL, options?: { report?: (message: string) => void }): Promise<BlockDevice>;
