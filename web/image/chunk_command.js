/** elfin image chunk: an image as a folder for any static web server. */
import { binariesDirectory } from './binaries.js';
import { asEntry, makePacks, recordBoot } from './boot_packs.js';
import { CHUNK_SIZE, chunkImage } from './chunk_image.js';
import { readEntry } from './entry_file.js';
import { parseOptions } from './options.js';

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** What is recorded: the image's own program, then those of the command line. */
function commandsOf(entry, wishes) {
  const own = entry.args?.length ? [{ name: 'entry', args: entry.args }] : [];
  return [...own, ...wishes.map((wish) => ({ name: wish, args: wish.trim().split(/\s+/) }))];
}

export async function run(argv) {
  const { options, words } = parseOptions(argv, { pack: 'values', 'no-packs': 'flag' }, ['IMAGE', 'FOLDER']);
  const [image, folder] = words;
  const entry = readEntry(image);
  const commands = options['no-packs'] ? [] : commandsOf(entry, options.pack ?? []);
  const settings = { chunkSize: CHUNK_SIZE, binaries: binariesDirectory(), report: (line) => console.error(`elfin: ${line}`) };
  const made = await chunkImage(image, folder, {
    entry,
    packs: (chunks, addPack) => makePacks(commands, chunks, addPack, (args) => recordBoot(image, asEntry(args, entry), settings)),
  });
  console.log(`${folder}: ${made.objects} objects, ${megabytes(made.bytes)}; ` +
    `${made.written} of them new, ${megabytes(made.writtenBytes)}`);
}
