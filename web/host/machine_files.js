/**
 * machine.fs: the guest's files from outside, through the kernel's vfs, with the rights of its superuser. Types
 * and contracts in machine.d.ts. Errors carry Linux's number in `errno`.
 */
import { ERRNO } from './errno.js';
import { FileError } from './errors.js';
import { readPieces } from './file_pieces.js';
import { toBytes } from './kernel_instance.js';
import { packTree } from './tar_pack.js';
import { unpackTree } from './tar_unpack.js';
import { watchFile } from './watch_file.js';

/** FileOperation of syscalls/entry/machine_files.h. */
const OPERATION = Object.freeze({
  read: 0, write: 1, append: 2, list: 3, stat: 4, statLink: 5, readLink: 6, makeDirectory: 7, remove: 8,
  removeDirectory: 9, rename: 10, symlink: 11, changeMode: 12, changeOwner: 13, setModified: 14, sync: 15,
  statFilesystem: 16, changeLinkOwner: 17, setLinkModified: 18, listAttributes: 19, setAttribute: 20,
  removeAttribute: 21, link: 22, makeNode: 23,
});
const LIST_ENTRY_HEADER = 11;
const TYPE_MASK = 0o170000;
/** st_mode's types, shifted as d_type is. */
const TYPE_NAMES = Object.freeze({
  1: 'fifo', 2: 'character device', 4: 'directory', 6: 'block device', 8: 'file', 10: 'link', 12: 'socket',
});

const decoder = new TextDecoder();
const asText = (bytes) => decoder.decode(bytes);
const asBytes = (bytes) => bytes.slice();

function unpackList(bytes, nameOf) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + LIST_ENTRY_HEADER + view.getUint16(at + 9, true);
    const name = nameOf(bytes.subarray(at + LIST_ENTRY_HEADER, end));
    entries.push({ name, type: TYPE_NAMES[bytes[at + 8]] ?? 'unknown' });
    at = end;
  }
  return entries;
}

/** kListAttributes of syscalls/entry/machine_files.h. */
function unpackAttributes(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const attributes = new Map();
  for (let at = 0; at < bytes.length;) {
    const nameEnd = at + 2 + view.getUint16(at, true);
    const end = nameEnd + 4 + view.getUint32(nameEnd, true);
    attributes.set(decoder.decode(bytes.subarray(at + 2, nameEnd)), bytes.slice(nameEnd + 4, end));
    at = end;
  }
  return attributes;
}

/** HostStat of syscalls/kernel/host.h. */
function unpackStat(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mode = view.getUint32(0, true);
  const milliseconds = (at) => Number(view.getBigInt64(at, true)) / 1e6;
  return {
    type: TYPE_NAMES[(mode & TYPE_MASK) >> 12] ?? 'unknown',
    mode: mode & 0o7777,
    links: view.getUint32(4, true),
    uid: view.getUint32(8, true),
    gid: view.getUint32(12, true),
    device: Number(view.getBigUint64(24, true)),
    inode: view.getBigUint64(32, true),
    size: Number(view.getBigUint64(40, true)),
    blocks: Number(view.getBigUint64(48, true)),
    accessed: new Date(milliseconds(56)),
    modified: new Date(milliseconds(64)),
    changed: new Date(milliseconds(72)),
  };
}

