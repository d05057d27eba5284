// A FileSystemDirectoryHandle in memory. As of a real folder, handles are of paths, a File is of no use once its file has
// changed, and nothing that is written shows before its writable is closed. With switches for trouble.

const failure = (name, message = name) => new DOMException(message, name);

export class FakeWorld {
  root = { kind: 'directory', children: new Map() };
  /** What queryPermission says; without it nothing can be done. */
  permission = 'granted';
  /** Bytes that all files together may have. */
  quota = Infinity;
  /** Whether handles have `move`: true, false, or 'new' (only to where nothing is). */
  moves = false;
  /** Whether names are the same in capital letters, as on macOS and Windows. */
  ignoresCase = false;
  /** How often which method was called. */
  calls = new Map();
  #clock = 1_700_000_000_000;

  get handle() {
    return new FakeDirectory(this, []);
  }

  count(method) {
    this.calls.set(method, (this.calls.get(method) ?? 0) + 1);
    if (this.permission !== 'granted') throw failure('NotAllowedError');
  }

  find(path) {
    let node = this.root;
    for (const name of path) {
      node = this.childOf(node, name);
      if (node === undefined) throw failure('NotFoundError');
    }
    return node;
  }

  /** As the folder has it. */
  nameIn({ children }, name) {
    if (!this.ignoresCase) return name;
    return [...children.keys()].find((each) => each.toLowerCase() === name.toLowerCase()) ?? name;
  }

  childOf(node, name) {
    return node.children?.get(this.nameIn(node, name));
  }

  /** What somebody outside does. */
  put(path, bytes) {
    const names = path.split('/');
    const name = names.pop();
    let folder = this.root;
    for (const each of names) {
      if (!folder.children.has(each)) folder.children.set(each, { kind: 'directory', children: new Map() });
      folder = folder.children.get(each);
    }
    folder.children.set(name, { kind: 'file', bytes: Buffer.from(bytes), modified: this.tick() });
  }

  text(path) {
    return this.find(path.split('/')).bytes.toString();
  }

  has(path) {
    try {
      return this.find(path.split('/')) !== undefined;
    } catch {
      return false;
    }
  }

  remove(path) {
    const names = path.split('/');
    const name = names.pop();
    this.find(names).children.delete(name);
  }

  usedBytes(node = this.root) {
    if (node.kind === 'file') return node.bytes.length;
    return [...node.children.values()].reduce((sum, child) => sum + this.usedBytes(child), 0);
  }

  tick() {
    return this.#clock += 1000;
  }
}

class FakeHandle {
  constructor(world, path) {
    this.world = world;
    this.path = path;
    this.name = path.at(-1) ?? '';
  }

  async queryPermission() {
    return this.world.permission;
  }
}

class FakeDirectory extends FakeHandle {
  kind = 'directory';

  async #child(name, kind, { create = false } = {}) {
    this.world.count(kind === 'file' ? 'getFileHandle' : 'getDirectoryHandle');
    if (name === '' || name === '.' || name === '..' || /[/\\]/.test(name)) throw new TypeError('Name is not allowed.');
    const { children } = this.world.find(this.path);
    const there = this.world.childOf({ children }, name);
    if (there === undefined && !create) throw failure('NotFoundError');
    if (there !== undefined && there.kind !== kind) throw failure('TypeMismatchError');
    if (there === undefined) {
      children.set(name, kind === 'file' ? { kind, bytes: Buffer.alloc(0), modified: this.world.tick() }
        : { kind, children: new Map() });
    }
    const path = [...this.path, name];
    return kind === 'file' ? new FakeFile(this.world, path) : new FakeDirectory(this.world, path);
  }

  getFileHandle(name, options) {
    return this.#child(name, 'file', options);
  }

  getDirectoryHandle(name, options) {
    return this.#child(name, 'directory', options);
  }

  async removeEntry(name, { recursive = false } = {}) {
    this.world.count('removeEntry');
    const { children } = this.world.find(this.path);
    name = this.world.nameIn({ children }, name);
    const there = children.get(name);
    if (there === undefined) throw failure('NotFoundError');
    if (there.children?.size > 0 && !recursive) throw failure('InvalidModificationError');
    if (there.writables > 0) throw failure('NoModificationAllowedError');
    children.delete(name);
  }

  async * values() {
    this.world.count('values');
    for (const [name, { kind }] of [...this.world.find(this.path).children]) {
      const path = [...this.path, name];
      yield kind === 'file' ? new FakeFile(this.world, path) : new FakeDirectory(this.world, path);
    }
  }
}

class FakeFile extends FakeHandle {
  kind = 'file';

  async getFile() {
    this.world.count('getFile');
    const node = this.world.find(this.path);
    if (node.kind !== 'file') throw failure('TypeMismatchError');
    return new FakeSnapshot(this.world, this.path, node);
  }

  async createWritable({ keepExistingData = false } = {}) {
    this.world.count('createWritable');
    const node = this.world.find(this.path);
    node.writables = (node.writables ?? 0) + 1;
    return new FakeWritable(this.world, node, keepExistingData);
  }

  async move(folder, name) {
    const { world } = this;
    const { children } = world.find(folder.path);
    if (!world.moves || (world.moves === 'new' && children.has(name))) throw failure('InvalidModificationError');
    children.set(name, world.find(this.path)); // over what is there
    world.find(this.path.slice(0, -1)).children.delete(this.name);
  }
}

class FakeSnapshot extends Blob {
  constructor(world, path, { bytes, modified }) {
    super([bytes]);
    const isStill = () => world.has(path.join('/')) && world.find(path).modified === modified;
    Object.assign(this, { lastModified: modified, isStill, world });
  }

  slice(from, to) {
    const part = super.slice(from, to);
    const { isStill, world } = this;
    part.arrayBuffer = async () => {
      world.count('slice');
      if (!isStill()) throw failure('NotReadableError');
      return Blob.prototype.arrayBuffer.call(part);
    };
    return part;
  }
}

class FakeWritable {
  #bytes;

  constructor(world, node, keepExistingData) {
    this.world = world;
    this.node = node;
    this.#bytes = keepExistingData ? Buffer.from(node.bytes) : Buffer.alloc(0);
  }

  #resize(size) {
    if (this.world.usedBytes() - this.node.bytes.length + size > this.world.quota) throw failure('QuotaExceededError');
    const longer = Buffer.alloc(size);
    this.#bytes.copy(longer);
    this.#bytes = longer;
  }

  async write(what) {
    this.world.count('write');
    const { position, data } = what instanceof Blob ? { position: 0, data: what } : what;
    const bytes = Buffer.from(await data.arrayBuffer());
    if (position + bytes.length > this.#bytes.length) this.#resize(position + bytes.length);
    bytes.copy(this.#bytes, position);
  }

  async truncate(size) {
    this.world.count('truncate');
    this.#resize(size);
  }

  async close() {
    --this.node.writables;
    this.world.count('close');
    Object.assign(this.node, { bytes: this.#bytes, modified: this.world.tick() });
  }

  async abort() {
    --this.node.writables;
  }
}
