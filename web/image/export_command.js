/**
 * elfin image export: an image with what an overlay has over it, as an image of its own; with --changes, what the overlay
 * has alone, packed, which any --overlay takes.
 */
import fs from 'node:fs';
import { readEntry, writeEntry } from './entry_file.js';
import { writeChanges, writeMerged } from './merged_image.js';
import { parseOptions, UsageError } from './options.js';

export async function run(argv) {
  const { options, words } = parseOptions(argv, { overlay: 'value', changes: 'flag' }, ['IMAGE', 'OUT']);
  const [image, out] = words;
  if (options.changes && options.overlay === undefined) throw new UsageError('--changes of which overlay? --overlay FILE');
  const write = options.changes ? writeChanges : writeMerged;
  fs.rmSync(`${out}.new`, { force: true });
  await write(image, options.overlay, `${out}.new`).catch((error) => {
    fs.rmSync(`${out}.new`, { force: true });
    throw error;
  });
  fs.renameSync(`${out}.new`, out);
  if (!options.changes) writeEntry(out, readEntry(image));
}
