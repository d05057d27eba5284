/**
 * A new version of an image: the difference of the trees, applied by the machine's own ext filesystem to the old image
 * under an overlay, and both together written to a file. The same old image and tree give the same bytes: the
 * machine's clock stands still, as mke2fs's does in ext_image.js.
 */
import fs from 'node:fs';
import path from 'node:path';
import { ERRNO } from '../host/errno.js';
import { Machine } from '../host/machine.js';
import { NodeBlockDevice } from '../host/node/node_block_device.js';
import { openOverlayFile } from '../host/node/overlay_file.js';
import { NodePlatform } from '../host/node/platform.js';
import { binariesDirectory } from './binaries.js';
import { timeOf, uuidOf } from './ext_image.js';
import { deviceNumber, diskPath, readImageTree } from './image_tree.js';
import { writeMerged } from './merged_image.js';
import { readSuperblock } from './superblock.js';
import { runTool } from './tool.js';
import { bodyOf } from './tree_archive.js';
import { differenceOf } from './tree_difference.js';

const SUPERBLOCK_END = 2048;
const NEVER_MS = 0x7fffffff;
const TYPE_BITS = { 3: 0o020000, 4: 0o060000, 6: 0o010000 };
const JOURNAL = '<8>';

/** A platform whose time is always the same. */
class StillPlatform extends NodePlatform {
  #nanoseconds;

  constructor(seconds) {
    super({ directory: binariesDirectory(), report: (line) => console.error(`elfin: ${line}`) });
    this.#nanoseconds = seconds * 1e9;
  }

  now() {
    return this.#nanoseconds;
  }
}

// Without commits in between, which would come by the clock.
const openDisk = (seconds, mount) => Machine.create({
  platform: new StillPlatform(seconds), mounts: { '/': { ...mount, bare: true } }, jit: 'off', commitMs: NEVER_MS,
});

/** Whether a file of the old image holds these bytes. */
async function holds(files, old, body) {
  if (old.size !== body.size) return false;
  let offset = 0;
  for (const piece of bodyOf(body)) {
    const there = await files.readFile(diskPath(old.path), { offset, length: piece.length });
    if (!piece.equals(there)) return false;
    offset += piece.length;
  }
  return true;
}

async function writeBody(files, place, { body, mode }) {
  await files.writeFile(place, '', { mode });
  for (const piece of bodyOf(body)) if (piece.length > 0) await files.writeFile(place, piece, { append: true });
}

async function make(files, place, node) {
  if (node.children) return files.mkdir(place, { mode: node.mode });
  if (node.type === '2') return files.symlink(Buffer.from(node.target, 'latin1'), place);
  if (node.type === '0') return writeBody(files, place, node);
  return files.mknod(place, TYPE_BITS[node.type] | node.mode, deviceNumber(node));
}

async function setAttributes(files, place, wanted, found) {
  for (const name of Object.keys(found)) {
    if (!Object.hasOwn(wanted, name)) await files.removeAttribute(place, name);
  }
  for (const [name, value] of Object.entries(wanted)) {
    if (found[name] !== value) await files.setAttribute(place, name, Buffer.from(value, 'latin1'));
  }
}

/** Owner, mode, attributes and time. `old`: what it had, undefined: it is new; `written`: its contents have changed. */
async function settle(files, place, node, old, written) {
  const moved = old?.uid !== node.uid || old.gid !== node.gid;
  if (moved) await files.lchown(place, node.uid, node.gid);
  // A new owner takes bits of the mode away.
  if (node.type !== '2' && (moved || old.mode !== node.mode)) await files.chmod(place, node.mode);
  await setAttributes(files, place, node.xattrs, old?.xattrs ?? {});
  const time = Math.floor(node.mtime);
  if (written || old?.mtime !== time) await files.setLinkModified(place, new Date(time * 1000));
}

/**
 * @param {import('../host/machine_files.js').MachineFiles} files of the disk that becomes the new one
 * @param {import('../host/machine_files.js').MachineFiles} before of the old one, which stays
 */
async function apply(files, before, oldTree, tree) {
  const { removed, added, entries, changedDirectories } = differenceOf(oldTree, tree);
  for (const { path: name, node } of removed) {
    await (node.children ? files.rmdir(diskPath(name)) : files.unlink(diskPath(name)));
  }
  for (const { path: name, node, linkTo } of added) {
    if (linkTo !== undefined) await files.link(diskPath(linkTo), diskPath(name));
    else await make(files, diskPath(name), node);
  }
  for (const { path: name, node, old } of entries) {
    const rewritten = old?.body !== undefined && !(await holds(before, old.body, node.body));
    if (rewritten) await writeBody(files, diskPath(name), node);
    await settle(files, diskPath(name), node, old, rewritten || (node.children && changedDirectories.has(name)));
  }
}

/** What the journal has seen is nobody's business, and would be downloaded: zeros behind its superblock. */
function clearJournal(image, blockBytes) {
  const blocks = runTool('debugfs', ['-R', `blocks ${JOURNAL}`, image]).toString().trim().split(/\s+/).map(Number);
  const descriptor = fs.openSync(image, 'r+');
  try {
    for (const block of blocks.slice(1)) fs.writeSync(descriptor, Buffer.alloc(blockBytes), 0, blockBytes, block * blockBytes);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** What has to be known of the old image. Throws where no new one can be made of it. */
function examine(base, old) {
  const start = Buffer.alloc(SUPERBLOCK_END);
  if (base.size >= SUPERBLOCK_END) base.read(0, start);
  const found = readSuperblock(start);
  if (found === undefined) throw new Error(`${old}: no ext2, ext3 or ext4 filesystem`);
  // Overlays and caches tell versions by it.
  if (!found.uuidMayChange) {
    throw new Error(`${old}: its checksums depend on its UUID, so that it has to be built anew ` +
      '(mke2fs -O metadata_csum_seed, as image build has it)');
  }
  return found;
}

/**
 * @param {import('./tree.js').Tree} tree what the new image is to hold
 * @param {string} old the image that it begins with
 * @param {string} to the file to make
 * @param {string} folder for what is made on the way
 */
export async function updateImage(tree, old, to, folder) {
  const seconds = timeOf(tree);
  const base = new NodeBlockDevice(old);
  const overlay = path.join(folder, 'overlay');
  const store = openOverlayFile(overlay, { writable: true, create: true });
  let blockBytes;
  try {
    ({ blockBytes } = examine(base, old));
    const before = await openDisk(seconds, { image: base });
    const machine = await openDisk(seconds, { image: base, overlay: store });
    await apply(machine.fs, before.fs, await readImageTree(before.fs), tree).catch((error) => {
      if (error.errno !== ERRNO.ENOSPC) throw error;
      throw new Error(`${old} has no room for what is new (${error.message}): it has to be built anew, with a larger --size`);
    });
    await machine.stop();
  } finally {
    store.close();
    base.close();
  }
  const made = path.join(folder, 'updated');
  await writeMerged(old, overlay, made);
  clearJournal(made, blockBytes);
  runTool('tune2fs', ['-U', uuidOf(tree), made], { env: { E2FSPROGS_FAKE_TIME: String(seconds) } });
  fs.renameSync(made, to);
}
