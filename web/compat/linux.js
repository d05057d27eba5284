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

/** What the mounts come to: the disk on "/", and folders. */
function readMounts(mounts) {
  let disk;
  const folders = [];
  for (const { type, dev, path } of mounts) {
    if (type === 'ext2' && path === '/') disk = describeDisk(dev);
    else if (type === 'dir') folders.push({ dev, path });
    else if (OWN_MOUNTS[type] !== path) throw new Error(`a mount of the type ${type} on ${path} is not known here`);
  }
  if (disk === undefined) throw new Error('there is no mount of the type ext2 on /');
  return { disk, folders };
}

export class Linux {
  #machine;
  #callbacks = new Map();
  #write = () => {};
  #size = { rows: 24, columns: 80 };
  #process;
  #processes = 0;

  /** @param {{mounts: {type: string, dev?: object, path: string}[]}} options */
  static async create({ mounts }) {
    const { disk, folders } = readMounts(mounts);
    const linux = new Linux();
    linux.#machine = await WorkerMachine.create({ disk }, (machine) => linux.#listen(machine));
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
    const process = await this.#machine.spawn(path, args, {
      env: parseEnvironment(env), cwd, uid, gid, pty: this.#size,
      onOutput: (bytes, shown) => {
        this.#write(bytes.buffer, CONSOLE);
        shown();
      },
    });
    this.#process = process;
    const { code } = await process.wait();
    if (this.#process === process) this.#process = undefined;
    return { status: code };
  }

  /**
   * @param {(bytes: ArrayBuffer, console: number) => void} write gets what is to be shown
   * @returns {(code: number) => void} takes what is typed, byte by byte
   */
  setCustomConsole(write, columns, rows) {
    this.#write = write;
    this.#size = { rows, columns };
    this.#process?.resize(rows, columns);
    return (code) => this.#process?.write(code < 0x80 ? Uint8Array.of(code) : String.fromCharCode(code));
  }

  /** A plain console: text is added to the element, and keys are taken from it. */
  setConsole(element) {
    const decoder = new TextDecoder();
    const type = this.setCustomConsole((bytes) => {
      element.append(decoder.decode(bytes, { stream: true }).replaceAll('\r', ''));
      element.scrollTop = element.scrollHeight;
    }, this.#size.columns, this.#size.rows);
    const KEYS = { Enter: '\r', Backspace: '\x7f', Tab: '\t', Escape: '\x1b' };
    element.tabIndex = 0;
    element.addEventListener('keydown', (event) => {
      const isControl = event.ctrlKey && /^[a-z]$/i.test(event.key);
      const text = isControl ? String.fromCharCode(event.key.toUpperCase().charCodeAt(0) & 0x1f)
        : (KEYS[event.key] ?? (event.key.length === 1 && !event.metaKey ? event.key : ''));
      if (text === '') return;
      event.preventDefault();
      for (const character of text) type(character.charCodeAt(0));
    });
  }

  /** `diskLatency` is accepted and never called: the machine does not measure it. */
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
    machine.addEventListener('activity', ({ detail: { cpu, diskRead, diskWritten, processes } }) => {
      tell('cpuActivity', cpu >= 0.01);
      tell('diskActivity', diskRead + diskWritten > 0);
      for (; this.#processes < processes; this.#processes++) this.#callbacks.get('processCreated')?.();
      this.#processes = processes;
    });
    machine.addEventListener('report', ({ detail }) => console.warn(detail.message));
  }
}
