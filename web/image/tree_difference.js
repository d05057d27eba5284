/**
 * What has to be done to a disk so that one tree becomes another. Files keep their inodes, and thereby their blocks,
 * where one of their names stays; nothing here touches a disk.
 */
import { deviceNumber } from './image_tree.js';

/** mke2fs makes it, and archives have none. */
const OF_THE_FILESYSTEM = 'lost+found';

const parentOf = (path) => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const isDirectory = (node) => node.children !== undefined;

/** Whether a node can become the other without being made anew. */
const canBecome = (old, node) => old !== undefined && old.type === node.type &&
  (isDirectory(node) || (old.target === node.target && deviceNumber(old) === deviceNumber(node)));

/** Which file of the old tree each file of the new one goes on with, and by which name. */
function matchFiles(oldPaths, tree) {
  const matches = new Map();
  const taken = new Set();
  for (const { path, node } of tree.walk()) {
    const old = oldPaths.get(path);
    if (isDirectory(node) || matches.has(node) || taken.has(old) || !canBecome(old, node)) continue;
    matches.set(node, { old, path });
    taken.add(old);
  }
  return matches;
}

/**
 * @typedef {{path: string, node: object, old?: object}} Entry `old`: what it goes on with
 * @param {import('./tree.js').Tree} oldTree
 * @param {import('./tree.js').Tree} tree
 * @returns {{removed: {path: string, node: object}[], added: {path: string, node: object, linkTo?: string}[],
 *   entries: Entry[], changedDirectories: Set<string>}} in the order in which it can be done: `removed`; `added`
 *   (`linkTo`: as a further name); then the attributes of `entries`, which are all of the new tree, each once, what is
 *   in a directory before it. `changedDirectories`: those whose names change.
 */
export function differenceOf(oldTree, tree) {
  const oldPaths = new Map(Array.from(oldTree.walk(), ({ path, node }) => [path, node]));
  if (tree.find(OF_THE_FILESYSTEM) === undefined) oldPaths.delete(OF_THE_FILESYSTEM);
  const matches = matchFiles(oldPaths, tree);
  const stays = (path, node) => (isDirectory(node)
    ? canBecome(oldPaths.get(path), node)
    : matches.has(node) && matches.get(node).old === oldPaths.get(path));

  const added = [];
  const entries = [{ path: '', node: tree.root, old: oldTree.root }];
  const staying = new Set();
  const firstPaths = new Map(Array.from(matches, ([node, { path }]) => [node, path]));
  const seen = new Set();
  for (const { path, node } of tree.walk()) {
    if (stays(path, node)) staying.add(path);
    else added.push({ path, node, linkTo: isDirectory(node) ? undefined : firstPaths.get(node) });
    if (!isDirectory(node) && !firstPaths.has(node)) firstPaths.set(node, path);
    if (seen.has(node)) continue;
    seen.add(node);
    const old = isDirectory(node) ? (staying.has(path) ? oldPaths.get(path) : undefined) : matches.get(node)?.old;
    entries.push({ path: firstPaths.get(node) ?? path, node, old });
  }
  const removed = Array.from(oldPaths, ([path, node]) => ({ path, node })).filter(({ path }) => !staying.has(path));
  removed.reverse();
  entries.reverse();
  const changedDirectories = new Set([...removed, ...added].map(({ path }) => parentOf(path)));
  return { removed, added, entries, changedDirectories };
}
