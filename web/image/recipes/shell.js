/** A shell that needs no library, mksh, with cat and ls as scripts: the disk that the npm package brings, so that it runs something at once. */
import { addPackages } from '../debian_packages.js';

/** Too small for a journal; most of it is room. */
export const size = '4M';

/** Linked with klibc, whose licence comes with it. */
const SHELL = 'usr/lib/klibc/bin/mksh';
const PACKAGES = ['mksh', 'libklibc'];
const LICENCES = /^usr\/share\/doc\/(mksh|libklibc)\/copyright$/;
const DIRECTORIES = { 'dev': 0o755, 'proc': 0o555, 'sys': 0o555, 'mnt': 0o755, 'tmp': 0o1777, 'root': 0o700 };
/** What one misses at once; the shell has neither in itself. */
const SCRIPTS = {
  'bin/cat': '#!/bin/mksh\n(($#)) || set -- /dev/stdin\nfor file; do while IFS= read -r line; do print -r -- "$line"; done <"$file"; done\n',
  'bin/ls': '#!/bin/mksh\ncd "${1:-.}" && for name in *; do [[ ! -e $name ]] || print -r -- "$name"; done\n',
};
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
  for (const [mode, files] of [[0o755, SCRIPTS], [0o644, FILES]]) {
    for (const [name, text] of Object.entries(files)) {
      const bytes = Buffer.from(text);
      tree.put(name, { type: '0', mode, body: { bytes, size: bytes.length } });
    }
  }
  const time = tree.newestTime();
  for (const { node } of tree.walk()) node.mtime ||= time; // what no package has brought
  return { args: ['/bin/mksh', '-l'], env: { HOME: '/root' }, cwd: '/root' };
}
