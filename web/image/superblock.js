/** What an ext superblock tells people. blockfs/ext/superblock.h has the whole layout. */
const OFFSET = 1024;
const MAGIC = 0xef53;
const STATE_VALID = 1;
const NEEDS_RECOVERY = 0x4;
const HAS_JOURNAL = 0x4;
const EXTENTS = 0x40;
const CHECKSUMS = 0x400;
const CHECKSUM_SEED = 0x2000;

/**
 * @param {Uint8Array} start the disk's first 2048 bytes
 * @returns {{kind: string, uuid: string, label: string, bytes: number, blockBytes: number, freeBytes: number,
 *   inodes: number, freeInodes: number, state: string, uuidMayChange: boolean} | undefined} undefined: there is none;
 *   `uuidMayChange`: no checksum depends on it
 */
export function readSuperblock(start) {
  const view = new DataView(start.buffer, start.byteOffset + OFFSET, 1024);
  const word = (at) => view.getUint32(at, true);
  if (view.getUint16(0x38, true) !== MAGIC) return undefined;
  const block = 1024 * 2 ** word(0x18);
  const [compatible, incompatible, readOnlyCompatible] = [word(0x5c), word(0x60), word(0x64)];
  const wide = (incompatible & 0x80) !== 0;
  const blocks = (low, high) => word(low) + (wide ? word(high) * 2 ** 32 : 0);
  const hex = Buffer.from(start.subarray(OFFSET + 0x68, OFFSET + 0x78)).toString('hex');
  const journal = (compatible & HAS_JOURNAL) !== 0;
  const clean = (view.getUint16(0x3a, true) & STATE_VALID) !== 0;
  return {
    kind: incompatible & EXTENTS ? 'ext4' : journal ? 'ext3' : 'ext2',
    uuid: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    label: Buffer.from(start.subarray(OFFSET + 0x78, OFFSET + 0x88)).toString().replace(/\0.*/s, ''),
    bytes: blocks(4, 0x150) * block,
    blockBytes: block,
    freeBytes: blocks(0xc, 0x158) * block,
    inodes: word(0),
    freeInodes: word(0x10),
    state: incompatible & NEEDS_RECOVERY ? 'its journal wants replaying' : clean ? 'clean' : 'not closed',
    uuidMayChange: (readOnlyCompatible & CHECKSUMS) === 0 || (incompatible & CHECKSUM_SEED) !== 0,
  };
}
