/** WebVM's device classes, by their public names. Each says what it stands for; linux.js makes a machine of them. */
import { resetDisk } from '../host/browser/disk.js';

const encoder = new TextEncoder();

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

/** Where what is written stays in this browser. */
export class IDBDevice {
  constructor(name) {
    this.name = name;
  }
  static async create(name) {
    return new IDBDevice(name);
  }
  /** What was written is gone. No machine has it open: the page is about to be loaded anew. */
  async reset() {
    await this.machine?.stop();
    await resetDisk(this.name);
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

/** Files of JavaScript's: written here, they are there in the guest. */
export class DataDevice {
  #attached;
  #early = new Map();

  static async create() {
    return new DataDevice();
  }
  /** @param {string} name with or without a slash in front @param {string | Uint8Array} contents */
  async writeFile(name, contents) {
    const bytes = typeof contents === 'string' ? encoder.encode(contents) : contents;
    if (!this.#attached) return void this.#early.set(name, bytes);
    await this.#write(name, bytes);
  }
  /** For linux.js. */
  async attach(machine, path) {
    this.#attached = { machine, path };
    await machine.fs.mkdir(path, { recursive: true });
    for (const [name, bytes] of this.#early) await this.#write(name, bytes);
    this.#early.clear();
  }
  async #write(name, bytes) {
    const { machine, path } = this.#attached;
    const target = `${path}/${name.replace(/^\/+/, '')}`;
    await machine.fs.mkdir(target.slice(0, target.lastIndexOf('/')), { recursive: true });
    await machine.fs.writeFile(target, bytes);
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

/** The device on "/" as a disk of WorkerMachine's. */
export function describeDisk(device) {
  const overlay = device instanceof OverlayDevice ? device : new OverlayDevice(device);
  const { base, store } = overlay;
  if (!(base instanceof ImageDevice)) throw new Error('the disk on / is an HttpBytesDevice or CloudDevice, with or without an overlay');
  return { kind: base.url.endsWith('/') ? 'chunks' : 'image', url: base.url, name: store?.name };
}
