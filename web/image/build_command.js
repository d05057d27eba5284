/** elfin image build: a disk of a folder, an archive, a container image, a list of packages or a recipe. */
import fs from 'node:fs';
import { addDebianSystem, parsePackageList } from './debian_system.js';
import { writeEntry } from './entry_file.js';
import { DEFAULT_SIZE, makeImage } from './ext_image.js';
import { parseOptions, UsageError } from './options.js';
import { withScratch } from './scratch.js';
import { addSource } from './sources.js';
import { Tree } from './tree.js';

const RECIPES = {
  small: () => import('./recipes/small.js'),
  demo: () => import('./recipes/demo.js'),
};
const OPTIONS = { recipe: 'value', packages: 'value', size: 'value', tag: 'value', owner: 'value' };

const wordsFor = ({ recipe, packages }) => (recipe || packages ? ['IMAGE'] : ['SOURCE', 'IMAGE']);

async function fillByRecipe(tree, name, folder) {
  if (!Object.hasOwn(RECIPES, name)) throw new UsageError(`--recipe is one of: ${Object.keys(RECIPES).join(', ')}`);
  const { fill, size } = await RECIPES[name]();
  return { entry: await fill(tree, folder), size };
}

/** Fills the tree from what the command line names; returns the entry and the size that go with it. */
async function fillTree(tree, { recipe, packages, tag }, source, folder) {
  if (recipe) return fillByRecipe(tree, recipe, folder);
  if (packages) {
    addDebianSystem(tree, parsePackageList(fs.readFileSync(packages, 'utf8')), folder);
    return { entry: {} };
  }
  if (!fs.existsSync(source)) throw new UsageError(`${source}: no such file or folder`);
  return { entry: await addSource(tree, source, { folder, tag }) };
}

/** Everything belongs to one user. */
function giveTo(tree, owner) {
  const found = /^(\d+):(\d+)$/.exec(owner);
  if (!found) throw new UsageError(`--owner wants UID:GID, not '${owner}'`);
  const [uid, gid] = [Number(found[1]), Number(found[2])];
  Object.assign(tree.root, { uid, gid });
  for (const { node } of tree.walk()) Object.assign(node, { uid, gid });
}

export async function run(argv) {
  const { options, words } = parseOptions(argv, OPTIONS, wordsFor);
  if (options.recipe && options.packages) throw new UsageError('--recipe and --packages: only one of them');
  const image = words.at(-1);
  await withScratch(image, async (folder) => {
    const tree = new Tree();
    const { entry, size } = await fillTree(tree, options, words[0], folder);
    if (options.owner) giveTo(tree, options.owner);
    await makeImage(tree, image, { size: options.size ?? size ?? DEFAULT_SIZE, folder });
    writeEntry(image, entry);
  });
}
