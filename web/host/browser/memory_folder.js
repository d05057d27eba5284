/**
 * A folder in memory as a HostFolder: programs read it; what is in it is put there from outside, before or while they run.
 */

/** Linux x86-64 open flags, as the kernel passes them. */
const O_ACCMODE = 0o3;
const O_CREAT = 0o100;
const O_TRUNC = 0o1000;
/** st_mode's types; DT_* of dirent.h is bits 12 to 15. */
const TYPE_MASK = 0o170000;
const TYPE = Object.freeze({ directory: 0o040000, file: 0o100000, link: 0o120000 });
const IMPLIED_DIRECTORY = TYPE.directory | 0o755;
const NEW_FILE = TYPE.file | 0o644;

const encoder = new TextEncoder();
let lastDevice = 0;

/** A refusal, in the form of Node's own errors. */
function refuse(code) {
  return Object.assign(new Error(code), { code });
}

/** Names are bytes: a map's key has one character a byte. */
function keyOf(bytes) {
  let key = '';
  for (const byte of bytes) key += String.fromCharCode(byte);
  return key;
}

const nanoseconds = (seconds) => BigInt(Math.round(seconds * 1e6)) * 1000n;
const bytesOf = (key) => Uint8Array.from(key, (character) => character.charCodeAt(0));

/** A path as a key. Throws an Error for what is no plain relative path. */
function plainKey(path) {
  const isPlain = (name) => name !== '' && name !== '.' && name !== '..' && !name.includes('\0');
  if (typeof path !== 'string' || !path.split('/').every(isPlain)) {
    throw new Error(`${JSON.stringify(path)} is no plain relative path`);
  }
  return keyOf(encoder.encode(path));
}

export class MemoryFolder {
  /** @type {Map<string, object>} by path; '' is the folder itself */
  #nodes = new Map();
  /** @type {Map<number, object>} open files */
  #handles = new Map();
  #lastHandle = 0;
  #device = BigInt(++lastDevice);

  constructor() {
    this.#add('', { mode: IMPLIED_DIRECTORY });
  }

  /**
   * Adds what isn't there yet; directories above it are made.
   * @param {{path: string, mode: number, uid?: number, gid?: number, mtime?: number, target?: string, bytes?: Uint8Array}} entry
   *   FORMAT.md's, a file's with its `bytes`
   */
  add(entry) {
    const key = plainKey(entry.path);
    this.#makeParents(key);
    this.#add(key, entry);
  }

  /** A file's new contents; it is made where it isn't there. */
  put(path, bytes) {
    const known = this.#nodes.get(plainKey(path));
    if (known === undefined) return this.add({ path, mode: NEW_FILE, mtime: Date.now() / 1000, bytes });
    if ((known.mode & TYPE_MASK) !== TYPE.file) throw new Error(`${path} is no file`);
    Object.assign(known, { bytes, timeNs: nanoseconds(Date.now() / 1000) });
  }

  #makeParents(key) {
    for (let end = key.indexOf('/'); end !== -1; end = key.indexOf('/', end + 1)) {
      const node = this.#nodes.get(key.slice(0, end));
      if (node === undefined) this.#add(key.slice(0, end), { mode: IMPLIED_DIRECTORY });
      else if (node.children === undefined) throw new Error(`${key.slice(0, end)} is no directory`);
    }
  }

  #add(key, { mode, uid = 0, gid = 0, mtime = 0, target, bytes }) {
    const type = mode & TYPE_MASK;
    const known = this.#nodes.get(key);
    if (known !== undefined && (known.children === undefined || type !== TYPE.directory)) {
      throw new Error(`${key} is there twice`);
    }
    const inode = known?.inode ?? BigInt(this.#nodes.size + 1);
    const node = { mode, uid, gid, inode, timeNs: nanoseconds(mtime) };
    if (type === TYPE.directory) node.children = known?.children ?? new Map();
    else if (type === TYPE.link) node.bytes = encoder.encode(target);
    else if (type === TYPE.file) node.bytes = bytes;
    else throw new Error(`${key} is no file, directory or symbolic link`);
    this.#nodes.set(key, node);
    if (key === '') return;
    const slash = key.lastIndexOf('/');
    const parent = this.#nodes.get(key.slice(0, Math.max(slash, 0)));
    parent.children.set(key.slice(slash + 1), node);
  }

  #find(path) {
    if (path.includes(0)) throw refuse('EINVAL');
    const node = this.#nodes.get(keyOf(path));
    if (node === undefined) throw refuse('ENOENT');
    return node;
  }

  #open(handle) {
    const node = this.#handles.get(handle);
    if (node === undefined) throw refuse('EBADF');
    return node;
  }

  #statOf({ mode, uid, gid, inode, timeNs, children, bytes }) {
    const size = BigInt(bytes?.length ?? 0);
    let nlink = 1;
    if (children !== undefined) {
      nlink = 2;
      for (const child of children.values()) nlink += child.children === undefined ? 0 : 1;
    }
    return {
      mode, nlink, uid, gid, inode, size,
      device: this.#device,
      rdev: 0n,
      blocks: (size + 511n) / 512n,
      atimeNs: timeNs, mtimeNs: timeNs, ctimeNs: timeNs,
    };
  }

  stat(path) {
    return this.#statOf(this.#find(path));
  }

  readLink(path) {
    const node = this.#find(path);
    if ((node.mode & TYPE_MASK) !== TYPE.link) throw refuse('EINVAL');
    return node.bytes;
  }

  list(path) {
    const { children } = this.#find(path);
    if (children === undefined) throw refuse('ENOTDIR');
    return [...children].map(([key, { inode, mode }]) =>
      ({ name: bytesOf(key), inode, type: (mode & TYPE_MASK) >> 12 }));
  }

  open(path, flags) {
    if ((flags & O_ACCMODE) !== 0 || (flags & (O_CREAT | O_TRUNC)) !== 0) throw refuse('EROFS');
    const node = this.#find(path);
    const type = node.mode & TYPE_MASK;
    if (type === TYPE.link) throw refuse('ELOOP');
    if (type !== TYPE.file) throw refuse('ENXIO');
    this.#handles.set(++this.#lastHandle, node);
    return this.#lastHandle;
  }

  close(handle) {
    this.#open(handle);
    this.#handles.delete(handle);
  }

  statHandle(handle) {
    return this.#statOf(this.#open(handle));
  }

  read(handle, offset, to) {
    const { bytes } = this.#open(handle);
    const part = bytes.subarray(Math.min(offset, bytes.length), offset + to.length);
    to.set(part);
    return part.length;
  }

  sync(handle) {
    this.#open(handle);
  }
}

const CHANGES = [
  'write', 'truncate', 'makeDirectory', 'remove', 'removeDirectory', 'rename', 'link', 'symlink',
  'changeMode', 'changeOwner', 'setTimes',
];
for (const name of CHANGES) {
  MemoryFolder.prototype[name] = () => {
    throw refuse('EROFS');
  };
}
