/** The package in Node. Types and contracts: node.d.ts. */
import { Machine as BareMachine } from '../host/machine.js';
import { NodePlatform } from '../host/node/platform.js';

export { ArchiveError, DiskBusyError, FileError, ImageError, MachineError, MountError, SpawnError } from '../host/errors.js';
export { NodeBlockDevice as FileDevice } from '../host/node/node_block_device.js';
export { NodeFolder as Folder } from '../host/node/node_folder.js';
export { SparseStore as MemoryOverlay } from '../host/sparse_store.js';
export { openImage } from '../host/images/open_image.js';
export { NodePlatform };

const BINARIES = new URL('../binaries/', import.meta.url);

/** A machine on Node, with the package's own binaries unless another platform is given. */
export class Machine extends BareMachine {
  static create(options) {
    return BareMachine.create({ platform: new NodePlatform({ directory: BINARIES }), ...options });
  }
}
