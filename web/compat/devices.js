/** WebVM's device classes, by their public names. Each says what it stands for; linux.js makes a machine of them. */
import { resetDisk } from '../host/browser/disk.js';

/** A path without slashes in front. */
const relative = (name) => name.replace(/^\/+/, '');

/** The origin-private file system's root; undefined where there is none. */
const privateRoot = async () => navigator.storage?.getDirectory().catch(() => undefined);
/** There, what is in an IDBDevice that is mounted as `dir`. */
const folderOf = (name) => `${name}.files`;

/** A disk's image on a server that answers ranges, or in chunks (an address that ends in a slash). */
class ImageDevice {
  constructor(url) {
    this.url = new URL(url, document.baseURI).href;
  }
  static async create(url) {
    return new this(url);
  }
}

/** Here an image by HTTP; there is no protocol over WebSockets. */
export class CloudDevice extends ImageDevice {
  static async create(url) {
    if (/^wss?:/i.test(url)) throw new Error('Elfin fetches disks by HTTP only');
    return super.create(url);
  }
}

export class HttpBytesDevice extends ImageDevice {}

/** An image cut by WebVM's own workflow; here it is `elfin image chunk` that cuts. */
export class GitHubDevice {
  static async create() {
    throw new Error('images in GitHubDevice\'s pieces are not known here: `elfin image chunk` makes chunks for any host');
  }
}

/**
 * Where what is written stays in this browser: of an OverlayDevice, what differs from the disk; mounted as `dir`, a folder
 * of its own.
 */
export class IDBDevice {
  /** The machine that uses it: set by linux.js. */
  machine;
  #path;

  constructor(name) {
    this.name = name;
  }
  static async create(name) {
    return new IDBDevice(name);
  }
  /** A file of the folder, as the guest has it now. */
  async readFileAsBlob(name) {
    if (this.#path === undefined) throw new Error('readFileAsBlob: this IDBDevice is not mounted as `dir`');
    return new Blob([await this.machine.fs.readFile(`${this.#path}/${relative(name)}`)]);
  }
  /** What was written is gone, and the machine that used it is at its end: the page is about to be loaded anew. */
  async reset() {
    await this.machine?.stop();
    await resetDisk(this.name);
    const root = await privateRoot();
    await root?.removeEntry(folderOf(this.name), { recursive: true }).catch((error) => {
      if (error.name !== 'NotFoundError') throw error;
    });
  }
  /** For linux.js. */
  async attach(machine, path) {
    const root = await privateRoot();
    if (root === undefined) throw new Error('IDBDevice as `dir`: this browser has no files for pages here (it wants https)');
    await machine.mountFolder(path, await root.getDirectoryHandle(folderOf(this.name), { create: true }));
    this.machine = machine;
    this.#path = path;
  }
}

export class OverlayDevice {
  constructor(base, store) {
    this.base = base;
    this.store = store;
  }
  static async create(base, store) {
    return new OverlayDevice(base, store);
  }
}

/** Files of JavaScript's, in memory: written here, they are there in the guest, which can't change them. */
export class DataDevice {
  #folder;
  #early = new Map();

  static async create() {
    return new DataDevice();
  }
  /** @param {string} name with or without a slash in front @param {string | Uint8Array} contents */
  async writeFile(name, contents) {
    if (this.#folder) await this.#folder.put(relative(name), contents);
    else this.#early.set(relative(name), contents);
  }
  /** For linux.js. */
  async attach(machine, path) {
    this.#folder = await machine.mountMemory(path);
    await Promise.all([...this.#early].map(([name, contents]) => this.#folder.put(name, contents)));
    this.#early.clear();
  }
}

/** Files of the page's server under an address, as the guest opens them. */
export class WebDevice {
  #address;

  constructor(address) {
    this.#address = address;
  }
  static async create(address) {
    return new WebDevice(address);
  }
  /** For linux.js. */
  async attach(machine, path) {
    await machine.mountWeb(path, new URL(this.#address ? `${this.#address}/` : './', document.baseURI).href);
  }
}

/** The device on "/" as a disk of WorkerMachine's, and the IDBDevice that keeps what is written to it. */
export function describeDisk(device) {
  const overlay = device instanceof OverlayDevice ? device : new OverlayDevice(device);
  const { base, store } = overlay;
  if (!(base instanceof ImageDevice)) throw new Error('the disk on / is an HttpBytesDevice or CloudDevice, with or without an overlay');
  return { disk: { kind: base.url.endsWith('/') ? 'chunks' : 'image', url: base.url, name: store?.name }, store };
}
