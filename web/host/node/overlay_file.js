/**
 * The file of an overlay, in either form: sparse, as long as its disk (what `elfin run --overlay` makes), or packed, as
 * long as what was written (what `elfin image export --changes` makes; ../FORMAT.md).
 */
import { isPacked, PackedStore } from '../packed_store.js';
import { NodeBlockDevice } from './node_block_device.js';

const MAGIC_BYTES = 8;

/** What PackedStore wants of a file. */
class WholeFile {
  #device;

  constructor(device) {
    this.#device = device;
  }

  get size() {
    return this.#device.size;
  }

  read(offset, to) {
    this.#device.read(offset, to);
  }

  write(offset, from) {
    this.#device.write(offset, from);
  }

  resize(size) {
    // A reader needs no tail cut off.
    if (!this.#device.readOnly) this.#device.resize(size);
  }

  flush() {
    this.#device.flush();
  }

  close() {
    this.#device.close();
  }
}

/**
 * @param {string} path
 * @param {{writable?: boolean, create?: boolean}} [options] NodeBlockDevice's
 * @returns {import('../machine.d.ts').GrowingBlockDevice} Throws as NodeBlockDevice and PackedStore do.
 */
export function openOverlayFile(path, options) {
  const device = new NodeBlockDevice(path, options);
  if (device.size < MAGIC_BYTES) return device;
  const magic = new Uint8Array(MAGIC_BYTES);
  device.read(0, magic);
  return isPacked(magic) ? new PackedStore(new WholeFile(device)) : device;
}

/** A new packed file. */
export function createPackedFile(path) {
  return new PackedStore(new WholeFile(new NodeBlockDevice(path, { writable: true, create: true })));
}
