/** elfin image build: a disk of a folder, an archive, a container image, a list of packages or a recipe. */
import { writeEntry } from './entry_file.js';
import { DEFAULT_SIZE, makeImage } from './ext_image.js';
import { parseOptions } from './options.js';
import { withScratch } from './scratch.js';
import { INPUT_OPTIONS, isNamedByOption, readInput } from './tree_input.js';

export async function run(argv) {
  const { options, words } = parseOptions(argv, { ...INPUT_OPTIONS, size: 'value' },
    (given) => (isNamedByOption(given) ? ['IMAGE'] : ['SOURCE', 'IMAGE']));
  const image = words.at(-1);
  await withScratch(image, async (folder) => {
    const { tree, entry, size } = await readInput(options, words[0], folder);
    await makeImage(tree, image, { size: options.size ?? size ?? DEFAULT_SIZE, folder });
    writeEntry(image, entry);
  });
}
