/** elfin image build: a disk of a recipe. */
import { writeEntry } from './entry_file.js';
import { DEFAULT_SIZE, makeImage } from './ext_image.js';
import { parseOptions, UsageError } from './options.js';
import { withScratch } from './scratch.js';
import { Tree } from './tree.js';

const RECIPES = { small: () => import('./recipes/small.js') };

/** Fills the tree from what the command line names; returns the entry and the size that go with it. */
async function fillTree(tree, { recipe }, folder) {
  if (!Object.hasOwn(RECIPES, recipe ?? '')) {
    throw new UsageError(`--recipe is one of: ${Object.keys(RECIPES).join(', ')}`);
  }
  const { fill, size } = await RECIPES[recipe]();
  return { entry: await fill(tree, folder), size };
}

export async function run(argv) {
  const { options, words } = parseOptions(argv, { recipe: 'value', size: 'value' }, ['IMAGE']);
  const [image] = words;
  await withScratch(image, async (folder) => {
    const tree = new Tree();
    const { entry, size } = await fillTree(tree, options, folder);
    await makeImage(tree, image, { size: options.size ?? size ?? DEFAULT_SIZE, folder });
    writeEntry(image, entry);
  });
}
