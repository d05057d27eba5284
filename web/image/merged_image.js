/** An image with what an overlay has over it, written to a file of its own, or what the overlay has alone. */
import fs from 'node:fs';
import { createPackedFile, openOverlayFile } from '../host/node/overlay_file.js';
import { NodeBlockDevice } from '../host/node/node_block_device.js';
import { OverlayImage } from '../host/overlay_image.js';

const PIECE = 1 << 20;
/** What a packed store gives room for. */
const PACKED_PIECE = 1 << 16;
const ZEROS = Buffer.alloc(PIECE);

/**
 * Zeros become holes.
 * @param {string} image
 * @param {string | undefined} overlay
 * @param {string} to
 */
export async function writeMerged(image, overlay, to) {
  const base = new NodeBlockDevice(image);
  const store = overlay === undefined ? undefined : openOverlayFile(overlay);
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

/**
 * The overlay packed: an overlay of the same image, as long as what it holds. The same overlay gives the same bytes.
 * @param {string} image
 * @param {string} overlay Throws where it is none, or another image's.
 * @param {string} to
 */
export async function writeChanges(image, overlay, to) {
  const base = new NodeBlockDevice(image);
  const store = openOverlayFile(overlay);
  const packed = createPackedFile(to);
  try {
    const overlaid = new OverlayImage(base, store);
    packed.extend(store.size);
    const buffer = Buffer.alloc(PIECE);
    for (let offset = 0; offset < store.size; offset += PACKED_PIECE) {
      const piece = buffer.subarray(0, Math.min(PACKED_PIECE, store.size - offset));
      await overlaid.readStore(offset, piece);
      if (!piece.equals(ZEROS.subarray(0, piece.length))) packed.write(offset, piece);
    }
    packed.flush();
  } finally {
    packed.close();
    store.close();
    base.close();
  }
}
