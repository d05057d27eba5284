/** A block device that counts the bytes that go through it. */
export class CountedDevice {
  bytesRead = 0;
  bytesWritten = 0;
  #device;

  constructor(device) {
    this.#device = device;
  }

  get size() {
    return this.#device.size;
  }

  get identity() {
    return this.#device.identity;
  }

  get readOnly() {
    return this.#device.readOnly;
  }

  read(offset, to) {
    this.bytesRead += to.length;
    return this.#device.read(offset, to);
  }

  write(offset, from) {
    this.bytesWritten += from.length;
    return this.#device.write(offset, from);
  }

  flush() {
    return this.#device.flush();
  }

  extend(size) {
    return this.#device.extend(size);
  }
}