const parentOf = (path) => path.replace(/\/+[^/]+\/*$/, '') || '/';

export class MachineFiles {
  #request;

  /**
   * @param {(request: {operation: number, path: Uint8Array, data: Uint8Array, number: number,
   *   offset: number}) => Promise<Uint8Array | number>} request the answer's bytes (a copy), or -errno
   */
  constructor(request) {
    this.#request = request;
  }

  async #do(operation, path, { data = '', number = 0, offset = 0 } = {}) {
    const bytes = toBytes(path);
    if (bytes.includes(0)) throw new FileError(path, ERRNO.EINVAL);
    const answer = await this.#request(
      { operation: OPERATION[operation], path: bytes, data: toBytes(data), number, offset });
    if (typeof answer === 'number') throw new FileError(path, -answer);
    return answer;
  }

  /** Without a length: all from there on. */
  readFile(path, { offset = 0, length = 0 } = {}) {
    return this.#do('read', path, { offset, number: length });
  }

  /** The same, however long it is. */
  readPieces(path, range) {
    return readPieces(this, path, range);
  }

  /** Creates the file or replaces what it holds. */
  async writeFile(path, data, { mode = 0o644, append = false } = {}) {
    await this.#do(append ? 'append' : 'write', path, { data, number: mode });
  }

  async readdir(path, { asBytes: wantsBytes = false } = {}) {
    return unpackList(await this.#do('list', path), wantsBytes ? asBytes : asText);
  }

  async stat(path) {
    return unpackStat(await this.#do('stat', path));
  }

  async lstat(path) {
    return unpackStat(await this.#do('statLink', path));
  }

  async readlink(path, { asBytes: wantsBytes = false } = {}) {
    return (wantsBytes ? asBytes : asText)(await this.#do('readLink', path));
  }

  async mkdir(path, { mode = 0o755, recursive = false } = {}) {
    try {
      await this.#do('makeDirectory', path, { number: mode });
    } catch (error) {
      if (!recursive || (error.errno !== ERRNO.ENOENT && error.errno !== ERRNO.EEXIST)) throw error;
      if (error.errno === ERRNO.EEXIST) return void (await this.#checkDirectory(path));
      if (parentOf(path) === path) throw error;
      await this.mkdir(parentOf(path), { recursive });
      await this.mkdir(path, { mode, recursive });
    }
  }

  async #checkDirectory(path) {
    if ((await this.stat(path)).type !== 'directory') throw new FileError(path, ERRNO.EEXIST);
  }

  async unlink(path) {
    await this.#do('remove', path);
  }

  async rmdir(path) {
    await this.#do('removeDirectory', path);
  }

  /** A file, or a directory with all that is in it. */
  async remove(path) {
    if ((await this.lstat(path)).type !== 'directory') return this.unlink(path);
    for (const { name } of await this.readdir(path)) await this.remove(`${path}/${name}`);
    return this.rmdir(path);
  }

  async rename(from, to) {
    await this.#do('rename', from, { data: to });
  }

  async symlink(target, path) {
    await this.#do('symlink', path, { data: target });
  }

  async chmod(path, mode) {
    await this.#do('changeMode', path, { number: mode });
  }

  async chown(path, uid, gid) {
    await this.#do('changeOwner', path, { number: uid, offset: gid });
  }

  async lchown(path, uid, gid) {
    await this.#do('changeLinkOwner', path, { number: uid, offset: gid });
  }

  async setModified(path, date) {
    await this.#do('setModified', path, { offset: date.getTime() / 1000 });
  }

  async setLinkModified(path, date) {
    await this.#do('setLinkModified', path, { offset: date.getTime() / 1000 });
  }

  async link(existing, path) {
    await this.#do('link', path, { data: existing });
  }

  async mknod(path, mode, device = 0) {
    await this.#do('makeNode', path, { number: mode, offset: device });
  }

  async attributes(path) {
    return unpackAttributes(await this.#do('listAttributes', path));
  }

  async setAttribute(path, name, value) {
    const [nameBytes, valueBytes] = [toBytes(name), toBytes(value)];
    const data = new Uint8Array(nameBytes.length + 1 + valueBytes.length);
    data.set(nameBytes);
    data.set(valueBytes, nameBytes.length + 1);
    await this.#do('setAttribute', path, { data });
  }

  async removeAttribute(path, name) {
    await this.#do('removeAttribute', path, { data: name });
  }

  /** Everything that was written is where it stays. */
  async sync() {
    await this.#do('sync', '/');
  }

  /** A tar archive of a folder, as pieces. */
  exportTar(path) {
    return packTree(this, path);
  }

  /** Unpacks an archive into a folder, which is made if need be. */
  async importTar(path, archive) {
    await this.mkdir(path, { recursive: true });
    return unpackTree(this, path, archive);
  }

  /** Of the filesystem that a path is on. */
  async statfs(path) {
    const answer = await this.#do('statFilesystem', path);
    const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength);
    const [blockBytes, blocks, free] = [0, 8, 16].map((at) => Number(view.getBigUint64(at, true)));
    return { totalBytes: blocks * blockBytes, freeBytes: free * blockBytes };
  }

  watch(path, callback) {
    return watchFile(this, path, callback);
  }
}
