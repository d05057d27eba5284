/** A file of the machine below as a block device. */
import fs from 'node:fs';
import { lockDisk } from './disk_lock.js';

export class NodeBlockDevice {
  readsAtOnce = true;

  /**
   * @param {string} path
   * @param {{writable?: boolean, create?: boolean}} [options] `create`: an empty file where there is none
   *   `writable`: nobody else may write to it meanwhile
   * Throws DiskLockedError, and what node:fs throws.
   */
  constructor(path, { writable = false, create = false } = {}) {
    if (create) fs.closeSync(fs.openSync(path, 'a'));
    this.release = writable ? lockDisk(path) : () => {};
    this.descriptor = fs.openSync(path, writable ? 'r+' : 'r');
    this.readOnly = !writable;
    this.size = fs.fstatSync(this.descriptor).size;
  }

  /** Lengthens the file; what is new is a hole. */
  extend(size) {
    if (size > this.size) this.resize(size);
  }

  resize(size) {
    fs.ftruncateSync(this.descriptor, size);
    this.size = size;
  }

  read(offset, to) {
    for (let done = 0; done < to.length; ) {
      const count = fs.readSync(this.descriptor, to, done, to.length - done, offset + done);
      if (count === 0) throw Object.assign(new Error('the file is too short'), { code: 'EIO' });
      done += count;
    }
  }

  write(offset, from) {
    for (let done = 0; done < from.length; ) {
      done += fs.writeSync(this.descriptor, from, done, from.length - done, offset + done);
    }
  }

  flush() {
    if (!this.readOnly) fs.fdatasyncSync(this.descriptor);
  }

  close() {
    fs.closeSync(this.descriptor);
    this.release();
  }
}
