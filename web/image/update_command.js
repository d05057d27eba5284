/**
 * elfin image update: a new version of an image, made of the old one by what differs, so that files that stay as they
 * are stay where they are.
 */
import { readEntry, writeEntry } from './entry_file.js';
import { parseOptions, UsageError } from './options.js';
import { withScratch } from './scratch.js';
import { INPUT_OPTIONS, isNamedByOption, readInput } from './tree_input.js';
import { updateImage } from './update_image.js';

export async function run(argv) {
  const { options, words } = parseOptions(argv, { ...INPUT_OPTIONS, from: 'value' }, ['OLD', 'NEW']);
  const [old, image] = words;
  if (isNamedByOption(options) === (options.from !== undefined)) {
    throw new UsageError('the new contents are one of --from SOURCE, --packages LIST, --recipe NAME');
  }
  await withScratch(image, async (folder) => {
    const { tree, entry } = await readInput(options, options.from, folder);
    await updateImage(tree, old, image, folder);
    writeEntry(image, Object.keys(entry).length > 0 ? entry : readEntry(old));
  });
}
