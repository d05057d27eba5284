/** A disk of the user's own in place of the site's: an image file that this browser keeps. */
import { importDisk } from '../host/browser/disk.js';

const NAME = 'own';
/** Of localStorage: what the user called the file, while it is in use. */
const KEY = 'elfin-own-disk';
/** Of an ext filesystem: where its mark stands, and what it is. */
const MAGIC_AT = 1080;
const MAGIC = [0x53, 0xef];

function stored() {
  try {
    return localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

const asDisk = (title) => ({ kind: 'own', name: NAME, title });

/** The disk that the user has chosen instead of the site's; undefined: none. */
export function ownDisk() {
  const title = stored();
  return title === undefined ? undefined : asDisk(title);
}

/**
 * Keeps the file and makes it the disk of visits to come. Throws an Error with a sentence.
 * @param {(loaded: number) => void} progress
 * @returns {Promise<object>} the disk
 */
export async function chooseOwnDisk(file, progress) {
  const mark = new Uint8Array(await file.slice(MAGIC_AT, MAGIC_AT + MAGIC.length).arrayBuffer());
  if (!MAGIC.every((byte, index) => mark[index] === byte)) throw new Error(`${file.name} is no ext2, ext3 or ext4 image`);
  await importDisk(NAME, file, progress);
  localStorage.setItem(KEY, file.name);
  return asDisk(file.name);
}

/** Visits to come have the site's disk again; the image stays until another takes its place. */
export function forgetOwnDisk() {
  localStorage.removeItem(KEY);
}
