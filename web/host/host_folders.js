/**
 * Host folders, as hostfs mounts them: the folder_* imports of kernel.wasm over JavaScript objects that
 * satisfy the HostFolder interface of machine.d.ts. Paths reach them as raw bytes.
 */
import { negativeErrno } from './errno.js';

/** HostStat of syscalls/kernel/host.h. */
const STAT_SIZE = 80;
const LIST_ENTRY_HEADER = 11;

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

/** Runs `call`; its number, or 0 for nothing, or -errno for what it threw. */
function attempt(call) {
  try {
    return call() ?? 0;
  } catch (error) {
    return negativeErrno(error);
  }
}

export class HostFolders {
  constructor() {
    /** @type {import('./machine.d.ts').HostFolder[]} */
    this.table = [];
  }

  /** @returns {number} the folder's number for kernel_mount_folder */
  add(folder) {
    return this.table.push(folder) - 1;
  }

  /** @param {import('./kernel_instance.js').KernelInstance} kernel */
  imports(kernel) {
    // A path outlives the call in the folder's hands, so it is a copy.
    const path = (address, size) => kernel.slice(address, size).slice();
    const at = (folder, call) => attempt(() => call(this.table[folder]));
    const stat = (address, value) => writeStat(kernel.dataView(address, STAT_SIZE), value);
    return {
      folder_stat: (folder, name, size, to) => at(folder, (f) => stat(to, f.stat(path(name, size)))),
      folder_read_link: (folder, name, size) =>
        at(folder, (f) => kernel.answer(f.readLink(path(name, size)))),
      folder_list: (folder, name, size) =>
        at(folder, (f) => kernel.answer(packList(f.list(path(name, size))))),
      folder_open: (folder, name, size, flags, mode) =>
        at(folder, (f) => f.open(path(name, size), flags, mode)),
      folder_close: (folder, handle) => void at(folder, (f) => f.close(handle)),
      folder_stat_handle: (folder, handle, to) => at(folder, (f) => stat(to, f.statHandle(handle))),
      folder_read: (folder, handle, offset, to, size) =>
        at(folder, (f) => f.read(handle, offset, kernel.slice(to, size))),
      folder_write: (folder, handle, offset, from, size) =>
        at(folder, (f) => f.write(handle, offset, kernel.slice(from, size))),
      folder_truncate: (folder, handle, size) => at(folder, (f) => f.truncate(handle, size)),
      folder_sync: (folder, handle) => at(folder, (f) => f.sync(handle)),
      folder_make_directory: (folder, name, size, mode) =>
        at(folder, (f) => f.makeDirectory(path(name, size), mode)),
      folder_remove: (folder, name, size) => at(folder, (f) => f.remove(path(name, size))),
      folder_remove_directory: (folder, name, size) =>
        at(folder, (f) => f.removeDirectory(path(name, size))),
      folder_rename: (folder, from, fromSize, to, toSize) =>
        at(folder, (f) => f.rename(path(from, fromSize), path(to, toSize))),
      folder_link: (folder, from, fromSize, to, toSize) =>
        at(folder, (f) => f.link(path(from, fromSize), path(to, toSize))),
      folder_symlink: (folder, target, targetSize, name, size) =>
        at(folder, (f) => f.symlink(path(target, targetSize), path(name, size))),
      folder_change_mode: (folder, name, size, mode) =>
        at(folder, (f) => f.changeMode(path(name, size), mode)),
      folder_change_owner: (folder, name, size, uid, gid) =>
        at(folder, (f) => f.changeOwner(path(name, size), uid >>> 0, gid >>> 0)),
      folder_set_times: (folder, name, size, times) => {
        const view = kernel.dataView(times, 16);
        const [atime, mtime] = [view.getBigInt64(0, true), view.getBigInt64(8, true)];
        return at(folder, (f) => f.setTimes(path(name, size), atime, mtime));
      },
    };
  }
}
