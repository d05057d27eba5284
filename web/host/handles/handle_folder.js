/**
 * A folder of the user's computer in a browser, behind a FileSystemDirectoryHandle of the File System Access API (or of
 * the origin-private file system), as a HostFolder. What can't be answered from what is known is promised.
 *
 * The API knows names, sizes, times of change and bytes. The rest is made up: files are 0644, folders 0755, of one owner
 * who does not change. Times that a program sets are kept here, as long as the file isn't changed. There are no links.
 */
import { ask, refuse } from './handle_errors.js';
import { moveEntry } from './handle_moves.js';
import { HandleTree, namesOf } from './handle_tree.js';

/** Linux x86-64 open flags, as the kernel passes them. */
const O_ACCMODE = 0o3;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_TRUNC = 0o1000;
const MODE = Object.freeze({ file: 0o100644, directory: 0o040755 });
const PERMISSION_MASK = 0o7777;
const NS_PER_MS = 1_000_000n;

const encoder = new TextEncoder();
/** st_dev of the first; apart from those of other folders. */
let lastDevice = 0x7000n;

const modeOf = (node) => (node.file === undefined ? MODE.directory : MODE.file);

/** Names that some hosts take for the same. */
const plain = (name) => name.normalize().toLowerCase();

/** Goes on with a value now, or when it has come. */
const then = (value, next) => (value instanceof Promise ? value.then(next) : next(value));

/** A HostFolder as it is, a FileSystemDirectoryHandle as one. Options: HandleFolder's. */
export function asHostFolder(folder, options) {
  const isHandle = folder.kind === 'directory' && typeof folder.getFileHandle === 'function';
  return isHandle ? new HandleFolder(folder, options) : folder;
}

export class HandleFolder {
  #tree;
  #owner;
  #tools;
  #device = ++lastDevice;
  /** @type {Map<number, import('./handle_file.js').HandleFile>} */
  #open = new Map();
  #lastHandle = 0;
  /** Names are changed one after the other. */
  #queue = Promise.resolve();

  /**
   * @param {FileSystemDirectoryHandle} handle
   * @param {{owner?: {uid: number, gid: number}, report?: (message: string) => void, now?: () => number}} [options]
   *   `owner`: of all that is in it; `report`: what nobody waits for any more has failed; `now`: milliseconds
   */
  constructor(handle, { owner = { uid: 0, gid: 0 }, report = () => {}, now = () => performance.now() } = {}) {
    this.#owner = owner;
    this.#tools = { report, now, changed: new Set() };
    this.#tree = new HandleTree(handle, this.#tools);
  }

