/** elfin image info: what an image is, a file or behind a URL. */
import { isImageUrl, openImage } from '../host/images/open_image.js';
import { NodeBlockDevice } from '../host/node/node_block_device.js';
import { readEntry } from './entry_file.js';
import { parseOptions } from './options.js';
import { readSuperblock } from './superblock.js';

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

export async function run(argv) {
  const { words } = parseOptions(argv, {}, ['IMAGE']);
  const [name] = words;
  const device = isImageUrl(name) ? await openImage(name) : new NodeBlockDevice(name);
  const start = new Uint8Array(2048);
  if (device.size < start.length) throw new Error(`${name}: too short for a disk`);
  const promised = device.read(0, start);
  const found = readSuperblock(promised ? await promised : start);
  if (found === undefined) throw new Error(`${name}: no ext2, ext3 or ext4 filesystem`);
  const entry = device.entry ?? (isImageUrl(name) ? {} : readEntry(name));
  const rows = {
    filesystem: `${found.kind}${found.label && `, ${found.label}`}, ${found.state}`,
    uuid: found.uuid,
    size: megabytes(found.bytes),
    free: megabytes(found.freeBytes),
    files: found.inodes - found.freeInodes,
    ...(device.identity && { identity: device.identity }),
    ...(entry.args && { runs: entry.args.join(' ') }),
    ...(entry.env && { environment: Object.entries(entry.env).map((pair) => pair.join('=')).join(' ') }),
    ...(entry.cwd && { folder: entry.cwd }),
    ...(entry.user && { user: entry.user }),
  };
  for (const [key, value] of Object.entries(rows)) console.log(`${key.padEnd(12)}${value}`);
}
