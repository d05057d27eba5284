/** Debian's packages as they are, without their scripts: for small trees that are put together by hand. */
import fs from 'node:fs';
import path from 'node:path';
import { readTar } from './tar_reader.js';
import { runTool } from './tool.js';

/**
 * Fetches packages by the machine's own sources and lays them over a tree.
 * @param {import('./tree.js').Tree} tree
 * @param {string[]} packages
 * @param {string} folder for what is fetched
 * @param {(path: string) => boolean} wanted
 */
export function addPackages(tree, packages, folder, wanted) {
  const download = path.join(folder, 'packages');
  fs.mkdirSync(download);
  runTool('apt-get', ['download', '-q', ...packages], { cwd: download });
  // In the order of the list, whatever the files are called.
  for (const name of packages) {
    const file = fs.readdirSync(download).find((each) => each.startsWith(`${name}_`));
    const archive = path.join(download, `${name}.tar`);
    fs.writeFileSync(archive, runTool('dpkg-deb', ['--fsys-tarfile', path.join(download, file)]));
    tree.add(readTar(archive), archive, { keepLinks: true, wanted });
  }
}