  #alone(action) {
    const done = this.#queue.then(action);
    this.#queue = done.catch(() => {});
    return done;
  }

  /** The folder and the last name of a path. */
  async #place(path) {
    const names = namesOf(path, 'EILSEQ');
    const name = names.pop();
    const folder = await this.#tree.findNames(names);
    if (folder.children === undefined) throw refuse('ENOTDIR');
    return { folder, name };
  }

  #file(handle) {
    const open = this.#open.get(handle);
    if (open === undefined) throw refuse('EBADF');
    return open.file;
  }

  // ---- Looking ----

  #statOf(node) {
    const { file } = node;
    const size = file?.size ?? 0;
    const changed = BigInt(Math.round((file ?? node).modifiedMs)) * NS_PER_MS;
    const { accessed, modified } = (file ?? node).times ?? { accessed: changed, modified: changed };
    return {
      mode: modeOf(node), nlink: 1, ...this.#owner, device: this.#device, rdev: 0n, inode: node.number,
      size: BigInt(size), blocks: BigInt(Math.ceil(size / 512)), atimeNs: accessed, mtimeNs: modified, ctimeNs: changed,
    };
  }

  stat(path) {
    return then(this.#tree.find(path), (node) => this.#statOf(node));
  }

  /** What is known; when that is old, better the next time. */
  statHandle(handle) {
    const node = this.#open.get(handle);
    if (node === undefined) throw refuse('EBADF');
    if (!node.file.isFresh) node.file.refresh().catch(() => {}); // a read hears of it
    return this.#statOf(node);
  }

  list(path) {
    const entries = (nodes) => Array.from(nodes, (node) => ({
      name: encoder.encode(node.name), inode: node.number, type: modeOf(node) >> 12,
    }));
    return then(this.#tree.find(path), (folder) => then(this.#tree.list(folder), entries));
  }

  readLink() {
    throw refuse('EINVAL');
  }

  // ---- Files ----

  async open(path, flags) {
    const writes = (flags & O_ACCMODE) !== 0;
    const node = (flags & O_CREAT) !== 0
      ? await this.#alone(() => this.#openOrCreate(path, flags))
      : await this.#tree.find(path);
    const { file } = node;
    if (file === undefined) throw refuse('EISDIR');
    ++file.opens; // from now on it stays, even if it is removed
    try {
      if (writes) await this.#mayWrite(node);
      await file.refresh();
    } catch (error) {
      file.closed();
      throw error;
    }
    if ((flags & O_TRUNC) !== 0) file.truncate(0);
    this.#open.set(++this.#lastHandle, node);
    return this.#lastHandle;
  }

  /** Writing comes later: who isn't allowed to hears of it now. */
  async #mayWrite({ handle }) {
    const state = await handle.queryPermission?.({ mode: 'readwrite' }) ?? 'granted';
    if (state !== 'granted') throw refuse('EACCES');
  }

  async #openOrCreate(path, flags) {
    const { folder, name } = await this.#place(path);
    if (await this.#isThere(folder, name)) {
      if ((flags & O_EXCL) !== 0) throw refuse('EEXIST');
      return this.#tree.find(path);
    }
    return this.#tree.added(folder, name, await ask(() => folder.handle.getFileHandle(name, { create: true })));
  }

  /** Asks the host itself: it may not tell capital letters from small ones, or have changed. */
  #isThere(folder, name) {
    return this.#tree.handleOf(folder, name).then(() => true, (error) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    });
  }

  close(handle) {
    const file = this.#file(handle);
    this.#open.delete(handle);
    file.closed();
  }

  read(handle, offset, to) {
    return this.#file(handle).read(offset, to);
  }

  write(handle, offset, from) {
    return this.#file(handle).write(offset, from);
  }

  truncate(handle, size) {
    this.#file(handle).truncate(size);
  }

  sync(handle) {
    const file = this.#file(handle);
    return file.isChanged ? file.commit() : undefined;
  }

  flush(handle) {
    return this.sync(handle);
  }

  async syncAll() {
    const outcomes = await Promise.allSettled([...this.#tools.changed].map((file) => file.commit()));
    for (const { reason } of outcomes) if (reason !== undefined) throw reason;
  }

  // ---- Names ----

  makeDirectory(path) {
    return this.#alone(async () => {
      const { folder, name } = await this.#place(path);
      if (await this.#isThere(folder, name)) throw refuse('EEXIST');
      this.#tree.added(folder, name, await ask(() => folder.handle.getDirectoryHandle(name, { create: true })));
    });
  }

  remove(path) {
    return this.#alone(async () => {
      const node = await this.#tree.find(path);
      if (node.file === undefined) throw refuse('EISDIR');
      await this.#remove(node);
    });
  }

  removeDirectory(path) {
    return this.#alone(async () => {
      const node = await this.#tree.find(path);
      if (node.children === undefined) throw refuse('ENOTDIR');
      await this.#remove(node);
    });
  }

  async #remove(node) {
    const remove = () => ask(() => node.parent.handle.removeEntry(node.name));
    await (node.file === undefined ? remove() : node.file.whileGoing(remove));
    this.#tree.removed(node);
  }

  rename(from, to) {
    return this.#alone(async () => {
      const node = await this.#tree.find(from);
      const { folder, name } = await this.#place(to);
      // Where the host takes both for one name, a copy would be one of the file onto itself.
      if (folder === node.parent && name !== node.name && plain(name) === plain(node.name)) {
        await this.#move(node, folder, `${name}.renamed`);
      }
      await this.#move(node, folder, name);
    });
  }

  async #move(node, folder, name) {
    const there = await this.#target(node, folder, name);
    if (there === node) return;
    const move = async () => {
      await moveEntry({ handle: node.handle, folder: node.parent.handle, name: node.name }, folder.handle, name);
      await this.#tree.moved(node, folder, name);
    };
    // What is in a folder is written first: its files' handles lead nowhere after that.
    const moveWritten = () => (node.file === undefined ? this.syncAll().then(move) : node.file.whileIdle(move));
    await (there === undefined ? moveWritten() : there.file.whileGoing(moveWritten));
  }

  /** What has the name already, if anything: a file to be replaced. An empty folder makes way for a folder. */
  async #target(node, folder, name) {
    if (!(await this.#isThere(folder, name))) return undefined;
    const there = await this.#tree.findNames([...this.#namesTo(folder), name]);
    if (there === node) return there;
    if (node.file === undefined && there.file !== undefined) throw refuse('ENOTDIR');
    if (node.file !== undefined && there.file === undefined) throw refuse('EISDIR');
    if (there.file !== undefined) return there;
    await this.#remove(there);
    return undefined;
  }

  #namesTo(node) {
    const names = [];
    for (let at = node; at.parent !== undefined; at = at.parent) names.unshift(at.name);
    return names;
  }

  // ---- What the API has nothing for ----

  link() {
    throw refuse('EPERM');
  }

  symlink() {
    throw refuse('EPERM');
  }

  changeMode(path, mode) {
    return then(this.#tree.find(path), (node) => {
      if ((modeOf(node) & PERMISSION_MASK) !== mode) throw refuse('EPERM');
    });
  }

  changeOwner(path, uid, gid) {
    return then(this.#tree.find(path), () => {
      if (uid !== this.#owner.uid || gid !== this.#owner.gid) throw refuse('EPERM');
    });
  }

  setTimes(path, atimeNs, mtimeNs) {
    return then(this.#tree.find(path), (node) => {
      (node.file ?? node).times = { accessed: atimeNs, modified: mtimeNs };
    });
  }
}
