/**
 * The call shapes that WebVM's page uses (its source is public, Apache-2.0), over a machine in a worker: such a page
 * moves over by importing this module instead. README.md says what differs. Written from that page's source and public
 * documentation alone.
 */
import { WorkerMachine } from '../package/browser.js';
import { describeDisk } from './devices.js';

export { CloudDevice, DataDevice, GitHubDevice, HttpBytesDevice, IDBDevice, OverlayDevice, WebDevice } from './devices.js';

/** Mounts that every machine has, wherever it is asked for. */
const OWN_MOUNTS = Object.freeze({ devs: '/dev', devpts: '/dev/pts', proc: '/proc', sys: '/sys' });
/** The console's number for setCustomConsole's function. */
const CONSOLE = 1;
const CALLBACKS = Object.freeze(['cpuActivity', 'diskActivity', 'diskLatency', 'processCreated']);

/** ["K=V", …] as an object. */
function parseEnvironment(list = []) {
  return Object.fromEntries(list.map((entry) => {
    const equals = entry.indexOf('=');
    return equals < 0 ? [entry, ''] : [entry.slice(0, equals), entry.slice(equals + 1)];
  }));
}

/** What the mounts come to: the disk on "/", where what is written to it is kept, and folders. */
function readMounts(mounts) {
  let disk;
  let store;
  const folders = [];
  for (const { type, dev, path } of mounts) {
    if (type === 'ext2' && path === '/') ({ disk, store } = describeDisk(dev));
    else if (type === 'ext2') throw new Error(`${path}: a disk can only be mounted on /; folders of the type dir anywhere`);
    else if (type === 'dir') folders.push({ dev, path });
    else if (OWN_MOUNTS[type] !== path) throw new Error(`a mount of the type ${type} on ${path} is not known here`);
  }
  if (disk === undefined) throw new Error('there is no mount of the type ext2 on /');
  return { disk, store, folders };
}

export class Linux {
  #machine;
  #callbacks = new Map();
  /** Shows output; calls the second when it has been dealt with. */
  #show = (bytes, shown) => shown();
  #size = { rows: 24, columns: 80 };
  #process;
  #processes = 0;

  /** @param {{mounts: {type: string, dev?: object, path: string}[]}} options */
  static async create({ mounts }) {
    const { disk, store, folders } = readMounts(mounts);
    const linux = new Linux();
    linux.#machine = await WorkerMachine.create({ disk }, (machine) => linux.#listen(machine));
    if (store) store.machine = linux.#machine;
    for (const { dev, path } of folders) await dev.attach(linux.#machine, path);
    return linux;
  }

  /** Elfin's own machine, for what these calls don't offer. */
  get machine() {
    return this.#machine;
  }

  /**
   * Runs a program on the console until it ends.
   * @param {string} path
   * @param {string[]} args
   * @param {{env?: string[], cwd?: string, uid?: number, gid?: number}} [options]
   * @returns {Promise<{status: number}>}
   */
  async run(path, args, { env, cwd, uid, gid } = {}) {
    const size = this.#size;
    const process = await this.#machine.spawn(path, args, {
      env: parseEnvironment(env), cwd, uid, gid, pty: size,
      onOutput: (bytes, shown) => this.#show(bytes, shown),
    });
    this.#process = process;
    if (size !== this.#size) this.#resize(this.#size); // meanwhile
    const { code } = await process.wait();
    if (this.#process === process) this.#process = undefined;
    return { status: code };
  }

  /**
   * @param {(bytes: ArrayBuffer, console: number) => void} write gets what is to be shown
   * @returns {(code: number) => void} takes what is typed, as charCodeAt gives it
   */
  setCustomConsole(write, columns, rows) {
    this.#show = (bytes, shown) => {
      write(bytes.buffer, CONSOLE);
      shown();
    };
    this.#resize({ rows, columns });
    let high = ''; // half a character, that comes in two codes
    return (code) => {
      const text = high + String.fromCharCode(code);
      high = code >= 0xd800 && code < 0xdc00 ? text : '';
      if (high === '') this.#process?.write(text);
    };
  }

  /** A terminal in an element, as large as it is. */
  setConsole(element) {
    const opened = import('./console.js').then(({ openConsole }) => openConsole(element));
    this.#show = (bytes, shown) => opened.then(({ xterm }) => xterm.write(bytes, shown));
    opened.then(({ xterm }) => {
      const resize = ({ rows, cols: columns }) => this.#resize({ rows, columns });
      resize(xterm);
      xterm.onResize(resize);
      xterm.onData((text) => this.#process?.write(text));
      xterm.focus();
    });
  }

  #resize(size) {
    this.#size = size;
    this.#process?.resize(size.rows, size.columns);
  }

  registerCallback(name, callback) {
    if (!CALLBACKS.includes(name)) throw new Error(`there is no callback ${name}; there are ${CALLBACKS.join(', ')}`);
    this.#callbacks.set(name, callback);
  }

  setActivateConsole() {
    throw new Error('Elfin has no graphical display');
  }

  setKmsCanvas() {
    throw new Error('Elfin has no graphical display');
  }

  async networkLogin() {
    throw new Error('Elfin has no network of this kind');
  }

  #listen(machine) {
    const states = new Map();
    /** Tells of a change between ready and busy. */
    const tell = (name, isBusy) => {
      if (states.get(name) === isBusy) return;
      states.set(name, isBusy);
      this.#callbacks.get(name)?.(isBusy ? 'wait' : 'ready');
    };
    machine.addEventListener('activity', ({ detail: { cpu, diskRead, diskWritten, diskFetches, diskFetchMs, processes } }) => {
      tell('cpuActivity', cpu >= 0.01);
      tell('diskActivity', diskRead + diskWritten > 0);
      if (diskFetches > 0) this.#callbacks.get('diskLatency')?.(diskFetchMs / diskFetches);
      for (; this.#processes < processes; this.#processes++) this.#callbacks.get('processCreated')?.();
      this.#processes = processes;
    });
    machine.addEventListener('report', ({ detail }) => console.warn(detail.message));
  }
}
