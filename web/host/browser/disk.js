/**
 * The disk that a page wishes for (PROTOCOL.md) as a mount of Machine's: where its bytes come from, and
 * where what is written stays.
 */
import { DiskBusyError } from '../errors.js';
import { ChunkedDevice } from '../images/chunked_device.js';
import { HttpObjects } from '../images/http_objects.js';
import { DEFAULT_RETRIES } from '../images/retries.js';
import { PackedStore } from '../packed_store.js';
import { SparseStore } from '../sparse_store.js';
import { DatabaseStore } from './database_store.js';
import { FetchedFolder } from './fetched_folder.js';
import { NO_ROOM } from './no_room.js';
import { openAnyImage } from './open_any_image.js';
import { PrivateFile } from './private_file.js';
import { RoomWatch } from './room_watch.js';
import { Unpacker } from './unpacker.js';

/** Of what was written to a disk; images have others. */
const overlayFile = (name) => `${name}.packed`;

/** Where what was written to a disk is kept; undefined: this browser keeps nothing. */
async function openStore({ name, throwAway }) {
  if (name === undefined || throwAway) return undefined;
  try {
    if (await PrivateFile.isThere()) return new PackedStore(await PrivateFile.open(overlayFile(name)));
    return DatabaseStore.isThere() ? await DatabaseStore.open(name) : undefined;
  } catch (error) {
    if (error.name === 'NoModificationAllowedError') throw new DiskBusyError(name);
    throw error;
  }
}

/** While there is no network another try is of no use: the guest learns of it at once. */
const RETRIES = {
  get attempts() {
    return navigator.onLine ? DEFAULT_RETRIES.attempts : 1;
  },
};

/** Chunks of the version that is asked for; `touched` is told the address of each object. */
function openChunks({ url, manifest }, report, touched) {
  const makeObjects = (folder, retries) => {
    const unpacker = new Unpacker();
    const objects = new HttpObjects(folder, retries, (...args) => unpacker.unpack(...args));
    return {
      counters: objects.counters,
      get: async (hash, most) => {
        const bytes = await objects.get(hash, most);
        touched.add(folder + hash);
        return bytes;
      },
    };
  };
  return ChunkedDevice.open(new URL('latest', url), { manifest, report, retries: RETRIES, makeObjects });
}

/** Where a disk's bytes come from, by its kind. */
const BASES = Object.freeze({
  chunks: (wish, { report, touched }) => openChunks(wish, report, touched),
  image: ({ url }, { report, progress }) => openAnyImage(url, { report, progress, retries: RETRIES }),
  own: ({ name }) => PrivateFile.open(`${name}.image`, { readOnly: true }),
});

/**
 * @param {{kind: 'chunks' | 'image' | 'own' | 'folder', url?: string, manifest?: string, name?: string,
 *   throwAway?: boolean}} wish
 * @param {{report: (message: string) => void, progress: (done: {loaded: number, total?: number}) => void}} tell
 * @returns {Promise<{mount: object, kept: 'files' | 'session' | 'read-only', touched: () => string[], close: () => void}>} `touched`: addresses of the chunks that have been fetched
 */
export async function openDisk(wish, { report, progress }) {
  if (wish.kind === 'folder') {
    const folder = await FetchedFolder.fetch(wish.url);
    return { mount: { folder, readOnly: true }, kept: 'read-only', touched: () => [], close: () => {} };
  }
  if (!Object.hasOwn(BASES, wish.kind)) throw new Error(`a disk of the kind "${wish.kind}" is not known here`);
  const touched = new Set();
  const base = BASES[wish.kind](wish, { report, progress, touched });
  base.catch(() => {}); // told below
  // Both at a time; but whoever can't have the store need not wait for the image.
  const store = await openStore(wish).catch((error) => {
    base.then((image) => image.close?.(), () => {});
    throw error;
  });
  try {
    const overlay = new RoomWatch(store ?? new SparseStore(), () => report(NO_ROOM));
    return {
      mount: { image: await base, overlay },
      kept: store ? 'files' : 'session',
      touched: () => [...touched],
      close: () => store?.close(),
    };
  } catch (error) {
    store?.close();
    throw error;
  }
}

/** What was written to a disk is gone: the next machine sees it as it was made. No machine has it now. */
export async function resetDisk(name) {
  await PrivateFile.remove(overlayFile(name)); // isThere() tells of workers, and this is for pages, too
  if (DatabaseStore.isThere()) await DatabaseStore.remove(name);
}

/** Keeps an image of the user's under a name, for the kind `own`; a disk of that name that was there before is gone. */
export async function importDisk(name, file, progress) {
  await resetDisk(name);
  await PrivateFile.remove(`${name}.image`);
  await PrivateFile.copyIn(`${name}.image`, file, progress);
}
