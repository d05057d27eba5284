/** Which folders of the user's computer are mounted where, from one visit to the next: handles in a database of the browser's. */

const DATABASE = 'elfin-mounted-folders';
const FOLDERS = 'folders';

function ended(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function withFolders(mode, use) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(FOLDERS);
  const database = await ended(opening);
  try {
    return await use(database.transaction(FOLDERS, mode).objectStore(FOLDERS));
  } finally {
    database.close();
  }
}

/** @returns {Promise<{path: string, handle: FileSystemDirectoryHandle}[]>} none where the browser keeps no databases */
export async function storedFolders() {
  try {
    return await withFolders('readonly', async (folders) => {
      const [paths, handles] = await Promise.all([ended(folders.getAllKeys()), ended(folders.getAll())]);
      return paths.map((path, index) => ({ path, handle: handles[index] }));
    });
  } catch {
    return [];
  }
}

/** Rejects where the browser keeps no databases. */
export const storeFolder = (path, handle) => withFolders('readwrite', (folders) => ended(folders.put(handle, path)));

export const forgetFolder = (path) => withFolders('readwrite', (folders) => ended(folders.delete(path)));
