/** A store that tells when what it keeps finds no room. */
export class RoomWatch {
  #device;
  #onNoRoom;

  /** @param {() => void} onNoRoom a call has failed with ENOSPC */
  constructor(device, onNoRoom) {
    this.#device = device;
    this.#onNoRoom = onNoRoom;
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
    return this.#device.read(offset, to);
  }

  write(offset, from) {
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
