/** An image by its URL: chunked or whole. */
import { ChunkedDevice } from './chunked_device.js';
import { HttpRangeDevice } from './http_range_device.js';

export const isImageUrl = (text) => /^https?:\/\//i.test(text);

/**
 * A URL that ends in `/latest`, or in `/` for the folder with that file, is a chunked image; any other is a
 * file on a server that answers ranges.
 * @param {string | URL} url
 * @param {object} [options] of the two devices' open
 * @returns {Promise<import('../machine.d.ts').BlockDevice>} Throws ImageError.
 */
export function openImage(url, options) {
  const parsed = new URL(url);
  if (parsed.pathname.endsWith('/')) parsed.pathname += 'latest';
  return parsed.pathname.endsWith('/latest')
    ? ChunkedDevice.open(parsed, options)
    : HttpRangeDevice.open(parsed, options);
}
