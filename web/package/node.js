/** The package in Node. Types and contracts: node.d.ts. */
import { fileURLToPath } from 'node:url';
import { openImage as openDistantImage } from '../host/images/open_image.js';
import { Machine as BareMachine } from '../host/machine.js';
import { NodeBlockDevice } from '../host/node/node_block_device.js';
import { NodePlatform } from '../host/node/platform.js';
import { SHELL_DISK } from './binaries.js';

export { ArchiveError, DiskBusyError, FileError, ImageError, MachineError, MountError, SpawnError } from '../host/errors.js';
export { NodeFolder as Folder } from '../host/node/node_folder.js';
export { SparseStore as MemoryOverlay } from '../host/sparse_store.js';
export { NodeBlockDevice as FileDevice, NodePlatform, SHELL_DISK };

const BINARIES = new URL('../binaries/', import.meta.url);

/** A machine on Node, with the package's own binaries unless another platform is given. */
export class Machine extends BareMachine {
  static create(options) {
    return BareMachine.create({ platform: new NodePlatform({ directory: BINARIES }), ...options });
  }
}

/** A disk by its URL, which may be a file's. */
export async function openImage(url, options) {
  if (new URL(url).protocol === 'file:') return new NodeBlockDevice(fileURLToPath(url));
  return openDistantImage(url, options);
}
