// Screenshots beside reference images of this folder's screenshots/: how alike they are, and a way to renew them.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const REFERENCES = fileURLToPath(new URL('screenshots/', import.meta.url));
/** What differs is drawn here, beside the picture that it was found in. */
const FINDINGS = fileURLToPath(new URL('../../build/screenshots/', import.meta.url));
const RENEW = process.env.ELFIN_RENEW_SCREENSHOTS === '1';

/**
 * A channel of a pixel (0…255) may lie that far outside of what the other picture has there or next to it, so an edge may be
 * drawn a little otherwise, or a pixel away. Of each square tile so many pixels may differ: a share of the whole picture would
 * hide a word.
 */
export const TOLERANCE = Object.freeze({ channel: 12, tile: 16, tileShare: 0.06 });

/** Runs in a page: both as base64 of PNG. @returns {Promise<{size?: string, tiles: number, worst: number, marked?: string}>} */
async function compareInPage({ actual, reference, channel, tile, tileShare }) {
  const decode = async (base64) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0);
    return { canvas, context };
  };
  const data = ({ canvas, context }) => context.getImageData(0, 0, canvas.width, canvas.height).data;
  const [a, b] = await Promise.all([decode(actual), decode(reference)]);
  const { width, height } = a.canvas;
  if (width !== b.canvas.width || height !== b.canvas.height) {
    return { size: `${width}×${height} in place of ${b.canvas.width}×${b.canvas.height}`, tiles: 0, worst: 1 };
  }
  const [left, right] = [data(a), data(b)];
  /** Whether a pixel of `one` is within what `other` has around it. */
  const isLike = (one, other, x, y) => {
    for (let c = 0; c < 3; c++) {
      let [low, high] = [255, 0];
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const value = other[4 * (v * width + u) + c];
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
      const value = one[4 * (y * width + x) + c];
      if (value < low - channel || value > high + channel) return false;
    }
    return true;
  };
  let [tiles, worst] = [0, 0];
  a.context.fillStyle = 'rgb(255 0 80 / .35)';
  for (let top = 0; top < height; top += tile) {
    for (let start = 0; start < width; start += tile) {
      const [end, bottom] = [Math.min(width, start + tile), Math.min(height, top + tile)];
      let count = 0;
      for (let y = top; y < bottom; y++) {
        for (let x = start; x < end; x++) if (!isLike(left, right, x, y) || !isLike(right, left, x, y)) count++;
      }
      const share = count / (tile * tile);
      worst = Math.max(worst, share);
      if (share <= tileShare) continue;
      tiles++;
      a.context.fillRect(start, top, tile, tile);
    }
  }
  const marked = new Uint8Array(await (await a.canvas.convertToBlob()).arrayBuffer());
  return { tiles, worst, marked: btoa(Array.from(marked, (byte) => String.fromCharCode(byte)).join('')) };
}

/**
 * @param {object} page any page of Playwright's, to decode the pictures
 * @param {Buffer} actual PNG
 * @param {Buffer} reference PNG
 */
export function comparePictures(page, actual, reference) {
  return page.evaluate(compareInPage, {
    actual: actual.toString('base64'), reference: reference.toString('base64'), ...TOLERANCE,
  });
}

/** Compares one with the reference of that name, or makes it that. @returns {Promise<string | undefined>} what is wrong */
export async function judge(page, name, actual) {
  const file = `${REFERENCES}${name}.png`;
  const isThere = fs.existsSync(file);
  if (!isThere && !RENEW) return `${name}: there is no reference image`;
  const { size, tiles, worst, marked } = isThere ? await comparePictures(page, actual, fs.readFileSync(file)) : { tiles: 1 };
  if (size === undefined && tiles === 0) return undefined;
  if (RENEW) {
    fs.writeFileSync(file, actual);
    return undefined;
  }
  fs.mkdirSync(FINDINGS, { recursive: true });
  fs.writeFileSync(`${FINDINGS}${name}.png`, actual);
  if (marked) fs.writeFileSync(`${FINDINGS}${name}.marked.png`, Buffer.from(marked, 'base64'));
  return `${name}: ${size ?? `${tiles} tiles differ, the worst in ${Math.round(100 * worst)} % of its pixels`}; see build/screenshots`;
}
