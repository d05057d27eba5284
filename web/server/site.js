/**
 * `elfin site OUT`: a folder that any static host can serve. What is in it has names that tell its content, but for
 * index.html, sw.js and elfin.json; the last is written last, so that a site is whole at every moment.
 * node site.js OUT --image FILE --xterm DIR --binaries DIR [--title TEXT] [--offline]
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { appFiles, INDEX, SERVICE_WORKER } from './site_files.js';

const TROUBLE = 125;
const HASH_DIGITS = 16;
const FORMAT_VERSION = 1;
/** What the page needs before it can start: fetched at once, not one after the other as imports are found. */
const isNeededAtOnce = (name) => /^(page|host)\/.*\.js$|^xterm\/(xterm|addon-fit|addon-clipboard)\.mjs$/.test(name);

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

function writeFile(out, name, bytes) {
  const file = path.join(out, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.new`, bytes);
  fs.renameSync(`${file}.new`, file);
  return { path: name, size: bytes.length };
}

/** Binaries are stored compressed: many hosts compress nothing. */
const stored = (name, bytes) => (name.endsWith('.wasm') ? [`${name}.gz`, gzipSync(bytes, { level: 9 })] : [name, bytes]);

/** Writes the app's folder. @returns {{app: string, files: {path: string, size: number}[]}} */
function writeApp({ out, xterm, binaries }) {
  const contents = [...appFiles({ xterm, binaries })].map(([name, file]) => stored(name, fs.readFileSync(file)));
  const app = `app-${hashOf(contents.flat())}/`;
  return { app, files: contents.map(([name, bytes]) => writeFile(out, app + name, bytes)) };
}

/** Writes the disk. @returns {object} as elfin.json has it */
function writeDisk({ out, image, title, name, offline }) {
  if (image === undefined) throw new UsageError('which disk? --image FILE');
  if (!fs.statSync(image, { throwIfNoEntry: false })?.isFile()) throw new UsageError(`--image ${image}: no such file`);
  const bytes = fs.readFileSync(image);
  const url = `disk-${hashOf([bytes])}/image.gz`;
  writeFile(out, url, gzipSync(bytes));
  const diskName = name ?? path.basename(image).replace(/\.[^.]*$/, '');
  return { kind: 'image', url, name: diskName, title: title ?? diskName, files: [url], keepAll: offline };
}

function indexPage(app, files) {
  const preloads = files.map(({ path: name }) => name)
    .filter((name) => isNeededAtOnce(name.slice(app.length)))
    .map((name) => `<link rel="modulepreload" href="${name}">`);
  return fs.readFileSync(INDEX, 'utf8').replaceAll('"app/', `"${app}`).replace('<!-- preloads -->', preloads.join('\n'));
}

/** Folders of earlier versions. */
function removeOld(out, manifest) {
  const kept = [manifest.app, manifest.disk.url].map((name) => name.split('/')[0]);
  for (const name of fs.readdirSync(out)) {
    if (/^(app|disk)-[0-9a-f]{16}$/.test(name) && !kept.includes(name)) fs.rmSync(path.join(out, name), { recursive: true });
  }
}

function main() {
  const options = parse(process.argv.slice(2));
  prepareFolder(options.out);
  const { app, files } = writeApp(options);
  const disk = writeDisk(options);
  const index = indexPage(app, files);
  const version = hashOf([app, index, JSON.stringify(disk)]);
  writeFile(options.out, 'sw.js', fs.readFileSync(SERVICE_WORKER));
  writeFile(options.out, 'index.html', Buffer.from(index));
  const manifest = { elfinSite: FORMAT_VERSION, version, app, compressed: true, files, disk };
  writeFile(options.out, 'elfin.json', Buffer.from(JSON.stringify(manifest)));
  removeOld(options.out, manifest);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  console.log(`${options.out}: the page ${(size / 1e6).toFixed(1)} MB, the disk ` +
    `${(fs.statSync(path.join(options.out, disk.url)).size / 1e6).toFixed(1)} MB. Any static host will do.`);
}

try {
  main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`elfin: site: ${error.message}`);
  process.exit(TROUBLE);
}
