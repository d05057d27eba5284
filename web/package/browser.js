/** The package in a browser. Types and contracts: browser.d.ts. */
import { BrowserPlatform } from '../host/browser/platform.js';
import { WorkerMachine as BareWorkerMachine } from '../host/browser/worker_machine.js';
import { Machine as BareMachine } from '../host/machine.js';
import { BINARIES, SHELL_DISK } from './binaries.js';

export { ArchiveError, DiskBusyError, FileError, ImageError, MachineError, MountError, SpawnError } from '../host/errors.js';
export { FetchedFolder as Folder } from '../host/browser/fetched_folder.js';
export { MemoryImage } from '../host/browser/memory_image.js';
export { openAnyImage as openImage } from '../host/browser/open_any_image.js';
export { SparseStore as MemoryOverlay } from '../host/sparse_store.js';
export { BrowserPlatform, SHELL_DISK };

/** A machine on the page's own thread, with the package's own binaries unless another platform is given. */
export class Machine extends BareMachine {
  static create(options) {
    return BareMachine.create({ platform: new BrowserPlatform({ binaries: BINARIES, translator: true }), ...options });
  }
}

/** A machine in a worker. */
export class WorkerMachine extends BareWorkerMachine {
  static create(options, prepare) {
    return BareWorkerMachine.create({ binaries: BINARIES, ...options }, prepare);
  }
}
