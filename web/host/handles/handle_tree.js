/**
 * What is known of a folder behind a FileSystemDirectoryHandle: its names, each with a handle and a number that stays.
 * A look at the host counts for FRESH_MS; what is made and removed here is known at once.
 */
import { ask, refuse } from './handle_errors.js';
import { FRESH_MS, HandleFile } from './handle_file.js';

const ABSENT_AT_MOST = 1000;
/** Of a folder that was just listed, who asks for one file's attributes asks for more. */
const LOOK_AHEAD = 16;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @returns {string[]} @param {string} code what a name that no host can have is */
export function namesOf(path, code = 'ENOENT') {
  if (path.length === 0) return [];
  try {
    return decoder.decode(path).split('/');
  } catch {
    throw refuse(code);
  }
}

/** A file or folder: `file` or `children`. */
class HandleNode {
  seenAt = -Infinity;
  /** Of a folder: names that were looked for in vain, and when; when it was listed; counts what happens to it here. */
  absent = new Map();
  listedAt = -Infinity;
  changes = 0;
  /** Looks at the host that are under way, by name. */
  asking = new Map();
  modifiedMs = Date.now();
  /** Of a folder, as HandleFile's. */
  times;

  constructor(number, parent, name, handle, file) {
    this.number = number;
    this.parent = parent;
    this.name = name;
    this.handle = handle;
    this.file = file;
    this.children = file === undefined ? new Map() : undefined;
  }
}

export class HandleTree {
  #tools;
  #lastNumber = 0n;

  /** @param tools HandleFile's */
  constructor(handle, tools) {
    this.#tools = tools;
    this.root = this.#make(undefined, '', handle);
  }

  #make(parent, name, handle) {
    const file = handle.kind === 'file' ? new HandleFile(handle, this.#tools) : undefined;
    return new HandleNode(++this.#lastNumber, parent, name, handle, file);
  }

  #isFresh(time) {
    return this.#tools.now() - time < FRESH_MS;
  }

  /** @returns {HandleNode | Promise<HandleNode>} throws ENOENT, ENOTDIR, EACCES */
  find(path) {
    return this.findNames(namesOf(path));
  }

  findNames(names) {
    let node = this.root;
    for (let i = 0; i < names.length; i++) {
      const child = this.#known(node, names[i]);
      if (child === undefined) return this.#findSlowly(node, names.slice(i));
      node = child;
    }
    return node;
  }

