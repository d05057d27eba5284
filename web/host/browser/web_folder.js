/**
 * A folder of a web server without a manifest, as a HostFolder: what is opened is fetched then, by a request that the
 * worker waits for. Such folders can't be listed, and a name without a file is ENOENT. For dedicated workers alone.
 */

const TYPE = Object.freeze({ directory: 0o040000, file: 0o100000 });
const O_ACCMODE = 0o3;
const KEPT_FILES = 64;

const decoder = new TextDecoder();

const refuse = (code) => Object.assign(new Error(code), { code });

export class WebFolder {
  counters = { requests: 0, bytes: 0 };
  #base;
  /** @type {Map<string, Uint8Array | null>} null: there is none */
  #files = new Map();
  #handles = new Map();
  #lastHandle = 0;

  /** @param {string} base absolute URL with a final slash */
  constructor(base) {
    this.#base = base;
  }

  #fetch(path) {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const request = new XMLHttpRequest();
    const address = path.split('/').map(encodeURIComponent).join('/');
    request.open('GET', new URL(address, this.#base), false);
    request.responseType = 'arraybuffer';
    try {
      request.send();
    } catch {
      throw refuse('EIO');
    }
    if (request.status !== 200 && request.status !== 404) throw refuse('EIO');
    this.counters.requests++;
    this.counters.bytes += request.response.byteLength;
    const bytes = request.status === 200 ? new Uint8Array(request.response) : null;
    if (this.#files.size >= KEPT_FILES) this.#files.delete(this.#files.keys().next().value);
    this.#files.set(path, bytes);
    return bytes;
  }

  #statOf(bytes, path) {
    const isFolder = bytes === undefined;
    const size = BigInt(bytes?.length ?? 0);
    let inode = 7n;
    for (const unit of path) inode = (inode * 31n + BigInt(unit.codePointAt(0))) & 0xffffffffn;
    return {
      mode: isFolder ? TYPE.directory | 0o755 : TYPE.file | 0o644, nlink: isFolder ? 2 : 1, uid: 0, gid: 0,
      device: 77n, rdev: 0n, inode: inode + 1n, size, blocks: (size + 511n) / 512n, atimeNs: 0n, mtimeNs: 0n, ctimeNs: 0n,
    };
  }

  /** A path's bytes; undefined: the folder itself. */
  #find(path) {
    const name = decoder.decode(path);
    if (name === '') return { name };
    const bytes = this.#fetch(name);
    if (bytes === null) throw refuse('ENOENT');
    return { name, bytes };
  }

  stat(path) {
    const { name, bytes } = this.#find(path);
    return this.#statOf(bytes, name);
  }

  list(path) {
    if (path.length > 0) throw refuse('ENOTDIR');
    return [];
  }

  readLink() {
    throw refuse('EINVAL');
  }

  open(path, flags) {
    if ((flags & O_ACCMODE) !== 0) throw refuse('EROFS');
    const found = this.#find(path);
    this.#handles.set(++this.#lastHandle, found);
    return this.#lastHandle;
  }

  close(handle) {
    this.#handles.delete(handle);
  }

  statHandle(handle) {
    const { name, bytes } = this.#handles.get(handle);
    return this.#statOf(bytes, name);
  }

  read(handle, offset, to) {
    const { bytes } = this.#handles.get(handle);
    const part = bytes.subarray(Math.min(offset, bytes.length), offset + to.length);
    to.set(part);
    return part.length;
  }

  sync() {}
}

for (const name of ['write', 'truncate', 'makeDirectory', 'remove', 'removeDirectory', 'rename', 'link', 'symlink',
  'changeMode', 'changeOwner', 'setTimes']) {
  WebFolder.prototype[name] = () => {
    throw refuse('EROFS');
  };
}
