/**
 * Block devices: the device_* imports of kernel.wasm over JavaScript objects that satisfy the BlockDevice
 * interface of machine.d.ts.
 */
import { ERRNO, negativeErrno } from './errno.js';
import { toBytes } from './kernel_instance.js';

/** kDevicePending of syscalls/entry/host_imports.h. */
const PENDING = 1;

/** @returns {number} 0 or -errno */
function readAtOnce(device, offset, to) {
  try {
    return device.read(offset, to) === undefined ? 0 : -ERRNO.EIO;
  } catch (error) {
    return negativeErrno(error);
  }
}

export class BlockDevices {
  #done;
  #memories;

  /**
   * @param {import('./process_memories.js').ProcessMemories} memories
   * @param {(request: number, result: number, fill?: () => void) => void} done tells the kernel how a
   *   request went that was left pending, after `fill`
   */
  constructor(memories, done) {
    this.#memories = memories;
    this.#done = done;
    /** @type {import('./machine.d.ts').BlockDevice[]} */
    this.table = [];
    /** Bytes that the kernel has asked for and given away so far. */
    this.bytesRead = 0;
    this.bytesWritten = 0;
  }

  /** @returns {number} the device's number for kernel_mount_image */
  add(device) {
    return this.table.push(device) - 1;
  }

  /**
   * Makes a device's call: 0, -errno for what it threw, or PENDING where it has promised to end later.
   * `fill` puts the bytes that a read has promised where the kernel wants them.
   */
  #ask(request, call, fill = () => {}) {
    try {
      const answer = call();
      if (answer === undefined) return 0;
      answer.then(
        (bytes) => this.#done(request, 0, () => fill(bytes)),
        (error) => this.#done(request, negativeErrno(error)));
      return PENDING;
    } catch (error) {
      return negativeErrno(error);
    }
  }

  /** @param {import('./kernel_instance.js').KernelInstance} kernel */
  imports(kernel) {
    const { table } = this;
    return {
      device_size: (device) => table[device].size,
      device_read_only: (device) => (table[device].readOnly ? 1 : 0),
      device_identity: (device) => kernel.answer(toBytes(table[device].identity ?? '')),
      device_read: (device, offset, to, size, request) => {
        this.bytesRead += size;
        return this.#ask(request, () => table[device].read(offset, kernel.slice(to, size)),
          (bytes) => kernel.slice(to, size).set(bytes));
      },
      device_reads_at_once: (device) => (table[device].readsAtOnce ? 1 : 0),
      device_read_memory: (device, offset, id, address, size) => {
        this.bytesRead += size;
        return readAtOnce(table[device], offset, this.#memories.writable(id, address, size));
      },
      device_write: (device, offset, from, size, request) => {
        this.bytesWritten += size;
        return this.#ask(request, () => table[device].write(offset, kernel.slice(from, size)));
      },
      device_flush: (device, request) => this.#ask(request, () => table[device].flush()),
    };
  }
}
