/** What the command line names as an image's contents: a folder or archive, a list of packages, a recipe. */
import fs from 'node:fs';
import { addDebianSystem, parsePackageList } from './debian_system.js';
import { UsageError } from './options.js';
import { addSource } from './sources.js';
import { Tree } from './tree.js';

const RECIPES = {
  shell: () => import('./recipes/shell.js'),
  small: () => import('./recipes/small.js'),
  demo: () => import('./recipes/demo.js'),
};

/** For parseOptions. */
export const INPUT_OPTIONS = { recipe: 'value', packages: 'value', tag: 'value', owner: 'value' };

/** Whether it is named by an option, not by a word. */
export const isNamedByOption = ({ recipe, packages }) => recipe !== undefined || packages !== undefined;

async function fillByRecipe(tree, name, folder) {
  if (!Object.hasOwn(RECIPES, name)) throw new UsageError(`--recipe is one of: ${Object.keys(RECIPES).join(', ')}`);
  const { fill, size } = await RECIPES[name]();
  return { entry: await fill(tree, folder), size };
}

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

/**
 * @param {object} options of INPUT_OPTIONS
 * @param {string | undefined} source the folder or file, where no option names something
 * @param {string} folder for what is made on the way
 * @returns {Promise<{tree: Tree, entry: object, size?: string}>} `size`: what a recipe wishes for
 */
export async function readInput(options, source, folder) {
  if (options.recipe && options.packages) throw new UsageError('--recipe and --packages: only one of them');
  const tree = new Tree();
  const { entry, size } = await fillTree(tree, options, source, folder);
  if (options.owner) giveTo(tree, options.owner);
  return { tree, entry, size };
}
