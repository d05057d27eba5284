/** An image with what an overlay's store has over it, as one: to be copied. blockfs/overlay/FORMAT.md. */

const HEADER_BYTES = 4096;
const CLUSTER_BYTES = 4096;
const MAGIC = 'ElfinOvl';
/** Of the base, in the header; on the disk it begins as far in as it is long. */
const SUPERBLOCK_AT = 280;
const SUPERBLOCK_BYTES = 1024;

/** One bit a cluster: of whole blocks, and at least a bit more than that. */
const bitBytesFor = (clusters) => (Math.floor(clusters / 8 / 4096) + 1) * 4096;

/** Reads from a device that may promise its bytes. */
async function fill(device, offset, to) {
  const promised = device.read(offset, to);
  if (promised) to.set(await promised);
}

export class OverlayImage {
  #image;
  #store;
  #bits;

  /**
   * @param {import('./machine.d.ts').BlockDevice} image
   * @param {import('./machine.d.ts').BlockDevice} [store] without it, the image alone
   */
  constructor(image, store) {
    this.#image = image;
    this.#store = store;
  }

  get size() {
    return this.#image.size;
  }

  /** One bit a cluster, as the store has it at the first call. */
  async #readBits() {
    if (this.#bits) return this.#bits;
    const clusters = Math.ceil(this.size / CLUSTER_BYTES);
    const bitBytes = bitBytesFor(clusters);
    this.#bits = new Uint8Array(bitBytes);
    const isUsed = this.#store && this.#store.size >= HEADER_BYTES + bitBytes + clusters * CLUSTER_BYTES;
    if (!isUsed) return this.#bits;
    const header = new Uint8Array(HEADER_BYTES);
    await fill(this.#store, 0, header);
    if (header.every((byte) => byte === 0)) return this.#bits;
    await this.#checkBelongs(header);
    await fill(this.#store, HEADER_BYTES, this.#bits);
    return this.#bits;
  }

  /** Throws unless the store is an overlay, and of this image. */
  async #checkBelongs(header) {
    const text = (at, size) => new TextDecoder('latin1').decode(header.subarray(at, at + size));
    if (text(0, 8) !== MAGIC) throw new Error('the overlay is none');
    const baseSize = Number(new DataView(header.buffer).getBigUint64(16, true));
    const superblock = new Uint8Array(SUPERBLOCK_BYTES);
    await fill(this.#image, SUPERBLOCK_BYTES, superblock);
    const same = superblock.every((byte, index) => byte === header[SUPERBLOCK_AT + index]);
    if (baseSize !== this.size || !same) {
      throw new Error('the overlay belongs to another disk, or the disk has changed');
    }
  }

  /** `offset` is a multiple of 4096. */
  async read(offset, to) {
    const bits = await this.#readBits();
    await fill(this.#image, offset, to);
    const first = offset / CLUSTER_BYTES;
    const data = await this.placeOf(0);
    for (let at = 0; at < to.length; at += CLUSTER_BYTES) {
      const cluster = first + at / CLUSTER_BYTES;
      if ((bits[cluster >> 3] & (1 << (cluster & 7))) === 0) continue;
      await fill(this.#store, data + cluster * CLUSTER_BYTES, to.subarray(at, Math.min(at + CLUSTER_BYTES, to.length)));
    }
  }

  /** Where in the store the image's bytes from `offset` on are, if it has them. */
  async placeOf(offset) {
    return HEADER_BYTES + (await this.#readBits()).length + offset;
  }

  /** What the store holds there and means: of clusters that it doesn't have, zeros. Of the store's own offsets. */
  async readStore(offset, to) {
    const bits = await this.#readBits();
    await fill(this.#store, offset, to);
    const data = HEADER_BYTES + bits.length;
    for (let at = Math.max(0, data - offset); at < to.length; at += CLUSTER_BYTES) {
      const cluster = (offset + at - data) / CLUSTER_BYTES;
      if ((bits[cluster >> 3] & (1 << (cluster & 7))) === 0) to.fill(0, at, at + CLUSTER_BYTES);
    }
  }

  async writtenBytes() {
    let count = 0;
    for (let byte of await this.#readBits()) for (; byte !== 0; byte &= byte - 1) count++;
    return count * CLUSTER_BYTES;
  }
}
