/** The disk of a machine as its embedding sees it: an image with an overlay, whole, while programs go on writing. */
import { FreezableStore } from './freezable_store.js';
import { OverlayImage } from './overlay_image.js';

const PIECE_BYTES = 4 << 20;

export class MachineDisk {
  #image;
  /** What the machine writes to. */
  store;

  /**
   * @param {import('./machine.d.ts').BlockDevice} image
   * @param {import('./machine.d.ts').GrowingBlockDevice} overlay
   */
  constructor(image, overlay) {
    this.#image = image;
    this.store = new FreezableStore(overlay);
  }

  /** All of it as it is at the first piece, by pieces in their order: {bytes, offset, size}. */
  async *export() {
    const frozen = this.store.freeze();
    try {
      const disk = new OverlayImage(this.#image, frozen);
      const { size } = disk;
      for (let offset = 0; offset < size; offset += PIECE_BYTES) {
        const bytes = new Uint8Array(Math.min(PIECE_BYTES, size - offset));
        await disk.read(offset, bytes);
        frozen.forgetBefore(await disk.placeOf(offset + bytes.length));
        yield { bytes, offset, size };
      }
    } finally {
      frozen.release();
    }
  }

  /** How much of it has been written to since the image was made. */
  writtenBytes() {
    return new OverlayImage(this.#image, this.store).writtenBytes();
  }
}
