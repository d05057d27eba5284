/**
 * The disk that a page wishes for (PROTOCOL.md) as a mount of Machine's: where its bytes come from, and
 * where what is written stays.
 */
import { CountedDevice } from './counted_device.js';
import { FetchedFolder } from './fetched_folder.js';
import { MemoryImage } from './memory_image.js';
import { PrivateFileStore } from './private_file_store.js';
import { openImage } from '../images/open_image.js';
import { SparseStore } from '../sparse_store.js';

/** Another tab of this browser has the disk. */
export class DiskBusyError extends Error {
  constructor(name) {
    super(`the disk "${name}" is in use by another tab`);
    this.name = 'DiskBusyError';
  }
}

/** The file of what was written to a disk; undefined: this browser keeps nothing. */
async function openStore({ name, throwAway }) {
  if (name === undefined || throwAway || !(await PrivateFileStore.isThere())) return undefined;
  try {
    return await PrivateFileStore.open(`${name}.overlay`);
  } catch (error) {
    if (error.name === 'NoModificationAllowedError') throw new DiskBusyError(name);
    throw error;
  }
}

/** In pieces as they are needed; whole where the server knows no ranges. */
async function fetchImage(url, progress) {
  try {
    return await openImage(url, { report: (message) => console.error(message) });
  } catch (error) {
    if (!error.noRanges) throw error;
    return MemoryImage.fetch(url, progress);
  }
}

/**
 * @param {{kind: 'image' | 'folder', url: string, name?: string, throwAway?: boolean}} wish
 * @param {(done: {loaded: number, total?: number}) => void} progress
 * @returns {Promise<{mount: object, kept: 'files' | 'session' | 'read-only', devices: CountedDevice[],
 *   touched: () => string[], close: () => void}>} `touched`: addresses of what has been fetched
 */
export async function openDisk(wish, progress) {
  if (wish.kind === 'folder') {
    const folder = await FetchedFolder.fetch(wish.url);
    return { mount: { folder, readOnly: true }, kept: 'read-only', devices: [], touched: () => [], close: () => {} };
  }
  if (wish.kind !== 'image') throw new Error(`a disk of the kind "${wish.kind}" is not known here`);
  // The store first: it is quick, and whoever can't have it need not wait for the image.
  const store = await openStore(wish);
  try {
    const image = new CountedDevice(await fetchImage(wish.url, progress));
    const overlay = new CountedDevice(store ?? new SparseStore());
    return {
      mount: { image, overlay },
      kept: store ? 'files' : 'session',
      devices: [image, overlay],
      touched: () => [wish.url],
      close: () => store?.close(),
    };
  } catch (error) {
    store?.close();
    throw error;
  }
}

/** What was written to a disk is gone: the next machine sees it as it was made. No machine has it now. */
export async function resetDisk(name) {
  await PrivateFileStore.remove(`${name}.overlay`);
}
