/** elfin image export: an image with what an overlay has over it, as an image of its own. */
import fs from 'node:fs';
import { readEntry, writeEntry } from './entry_file.js';
import { writeMerged } from './merged_image.js';
import { parseOptions } from './options.js';

export async function run(argv) {
  const { options, words } = parseOptions(argv, { overlay: 'value' }, ['IMAGE', 'OUT']);
  const [image, out] = words;
  await writeMerged(image, options.overlay, `${out}.new`).catch((error) => {
    fs.rmSync(`${out}.new`, { force: true });
    throw error;
  });
  fs.renameSync(`${out}.new`, out);
  writeEntry(out, readEntry(image));
}
