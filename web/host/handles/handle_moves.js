/** Files and folders to other places: by the browser where it can, else as copies, upon which the first ones go. */
import { ask } from './handle_errors.js';

async function copyFile(from, folder, name) {
  const to = await folder.getFileHandle(name, { create: true });
  const writable = await to.createWritable({ keepExistingData: false });
  await writable.write(await from.getFile());
  await writable.close(); // what was there before is there until now
}

async function copyFolder(from, folder, name) {
  const to = await folder.getDirectoryHandle(name, { create: true });
  for await (const child of from.values()) await copyEntry(child, to, child.name);
}

const copyEntry = (from, folder, name) => (from.kind === 'file' ? copyFile : copyFolder)(from, folder, name);

async function isThere(folder, name) {
  return folder.getFileHandle(name).then(() => true, (error) => error.name === 'TypeMismatchError');
}

/** A copy that failed half-way doesn't stay, unless it was to take a file's place. */
async function copyWhole(from, folder, name) {
  const replaces = await isThere(folder, name);
  try {
    await copyEntry(from, folder, name);
  } catch (error) {
    if (!replaces) await folder.removeEntry(name, { recursive: true }).catch(() => {}); // the first error counts
    throw error;
  }
}

/**
 * Moves an entry, in place of a file of that name if there is one. Rejected with Linux's name as `code`: then all
 * is where it was.
 * @param {{handle: FileSystemHandle, folder: FileSystemDirectoryHandle, name: string}} from
 */
export async function moveEntry({ handle, folder, name }, toFolder, toName) {
  try {
    await handle.move(toFolder, toName);
  } catch { // it isn't there, not for such folders, or not over another file
    await ask(() => copyWhole(handle, toFolder, toName));
    await ask(() => folder.removeEntry(name, { recursive: true }));
  }
}
