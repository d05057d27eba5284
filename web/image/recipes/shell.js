/** A shell alone, mksh, which needs no library: the disk that the npm package brings, so that it runs something at once. */
import { addPackages } from '../debian_packages.js';

/** Too small for a journal; most of it is room. */
export const size = '4M';

/** Linked with klibc, whose licence comes with it. */
const SHELL = 'usr/lib/klibc/bin/mksh';
const PACKAGES = ['mksh', 'libklibc'];
const LICENCES = /^usr\/share\/doc\/(mksh|libklibc)\/copyright$/;
const DIRECTORIES = { 'dev': 0o755, 'proc': 0o555, 'sys': 0o555, 'mnt': 0o755, 'tmp': 0o1777, 'root': 0o700 };
const FILES = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/mksh\n',
  'etc/group': 'root:x:0:\n',
  'etc/profile': "PS1='$PWD # '\n",
};

/** @param {import('../tree.js').Tree} tree */
export function fill(tree, folder) {
  addPackages(tree, PACKAGES, folder, (file) => file === SHELL || LICENCES.test(file));
  tree.put('bin/mksh', tree.find(SHELL));
  tree.remove('usr/lib');
  tree.put('bin/sh', { type: '2', target: 'mksh' });
  for (const [name, mode] of Object.entries(DIRECTORIES)) {
    tree.add([{ name, mode, type: '5', uid: 0, gid: 0, mtime: 0, xattrs: {} }], '');
  }
  for (const [name, text] of Object.entries(FILES)) {
    const bytes = Buffer.from(text);
    tree.put(name, { type: '0', mode: 0o644, body: { bytes, size: bytes.length } });
  }
  const time = tree.newestTime();
  for (const { node } of tree.walk()) node.mtime ||= time; // what no package has brought
  return { args: ['/bin/mksh', '-l'], env: { HOME: '/root' }, cwd: '/root' };
}
