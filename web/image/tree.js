/**
 * A tree of files as it grows from archives, one laid over the other: what a container's layers and Debian's
 * packages are made of. Names are bytes in latin1 strings; bodies stay in the files that they came in.
 */
import { TarError } from './tar_reader.js';

const MAX_LINKS = 40;
const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/**
 * @typedef {{type: string, mode: number, uid: number, gid: number, mtime: number, target: string,
 *   major: number, minor: number, xattrs: Record<string, string>,
 *   body?: {file: string, offset: number, size: number}, children?: Map<string, Node>}} Node
 *   `type`: tar's letter; a node in two places is a file with two names. A directory knows its `parent` and
 *   the `name` that it has there.
 */

const BLANK = { mode: 0o755, uid: 0, gid: 0, mtime: 0, target: '', major: 0, minor: 0, xattrs: {} };

const newDirectory = (parent, name, mtime = 0) =>
  ({ ...BLANK, type: '5', mtime, children: new Map(), parent, name });

function describe(node, { mode, uid, gid, mtime, major, minor, xattrs }) {
  return Object.assign(node, { mode, uid, gid, mtime, major, minor, xattrs });
}

const split = (path) => path.split('/').filter((part) => part !== '' && part !== '.');

/** The parts of an entry's name; none leads out of the tree. */
function partsOf(name) {
  const parts = split(name);
  if (parts.includes('..')) throw new TarError(`${name}: a name that leads upwards`);
  return parts;
}

export class Tree {
  root = newDirectory(undefined, '');

  /**
   * Lays an archive over the tree.
   * @param {Iterable<import('./tar_reader.js').TarEntry>} entries
   * @param {string} file where their bodies are
   * @param {{whiteouts?: boolean, keepLinks?: boolean, wanted?: (path: string) => boolean}} [rules]
   *   `whiteouts`: names that remove what lies below, as container layers have them; `keepLinks`: a directory
   *   over a symbolic link to one leaves the link, as dpkg does; `wanted`: what is taken at all
   * Throws TarError.
   */
  add(entries, file, { whiteouts = false, keepLinks = false, wanted = () => true } = {}) {
    let list = [...entries];
    if (whiteouts) {
      // They concern the layers below only, wherever they stand in this one.
      const removes = ({ name }) => name.slice(name.lastIndexOf('/') + 1).startsWith(WHITEOUT);
      for (const entry of list) if (removes(entry)) this.#whiteOut(partsOf(entry.name));
      list = list.filter((entry) => !removes(entry));
    }
    for (const entry of list) {
      const parts = partsOf(entry.name);
      if (parts.length === 0) {
        if (entry.type === '5') describe(this.root, entry);
      } else if (wanted(parts.join('/'))) {
        this.#put(parts, entry, file, keepLinks);
      }
    }
  }

  /** Puts a node of the caller's own at a path, whose directories are made where they are missing. */
  put(path, node) {
    const parts = partsOf(path);
    const name = parts.pop();
    const mode = node.type === '2' ? 0o777 : BLANK.mode;
    this.#directory(parts, node.mtime ?? 0).children.set(name, { ...BLANK, mode, ...node });
  }

  /** The node at a path; links on the way are followed, one at its end isn't. Undefined: none. */
  find(path) {
    const parts = partsOf(path);
    const name = parts.pop();
    return name === undefined ? this.root : this.#directory(parts)?.children.get(name);
  }

  /** The latest time of all. */
  newestTime() {
    let newest = Math.floor(this.root.mtime);
    for (const { node } of this.walk()) newest = Math.max(newest, Math.floor(node.mtime));
    return newest;
  }

  remove(path) {
    const parts = partsOf(path);
    const name = parts.pop();
    return this.#directory(parts)?.children.delete(name) ?? false;
  }

  /** Every name below the root in order, each directory before what is in it. */
  *walk(directory = this.root, prefix = '') {
    for (const name of [...directory.children.keys()].sort()) {
      const node = directory.children.get(name);
      const path = prefix + name;
      yield { path, node };
      if (node.children) yield* this.walk(node, `${path}/`);
    }
  }

  #whiteOut(parts) {
    const name = parts.pop();
    const directory = this.#directory(parts);
    if (name === OPAQUE) directory?.children.clear();
    else directory?.children.delete(name.slice(WHITEOUT.length));
  }

  #put(parts, entry, file, keepLinks) {
    const name = parts.pop();
    const directory = this.#directory(parts, entry.mtime);
    if (entry.type === '5') {
      const old = directory.children.get(name);
      if (old?.children) return void describe(old, entry);
      if (keepLinks && old?.type === '2' && this.#step(directory, name, 0)) return;
      const made = newDirectory(directory, name);
      directory.children.set(name, describe(made, entry));
      return;
    }
    directory.children.set(name, this.#nodeOf(entry, file));
  }

  #nodeOf(entry, file) {
    const { name, type, linkName, offset, size } = entry;
    if (type === '1') {
      const target = this.find(linkName);
      if (target === undefined || target.children) {
        throw new TarError(`${name}: a link to ${linkName}, which is not there`);
      }
      return target;
    }
    const regular = type === '0' || type === '7';
    if (!regular && !'2346'.includes(type)) {
      throw new TarError(`${name}: an entry of the unknown type ${JSON.stringify(type)}`);
    }
    const node = describe({ type: regular ? '0' : type, target: type === '2' ? linkName : '' }, entry);
    if (regular) node.body = { file, offset, size };
    return node;
  }

  /** The directory of that path; one that is missing is made where `mtime` is given. */
  #directory(parts, mtime, from = this.root, links = 0) {
    let here = from;
    for (const part of parts) {
      let next = this.#step(here, part, links, mtime);
      if (next === undefined && mtime !== undefined) {
        if (here.children.has(part)) throw new TarError(`${parts.join('/')}: ${part} is no directory`);
        next = newDirectory(here, part, mtime);
        here.children.set(part, next);
      }
      if (next === undefined) return undefined;
      here = next;
    }
    return here;
  }

  /** The directory that a name leads to, links followed within the tree; undefined: none. */
  #step(here, name, links, mtime) {
    if (name === '..') return here.parent ?? here;
    const node = here.children.get(name);
    if (node?.type !== '2') return node?.children && node;
    if (links >= MAX_LINKS) return undefined;
    const start = node.target.startsWith('/') ? this.root : here;
    return this.#directory(split(node.target), mtime, start, links + 1);
  }
}
