/** What a disk is made of: a folder, an archive, a container image, a list of packages. */
import fs from 'node:fs';
import path from 'node:path';
import { addContainer, isContainerArchive } from './container_archive.js';
import { readTar } from './tar_reader.js';
import { runTool } from './tool.js';
import { Tree } from './tree.js';
import { unpack } from './unpack.js';

/** By way of tar, which knows extended attributes and hard links. */
function addFolder(tree, source, folder) {
  const archive = path.join(folder, 'folder.tar');
  runTool('tar', ['-C', source, '--format=pax', '--numeric-owner', '--xattrs', '--xattrs-include=*',
    '--sort=name', '-cf', archive, '.']);
  tree.add(readTar(archive), archive);
  return {};
}

/**
 * @param {import('./tree.js').Tree} tree
 * @param {string} source a folder or a file
 * @param {{folder: string, tag?: string}} options
 * @returns {Promise<object>} the entry
 */
export async function addSource(tree, source, { folder, tag }) {
  if (fs.statSync(source).isDirectory()) return addFolder(tree, source, folder);
  const file = path.join(folder, 'archive.tar');
  await unpack({ file: source }, file);
  const archive = new Tree();
  archive.add(readTar(file), file);
  if (isContainerArchive(archive)) return addContainer(tree, archive, { folder, tag });
  tree.add(readTar(file), file);
  return {};
}
