/**
 * `elfin site OUT`: a folder that any static host can serve. What is in it has names that tell its content, but for
 * index.html, sw.js and elfin.json; the last is written last, so that a site is whole at every moment.
 * node site.js OUT --image FILE --xterm DIR --binaries DIR --esbuild DIR [--title TEXT] [--offline]
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { makePacks, recordBoot } from '../image/boot_packs.js';
import { CHUNK_SIZE, chunkImage } from '../image/chunk_image.js';
import { makeBanner } from '../page/banner.js';
import { chooseShell } from '../page/shell_program.js';
import { bundleModules } from './site_bundles.js';
import { assetFiles, indexWith, SERVICE_WORKER } from './site_files.js';

const TROUBLE = 125;
const HASH_DIGITS = 16;
const FORMAT_VERSION = 1;
/** The folder of the disk's chunks. */
const DISK = 'disk';

class UsageError extends Error {}

function parse(argv) {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        image: { type: 'string' },
        title: { type: 'string' },
        name: { type: 'string' },
        xterm: { type: 'string' },
        binaries: { type: 'string' },
        esbuild: { type: 'string' },
        offline: { type: 'boolean', default: false },
      },
    });
    if (positionals.length !== 1) throw new Error('which folder? elfin site OUT --image FILE');
    return { ...values, out: path.resolve(positionals[0]) };
  } catch (error) {
    throw new UsageError(error.message);
  }
}

function hashOf(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, HASH_DIGITS);
}

/** Only a folder that is new, empty, or an earlier site may be written to. */
function prepareFolder(out) {
  fs.mkdirSync(out, { recursive: true });
  const names = fs.readdirSync(out);
  if (names.length > 0 && !names.includes('elfin.json')) {
    throw new UsageError(`${out} is neither empty nor an earlier site`);
  }
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

function writeFile(out, name, bytes) {
  const file = path.join(out, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.new`, bytes);
  fs.renameSync(`${file}.new`, file);
  return { path: name, size: bytes.length };
}

const sizeOf = (out, names) => names.reduce((sum, name) => sum + fs.statSync(path.join(out, name)).size, 0);

/** Binaries are stored compressed: many hosts compress nothing. */
const stored = (name, bytes) => (name.endsWith('.wasm') ? [`${name}.gz`, gzipSync(bytes, { level: 9 })] : [name, bytes]);

/**
 * Writes the app's folder.
 * @returns {Promise<{app: string, files: {path: string, size: number, hash: string}[], head: string}>} `hash`: of the content
 *   before it was packed
 */
async function writeApp({ out, ...folders }) {
  const bundles = await bundleModules(folders);
  const assets = [...assetFiles(folders)].map(([name, file]) => [name, fs.readFileSync(file)]);
  const contents = [...bundles.contents, ...assets].map(([name, bytes]) => [...stored(name, bytes), sha256(bytes)]);
  const app = `app-${hashOf(contents.flat())}/`;
  const files = contents.map(([name, bytes, hash]) => ({ ...writeFile(out, app + name, bytes), hash }));
  return { app, files, head: bundles.head };
}

/** What the first terminal touches, banner and shell, comes as one object. */
function packOfShell(image, binaries) {
  const settings = {
    chunkSize: CHUNK_SIZE, binaries: pathToFileURL(`${path.resolve(binaries)}/`), report: (line) => console.error(`elfin: site: ${line}`),
  };
  const shell = async (machine) => {
    await makeBanner(machine, { title: '', columns: 80 });
    const { path: program, args, ...rest } = await chooseShell(machine, {});
    return { command: [program, ...args], ...rest };
  };
  return (chunks, addPack) => makePacks([{ name: 'entry' }], chunks, addPack, () => recordBoot(image, shell, settings));
}

/** Writes the disk, in chunks. @returns {Promise<object>} as elfin.json has it */
async function writeDisk({ out, image, title, name, offline, binaries }) {
  if (image === undefined) throw new UsageError('which disk? --image FILE');
  if (!fs.statSync(image, { throwIfNoEntry: false })?.isFile()) throw new UsageError(`--image ${image}: no such file`);
  const { manifest } = await chunkImage(image, path.join(out, DISK), { packs: packOfShell(image, binaries) });
  fs.rmSync(path.join(out, DISK, 'latest')); // elfin.json tells the version
  const files = [manifest, ...objectsOf(out, manifest)].map((hash) => `${DISK}/objects/${hash}`);
  const diskName = name ?? path.basename(image).replace(/\.[^.]*$/, '');
  const size = sizeOf(out, files);
  return { kind: 'chunks', url: `${DISK}/`, manifest, name: diskName, title: title ?? diskName, size, files, keepAll: offline };
}

function objectsOf(out, manifest) {
  const packed = fs.readFileSync(path.join(out, DISK, 'objects', manifest));
  const { chunks, packs } = JSON.parse(gunzipSync(packed));
  return [...new Set([...chunks.filter((chunk) => typeof chunk === 'string'), ...Object.values(packs).map(({ object }) => object)])];
}

/** What only earlier versions had. */
function removeOld(out, { app, disk }) {
  for (const name of fs.readdirSync(out)) {
    if (/^app-[0-9a-f]{16}$/.test(name) && `${name}/` !== app) fs.rmSync(path.join(out, name), { recursive: true });
  }
  const objects = path.join(out, DISK, 'objects');
  for (const name of fs.readdirSync(objects)) {
    if (!disk.files.includes(`${DISK}/objects/${name}`)) fs.rmSync(path.join(objects, name));
  }
}

async function main() {
  const options = parse(process.argv.slice(2));
  prepareFolder(options.out);
  const { app, files, head } = await writeApp(options);
  const disk = await writeDisk(options);
  const index = indexWith(app, head);
  const version = hashOf([app, index, JSON.stringify(disk)]);
  writeFile(options.out, 'sw.js', fs.readFileSync(SERVICE_WORKER));
  writeFile(options.out, 'index.html', Buffer.from(index));
  const manifest = { elfinSite: FORMAT_VERSION, version, app, files, disk };
  writeFile(options.out, 'elfin.json', Buffer.from(JSON.stringify(manifest)));
  removeOld(options.out, manifest);
  const megabytes = (size) => `${(size / 1e6).toFixed(1)} MB`;
  console.log(`${options.out}: the page ${megabytes(sizeOf(options.out, files.map((file) => file.path)))}, the disk ` +
    `${megabytes(disk.size)}. Any static host will do.`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`elfin: site: ${error.message}`);
  process.exit(TROUBLE);
}
