/** An image by its URL, from any server: in pieces as they are needed, whole where the server knows no ranges. */
import { openImage } from '../images/open_image.js';
import { MemoryImage } from './memory_image.js';

/**
 * @param {string | URL} url
 * @param {object} [options] of openImage, and `progress` of MemoryImage.fetch
 */
export async function openAnyImage(url, { progress, ...options } = {}) {
  try {
    return await openImage(url, options);
  } catch (error) {
    if (!error.noRanges) throw error;
    return MemoryImage.fetch(url, progress);
  }
}
