// The demo image and its chunks, made when they are wanted and kept until what makes them changes.
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BINARIES } from '../host/binaries.mjs';

const TOP = fileURLToPath(new URL('../../', import.meta.url));
const MAKERS = path.join(TOP, 'web/image');
const FOLDER = path.join(TOP, 'build/images');

/** The environment in which Elfin's tools and Debian's are found. */
export const ENV = {
  ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, ELFIN_BINARIES: fileURLToPath(BINARIES),
};

function keyOfMakers() {
  const hash = crypto.createHash('sha256');
  for (const name of fs.readdirSync(MAKERS, { recursive: true }).sort()) {
    const file = path.join(MAKERS, name);
    if (fs.statSync(file).isFile()) hash.update(name).update(fs.readFileSync(file));
  }
  return hash.digest('hex').slice(0, 12);
}

/** ./elfin image with these words. Throws what it says on standard error. */
export function imageTool(...words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(MAKERS, 'main.js'), ...words], { env: ENV });
  if (status !== 0) throw new Error(`image ${words[0]}: ${stderr}`);
  return stdout.toString();
}

/** Makes what isn't there, whole or not at all; what older makers made goes. @returns {string} its path */
function kept(name, suffix, make) {
  const place = path.join(FOLDER, `${name}-${keyOfMakers()}${suffix}`);
  if (fs.existsSync(place)) return place;
  fs.mkdirSync(FOLDER, { recursive: true });
  for (const old of fs.readdirSync(FOLDER)) {
    if (old.startsWith(`${name}-`)) fs.rmSync(path.join(FOLDER, old), { recursive: true });
  }
  const unfinished = path.join(FOLDER, `unfinished-${name}${suffix}`);
  fs.rmSync(unfinished, { recursive: true, force: true });
  make(unfinished);
  fs.renameSync(unfinished, place);
  return place;
}

export function demoImage() {
  return kept('demo', '.img', (file) => {
    imageTool('build', '--recipe', 'demo', file);
    fs.renameSync(`${file}.json`, path.join(FOLDER, `demo-${keyOfMakers()}.img.json`));
  });
}

/** With packs of bash's and python3's first prompts. */
export function demoChunks() {
  const image = demoImage();
  return kept('chunks', '', (folder) => imageTool('chunk', image, folder, '--pack', 'python3'));
}
