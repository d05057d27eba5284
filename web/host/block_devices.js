/**
 * Block devices: the device_* imports of kernel.wasm over JavaScript objects that satisfy the BlockDevice
 * interface of machine.d.ts.
 */
import { negativeErrno } from './errno.js';

/** Runs `call`; 0, or -errno for what it threw. */
function attempt(call) {
  try {
    call();
    return 0;
  } catch (error) {
    return negativeErrno(error);
  }
}

export class BlockDevices {
  constructor() {
    /** @type {import('./machine.d.ts').BlockDevice[]} */
    this.table = [];
  }

  /** @returns {number} the device's number for kernel_mount_image */
  add(device) {
    return this.table.push(device) - 1;
  }

  /** @param {import('./kernel_instance.js').KernelInstance} kernel */
  imports(kernel) {
    const { table } = this;
    return {
      device_size: (device) => table[device].size,
      device_read_only: (device) => (table[device].readOnly ? 1 : 0),
      device_read: (device, offset, to, size) =>
        attempt(() => table[device].read(offset, kernel.slice(to, size))),
      device_write: (device, offset, from, size) =>
        attempt(() => table[device].write(offset, kernel.slice(from, size))),
      device_flush: (device) => attempt(() => table[device].flush()),
    };
  }
}
