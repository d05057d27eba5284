/** A folder for what is made on the way, which goes whatever happens. */
import fs from 'node:fs';
import path from 'node:path';

/**
 * @template T
 * @param {string} image beside which it lies: unpacked trees are large, and /tmp may be memory
 * @param {(folder: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withScratch(image, use) {
  const folder = fs.mkdtempSync(path.join(path.dirname(path.resolve(image)), '.elfin-image-'));
  try {
    return await use(folder);
  } finally {
    // A tree may hold directories without permission to write.
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
