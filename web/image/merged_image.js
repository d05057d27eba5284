/** An image with what an overlay has over it, written to a file of its own; zeros become holes. */
import fs from 'node:fs';
import { NodeBlockDevice } from '../host/node/node_block_device.js';
import { OverlayImage } from '../host/overlay_image.js';

const PIECE = 1 << 20;
const ZEROS = Buffer.alloc(PIECE);

/**
 * @param {string} image
 * @param {string | undefined} overlay
 * @param {string} to
 */
export async function writeMerged(image, overlay, to) {
  const base = new NodeBlockDevice(image);
  const store = overlay === undefined ? undefined : new NodeBlockDevice(overlay);
  const descriptor = fs.openSync(to, 'w');
  try {
    const merged = new OverlayImage(base, store);
    const buffer = Buffer.alloc(PIECE);
    for (let offset = 0; offset < merged.size; offset += PIECE) {
      const piece = buffer.subarray(0, Math.min(PIECE, merged.size - offset));
      await merged.read(offset, piece);
      if (!piece.equals(ZEROS.subarray(0, piece.length))) fs.writeSync(descriptor, piece, 0, piece.length, offset);
    }
    fs.ftruncateSync(descriptor, merged.size);
  } finally {
    fs.closeSync(descriptor);
    store?.close();
    base.close();
  }
}
