/** The files of an image as a Tree, read by the machine's own filesystem. */
import { Tree } from './tree.js';

const TYPES = {
  file: '0', link: '2', 'character device': '3', 'block device': '4', directory: '5', fifo: '6',
};

/** Names are bytes, in latin1 strings as a Tree has them. */
export const diskPath = (path) => Buffer.from(`/${path}`, 'latin1');
const latin1 = (bytes) => Buffer.from(bytes).latin1Slice();

/** st_rdev as Linux packs it: 12 bits of the one number within 20 of the other. */
export const deviceNumber = ({ major, minor }) =>
  (minor & 0xff) + major * 0x100 + (minor >>> 8) * 0x100000;
const majorOf = (device) => Math.floor(device / 0x100) & 0xfff;
const minorOf = (device) => (device & 0xff) + Math.floor(device / 0x100000) * 0x100;

async function readNode(files, path) {
  const stat = await files.lstat(diskPath(path));
  const { mode, uid, gid, device, size } = stat;
  const type = TYPES[stat.type];
  if (type === undefined) throw new Error(`${path}: a ${stat.type}, which no archive can hold`);
  const xattrs = {};
  for (const [name, value] of await files.attributes(diskPath(path))) xattrs[name] = latin1(value);
  return {
    inode: stat.inode,
    node: {
      type, mode, uid, gid, mtime: stat.modified.getTime() / 1000, xattrs,
      major: majorOf(device), minor: minorOf(device),
      target: type === '2' ? latin1(await files.readlink(diskPath(path), { asBytes: true })) : '',
      ...(type === '0' && { body: { path, size } }),
    },
  };
}

/**
 * @param {import('../host/machine_files.js').MachineFiles} files
 * @returns {Promise<Tree>} a regular file's body has the `path` where it can be read
 */
export async function readImageTree(files) {
  const tree = new Tree();
  const byInode = new Map();
  const fill = async (directory, prefix) => {
    const names = (await files.readdir(diskPath(prefix), { asBytes: true })).map(({ name }) => latin1(name));
    for (const name of names.sort()) {
      const { inode, node } = await readNode(files, prefix + name);
      if (node.type === '5') {
        Object.assign(node, { parent: directory, name, children: new Map() });
        await fill(node, `${prefix}${name}/`);
      } else if (!byInode.has(inode)) {
        byInode.set(inode, node);
      }
      directory.children.set(name, byInode.get(inode) ?? node);
    }
  };
  Object.assign(tree.root, (await readNode(files, '')).node);
  await fill(tree.root, '');
  return tree;
}