  async #findSlowly(node, names) {
    for (const name of names) node = this.#known(node, name) ?? await this.#look(node, name);
    return node;
  }

  /** undefined: the host has to be asked. */
  #known(folder, name) {
    if (folder.children === undefined) throw refuse('ENOTDIR');
    const child = folder.children.get(name);
    if (child?.file?.isChanged) return child;
    if (child !== undefined) return this.#isFresh(child.seenAt) && (child.file?.isFresh ?? true) ? child : undefined;
    const absentSince = this.#isFresh(folder.listedAt) ? folder.listedAt : folder.absent.get(name);
    if (absentSince !== undefined && this.#isFresh(absentSince)) throw refuse('ENOENT');
    return undefined;
  }

  #look(folder, name) {
    let asking = folder.asking.get(name);
    if (asking === undefined) {
      asking = this.#lookAtHost(folder, name).finally(() => folder.asking.delete(name));
      folder.asking.set(name, asking);
    }
    return asking;
  }

  async #lookAtHost(folder, name) {
    const known = folder.children.get(name);
    try {
      const isThere = known !== undefined && this.#isFresh(known.seenAt);
      const node = isThere ? known : this.#found(folder, name, await this.#handleSteadily(folder, name));
      if (node.file !== undefined) await Promise.all([node.file.refresh(), this.#lookAhead(folder, name)]);
      return node;
    } catch (error) {
      if (error.code === 'ENOENT') this.#missed(folder, name);
      throw error;
    }
  }

  /** What is made or removed here meanwhile makes an answer worthless. */
  async #handleSteadily(folder, name) {
    for (;;) {
      const { changes } = folder;
      const handle = await this.handleOf(folder, name).catch((error) => error);
      if (changes !== folder.changes) continue;
      if (handle instanceof Error) throw handle;
      return handle;
    }
  }

  /** Asks the host, whatever is known. Rejects with ENOENT. */
  async handleOf(folder, name) {
    const asFile = () => folder.handle.getFileHandle(name);
    const asFolder = () => folder.handle.getDirectoryHandle(name);
    const [first, second] = folder.children.get(name)?.children === undefined ? [asFile, asFolder] : [asFolder, asFile];
    try {
      return await ask(first);
    } catch (error) {
      if (error.name === 'TypeError') throw refuse('ENOENT'); // a name that the host can't have
      if (error.name !== 'TypeMismatchError') throw error;
      return ask(second);
    }
  }

  /** `ls -l` asks for one after the other. */
  async #lookAhead(folder, name) {
    if (!this.#isFresh(folder.listedAt)) return;
    const files = [];
    let isBehind = false;
    for (const [other, { file }] of folder.children) {
      if (isBehind && file !== undefined && !file.isFresh) files.push(file);
      if (files.length === LOOK_AHEAD) break;
      isBehind ||= other === name;
    }
    await Promise.all(files.map((file) => file.refresh().catch(() => {}))); // who asks for it hears of it
  }

  /** Keeps what was known, where it is of the same kind. */
  #found(folder, name, handle) {
    let node = folder.children.get(name);
    if (node === undefined || (node.file !== undefined) !== (handle.kind === 'file')) {
      node = this.#make(folder, name, handle);
      folder.children.set(name, node);
    }
    folder.absent.delete(name);
    node.seenAt = this.#tools.now();
    return node;
  }

  #missed(folder, name) {
    folder.children.delete(name);
    if (folder.absent.size >= ABSENT_AT_MOST) folder.absent.clear();
    folder.absent.set(name, this.#tools.now());
  }

  /** @returns {Iterable<HandleNode> | Promise<Iterable<HandleNode>>} */
  list(folder) {
    if (folder.children === undefined) throw refuse('ENOTDIR');
    return this.#isFresh(folder.listedAt) ? folder.children.values() : this.#listHost(folder);
  }

  async #listHost(folder) {
    for (;;) {
      const { changes } = folder;
      const handles = await ask(() => Array.fromAsync(folder.handle.values()));
      if (changes !== folder.changes) continue;
      const names = new Set(handles.map(({ name }) => name));
      for (const [name, { file }] of folder.children) {
        if (!names.has(name) && !file?.isChanged) folder.children.delete(name);
      }
      for (const handle of handles) this.#found(folder, handle.name, handle);
      folder.listedAt = this.#tools.now();
      return folder.children.values();
    }
  }

  /** Something has been made here. */
  added(folder, name, handle) {
    folder.children.delete(name);
    this.#changed(folder);
    return this.#found(folder, name, handle);
  }

  removed(node) {
    node.parent.children.delete(node.name);
    this.#changed(node.parent);
    node.parent.absent.set(node.name, this.#tools.now());
  }

  /** It has gone to another place here, in which nothing is left of that name. */
  async moved(node, folder, name) {
    node.parent.children.delete(node.name);
    this.#changed(node.parent);
    node.parent.absent.set(node.name, this.#tools.now());
    Object.assign(node, { parent: folder, name });
    folder.children.set(name, node);
    folder.absent.delete(name);
    this.#changed(folder);
    await this.#bind(node);
  }

  /** Handles are of places: all below have others now. */
  async #bind(node) {
    const { parent, name } = node;
    node.handle = await this.handleOf(parent, name);
    node.seenAt = this.#tools.now();
    node.file?.bind(node.handle);
    for (const child of node.children?.values() ?? []) {
      await this.#bind(child).catch(() => node.children.delete(child.name));
    }
  }

  #changed(folder) {
    ++folder.changes;
    folder.modifiedMs = Date.now();
    folder.times = undefined;
  }
}
