/**
 * Host folders, as hostfs mounts them: the folder_* imports of kernel.wasm over JavaScript objects that
 * satisfy the HostFolder interface of machine.d.ts. Paths reach them as raw bytes.
 */
import { ERRNO, negativeErrno } from './errno.js';

/** HostStat of syscalls/kernel/host.h. */
const STAT_SIZE = 80;
const LIST_ENTRY_HEADER = 11;
/** kFolderPending of syscalls/entry/host_imports.h. */
const PENDING = -0x80000000;

function writeStat(view, stat) {
  view.setUint32(0, stat.mode, true);
  view.setUint32(4, stat.nlink, true);
  view.setUint32(8, stat.uid, true);
  view.setUint32(12, stat.gid, true);
  view.setBigUint64(16, stat.device, true);
  view.setBigUint64(24, stat.rdev, true);
  view.setBigUint64(32, stat.inode, true);
  view.setBigUint64(40, stat.size, true);
  view.setBigUint64(48, stat.blocks, true);
  view.setBigInt64(56, stat.atimeNs, true);
  view.setBigInt64(64, stat.mtimeNs, true);
  view.setBigInt64(72, stat.ctimeNs, true);
}

/** The packed list that WasmHostFolder::List reads. */
function packList(entries) {
  const size = entries.reduce((sum, entry) => sum + LIST_ENTRY_HEADER + entry.name.length, 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { name, inode, type } of entries) {
    view.setBigUint64(at, inode, true);
    view.setUint8(at + 8, type);
    view.setUint16(at + 9, name.length, true);
    bytes.set(name, at + LIST_ENTRY_HEADER);
    at += LIST_ENTRY_HEADER + name.length;
  }
  return bytes;
}

const NOTHING = new Uint8Array(0);

/**
 * How an answer reaches the kernel: `now`, from inside the import, as its result (and at the address that the import was
 * given for it); `later` as a result and bytes.
 * @typedef {{now: (value: any, to?: number) => number, later: (value: any) => {result: number, bytes?: Uint8Array}}} Form
 */

/** @type {Form} */
const NUMBER = { now: (value) => value, later: (result) => ({ result }) };
/** @type {Form} of what answers nothing, whatever it returns */
const DONE = { now: () => 0, later: () => ({ result: 0 }) };

export class HostFolders {
  #done;

  /**
   * @param {(request: number, result: number, bytes: Uint8Array) => void} done tells the kernel how a call went that
   *   was left pending
   */
  constructor(done) {
    this.#done = done;
    /** @type {import('./machine.d.ts').HostFolder[]} */
    this.table = [];
  }

  /** @returns {number} the folder's number for kernel_mount_folder */
  add(folder) {
    return this.table.push(folder) - 1;
  }

  /** It isn't mounted any more; what the kernel still wants of it is EIO. */
  remove(number) {
    delete this.table[number];
  }

  /** A folder's call: its result, or -errno for what it threw, or PENDING where it has promised to answer later. */
  #ask(number, request, form, call, to) {
    const folder = this.table[number];
    if (folder === undefined) return -ERRNO.EIO;
    try {
      const answer = call(folder);
      if (!(answer instanceof Promise)) return form.now(answer, to);
      this.#tellLater(request, form, answer);
      return PENDING;
    } catch (error) {
      return negativeErrno(error);
    }
  }

  async #tellLater(request, form, answer) {
    let told;
    try {
      told = form.later(await answer);
    } catch (error) {
      // The guest must not wait for ever, whatever it is.
      told = { result: typeof error?.code === 'string' ? negativeErrno(error) : -ERRNO.EIO };
    }
    this.#done(request, told.result, told.bytes ?? NOTHING);
  }

  /** @param {import('./kernel_instance.js').KernelInstance} kernel */
  imports(kernel) {
    // A path outlives the call in the folder's hands, so it is a copy.
    const path = (address, size) => kernel.slice(address, size).slice();
    const ask = (folder, request, form, call, to) => this.#ask(folder, request, form, call, to);
    const bytesForm = { now: (bytes) => kernel.answer(bytes), later: (bytes) => ({ result: bytes.length, bytes }) };
    const listForm = {
      now: (entries) => kernel.answer(packList(entries)), later: (entries) => bytesForm.later(packList(entries)),
    };
    const readForm = { now: NUMBER.now, later: bytesForm.later };
    const statForm = {
      now: (stat, to) => {
        writeStat(kernel.dataView(to, STAT_SIZE), stat);
        return 0;
      },
      later: (stat) => {
        const bytes = new Uint8Array(STAT_SIZE);
        writeStat(new DataView(bytes.buffer), stat);
        return { result: 0, bytes };
      },
    };
    const folderAnd = (paths) => (form, call) => (folder, ...rest) => {
      const given = [];
      for (let i = 0; i < paths; i++) given.push(path(...rest.splice(0, 2)));
      const request = rest.pop();
      return ask(folder, request, form, (f) => call(f, ...given, ...rest));
    };
    const [withHandle, withPath, withPaths] = [0, 1, 2].map(folderAnd);
    return {
      folder_stat: (folder, name, size, to, request) =>
        ask(folder, request, statForm, (f) => f.stat(path(name, size)), to),
      folder_read_link: withPath(bytesForm, (f, name) => f.readLink(name)),
      folder_list: withPath(listForm, (f, name) => f.list(name)),
      folder_open: withPath(NUMBER, (f, name, flags, mode) => f.open(name, flags, mode)),
      folder_close: (folder, handle) => void ask(folder, 0, DONE, (f) => f.close(handle)),
      folder_stat_handle: (folder, handle, to) => ask(folder, 0, statForm, (f) => f.statHandle(handle), to),
      folder_read: withHandle(readForm, (f, handle, offset, to, size) => f.read(handle, offset, kernel.slice(to, size))),
      folder_write: withHandle(NUMBER, (f, handle, offset, from, size) =>
        f.write(handle, offset, kernel.slice(from, size))),
      folder_truncate: withHandle(DONE, (f, handle, size) => f.truncate(handle, size)),
      folder_sync: withHandle(DONE, (f, handle) => f.sync(handle)),
      folder_flush: withHandle(DONE, (f, handle) => f.flush?.(handle)),
      folder_sync_all: withHandle(DONE, (f) => f.syncAll?.()),
      folder_make_directory: withPath(DONE, (f, name, mode) => f.makeDirectory(name, mode)),
      folder_remove: withPath(DONE, (f, name) => f.remove(name)),
      folder_remove_directory: withPath(DONE, (f, name) => f.removeDirectory(name)),
      folder_rename: withPaths(DONE, (f, from, to) => f.rename(from, to)),
      folder_link: withPaths(DONE, (f, from, to) => f.link(from, to)),
      folder_symlink: withPaths(DONE, (f, target, name) => f.symlink(target, name)),
      folder_change_mode: withPath(DONE, (f, name, mode) => f.changeMode(name, mode)),
      folder_change_owner: withPath(DONE, (f, name, uid, gid) => f.changeOwner(name, uid >>> 0, gid >>> 0)),
      folder_set_times: withPath(DONE, (f, name, times) => {
        const view = kernel.dataView(times, 16);
        return f.setTimes(name, view.getBigInt64(0, true), view.getBigInt64(8, true));
      }),
    };
  }
}
