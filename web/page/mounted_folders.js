/**
 * Folders of the user's computer in the machine: chosen by the user, mounted under /mnt, kept for visits to come. The
 * browser wants the permission to be given again then, in a click: until that a folder waits.
 */
import { STATE } from './computer.js';
import { forgetFolder, storedFolders, storeFolder } from './folder_store.js';

const PLACE = '/mnt';
const PERMISSION = Object.freeze({ mode: 'readwrite' });
const IN_USE = 16; // EBUSY

/** A folder's name as a name in the machine. */
const nameOf = (handle) => handle.name.replaceAll(/[/\s]+/g, '-') || 'host';

/** Events: `change`, when a folder comes, goes, waits or is mounted. */
export class MountedFolders extends EventTarget {
  /** @type {{path: string, handle: FileSystemDirectoryHandle, isMounted: boolean}[]} */
  all = [];
  #computer;
  /** Whether those of earlier visits are among them. */
  #knowsStored = false;

  /** @param {import('./computer.js').Computer} computer */
  constructor(computer) {
    super();
    this.#computer = computer;
    computer.addEventListener('state', () => {
      for (const folder of this.all) folder.isMounted = false;
      if (computer.state === STATE.running) this.#mountAll();
    });
  }

  /** Whether this browser has the File System Access API. */
  static get isSupported() {
    return typeof window.showDirectoryPicker === 'function';
  }

  /** Those that wait for a permission. */
  get waiting() {
    return this.#computer.state === STATE.running ? this.all.filter(({ isMounted }) => !isMounted) : [];
  }

  /** The machine has started: what may be mounted without a question is. */
  async #mountAll() {
    if (!this.#knowsStored) {
      this.#knowsStored = true;
      for (const { path, handle } of await storedFolders()) this.#remember(path, handle);
    }
    for (const folder of this.all) {
      const state = await folder.handle.queryPermission(PERMISSION).catch(() => 'denied');
      if (state === 'granted') await this.#mount(folder).catch((error) => console.warn(error.message));
    }
    this.#tell();
  }

  #remember(path, handle) {
    let folder = this.all.find((known) => known.path === path);
    if (folder === undefined) this.all.push(folder = { path, handle, isMounted: false });
    return folder;
  }

  async #mount(folder) {
    await this.#computer.machine.mountFolder(folder.path, folder.handle);
    folder.isMounted = true;
  }

  /**
   * Has the user choose one. In a click. Throws an Error with a sentence.
   * @returns {Promise<string | undefined>} where it is; undefined: none was chosen
   */
  async choose() {
    let handle;
    try {
      handle = await window.showDirectoryPicker({ id: 'elfin', ...PERMISSION });
    } catch (error) {
      if (error.name === 'AbortError') return undefined;
      throw error;
    }
    const known = await this.#sameAs(handle);
    const folder = known ?? this.#remember(this.#freePath(nameOf(handle)), handle);
    if (folder.isMounted) return folder.path;
    try {
      await this.#mount(folder);
    } catch (error) {
      if (known === undefined) this.all.splice(this.all.indexOf(folder), 1);
      throw error;
    }
    await storeFolder(folder.path, handle).catch(() => {}); // it is there for this visit
    this.#tell();
    return folder.path;
  }

  async #sameAs(handle) {
    for (const folder of this.all) if (await folder.handle.isSameEntry(handle)) return folder;
    return undefined;
  }

  #freePath(name) {
    const isTaken = (path) => this.all.some((folder) => folder.path === path);
    let path = `${PLACE}/${name}`;
    for (let number = 2; isTaken(path); number++) path = `${PLACE}/${name}-${number}`;
    return path;
  }

  /** Asks for the permission again. In a click. @returns {Promise<boolean>} whether it was given */
  async allow(folder) {
    if (await folder.handle.requestPermission(PERMISSION) !== 'granted') return false;
    if (!folder.isMounted) await this.#mount(folder);
    this.#tell();
    return true;
  }

  /** Writes back, and forgets it. Throws an Error with a sentence; then it is still there. */
  async remove(folder) {
    if (folder.isMounted) {
      try {
        await this.#computer.machine.unmount(folder.path);
      } catch (error) {
        if (error.errno !== IN_USE) throw new Error(`What was written to ${folder.path} can't be put there: ${error.message}`);
        throw new Error(`${folder.path} is in use: close its files, and leave it with cd, then try again.`);
      }
    }
    this.all.splice(this.all.indexOf(folder), 1);
    await forgetFolder(folder.path).catch(() => {}); // there was no database, then
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event('change'));
  }
}
