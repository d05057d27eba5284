/** elfin image chunk: an image as a folder for any static web server. */
import { chunkImage } from './chunk_image.js';
import { readEntry } from './entry_file.js';
import { parseOptions } from './options.js';

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

export async function run(argv) {
  const { words } = parseOptions(argv, {}, ['IMAGE', 'FOLDER']);
  const [image, folder] = words;
  const made = await chunkImage(image, folder, { entry: readEntry(image) });
  console.log(`${folder}: ${made.objects} objects, ${megabytes(made.bytes)}; ` +
    `${made.written} of them new, ${megabytes(made.writtenBytes)}`);
}
