/** A block device that counts the bytes that go through it, and tells when what it keeps finds no room. */
export class CountedDevice {
  bytesRead = 0;
  bytesWritten = 0;
  #device;
  #onNoRoom;

  /** @param {{onNoRoom?: () => void}} [events] `onNoRoom`: a call has failed with ENOSPC */
  constructor(device, { onNoRoom = () => {} } = {}) {
    this.#device = device;
    this.#onNoRoom = onNoRoom;
  }

  /** Of those that come over a network. */
  get bytesFetched() {
    return this.#device.counters?.bytes ?? 0;
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

  get readsAtOnce() {
    return this.#device.readsAtOnce;
  }

  read(offset, to) {
    this.bytesRead += to.length;
    return this.#device.read(offset, to);
  }

  write(offset, from) {
    this.bytesWritten += from.length;
    return this.#watch(() => this.#device.write(offset, from));
  }

  flush() {
    return this.#watch(() => this.#device.flush());
  }

  extend(size) {
    return this.#device.extend(size);
  }

  #watch(call) {
    const failed = (error) => {
      if (error.code === 'ENOSPC') this.#onNoRoom();
      throw error;
    };
    try {
      return call()?.catch(failed);
    } catch (error) {
      return failed(error);
    }
  }
}
