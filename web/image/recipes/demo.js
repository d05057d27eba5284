/** The demo image: a Debian system with tools, languages and a compiler; demo_packages.txt has the list. */
import fs from 'node:fs';
import { addDebianSystem, parsePackageList } from '../debian_system.js';
import { readBytes } from '../unpack.js';

export const size = '2G';

const USER = { name: 'user', id: 1000 };

/** Documentation and translations that lie elsewhere, and what only looks into compilers and profiles. */
const UNWANTED = new RegExp([
  '^usr/share/vim/vim90/(doc|lang|tutor)/.',
  '^usr/share/(git-core/contrib|perl/5[^/]*/pod|gdb|gcc)/.',
  '^usr/bin/(x86_64-linux-gnu-)?(lto-dump|gp-|gprofng)',
  'gprofng',
].join('|'));

function append(tree, name, line) {
  const node = tree.find(name);
  const bytes = Buffer.concat([readBytes(node.body), Buffer.from(line)]);
  node.body = { bytes, size: bytes.length };
}

/** What adduser does: a line in each file, and a home like the skeleton. */
function addUser(tree) {
  const { name, id } = USER;
  append(tree, 'etc/passwd', `${name}:x:${id}:${id}::/home/${name}:/bin/bash\n`);
  append(tree, 'etc/group', `${name}:x:${id}:\n`);
  append(tree, 'etc/shadow', `${name}:*:19000:0:99999:7:::\n`);
  append(tree, 'etc/gshadow', `${name}:!::\n`);
  const owner = { uid: id, gid: id };
  const skeleton = tree.find('etc/skel');
  const { mtime } = skeleton;
  tree.add([{ ...owner, name: `home/${name}`, mode: 0o755, type: '5', mtime, xattrs: {} }], '');
  for (const [file, node] of skeleton.children) {
    if (node.body) tree.put(`home/${name}/${file}`, { ...node, ...owner });
  }
}

/** @param {import('../tree.js').Tree} tree */
export function fill(tree, folder) {
  const list = fs.readFileSync(new URL('./demo_packages.txt', import.meta.url), 'utf8');
  addDebianSystem(tree, parsePackageList(list), folder, (name) => !UNWANTED.test(name));
  addUser(tree);
  const hostname = Buffer.from('elfin\n');
  tree.put('etc/hostname', { type: '0', mode: 0o644, mtime: tree.newestTime(), body: { bytes: hostname, size: hostname.length } });
  const env = { HOME: `/home/${USER.name}`, USER: USER.name, LANG: 'C.UTF-8' };
  return { args: ['/bin/bash', '--login'], env, cwd: env.HOME, user: USER.name };
}
