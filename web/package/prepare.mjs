// Before `npm pack`: what a checkout has elsewhere is copied beside the modules: binaries, a disk, xterm.js, licence.
// ELFIN_BINARIES and ELFIN_XTERM name the folders, else those of set-up. After it, with --remove, all that goes.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const XTERM = 'xterm-6.0.0'; // launcher/xterm.sh
const web = fileURLToPath(new URL('..', import.meta.url));
const cache = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'elfin');
const folders = {
  binaries: { from: process.env.ELFIN_BINARIES ?? path.join(web, '../build/wasm/web'), wanted: /^(cpu|kernel|jit)\.wasm$/ },
  xterm: { from: process.env.ELFIN_XTERM ?? path.join(cache, XTERM), wanted: /\.(mjs|css|LICENSE)$/ },
};

/** The disk SHELL_DISK: made once, and again when its recipe has changed. */
function shellDisk() {
  const image = path.join(web, '../build/shell.img');
  const recipe = path.join(web, 'image/recipes/shell.js');
  if (fs.existsSync(image) && fs.statSync(image).mtimeMs > fs.statSync(recipe).mtimeMs) return image;
  const fresh = `${image}.${process.pid}`;
  execFileSync(process.execPath, [path.join(web, 'image/main.js'), 'build', '--recipe', 'shell', fresh], { stdio: ['ignore', 'ignore', 'inherit'] });
  fs.rmSync(`${fresh}.json`); // the element and README say what it is to run
  fs.renameSync(fresh, image);
  return image;
}

const licence = path.join(web, 'LICENSE');

function remove() {
  for (const name of Object.keys(folders)) fs.rmSync(path.join(web, name), { recursive: true, force: true });
  fs.rmSync(licence, { force: true });
}

function copy() {
  for (const [name, { from, wanted }] of Object.entries(folders)) {
    const to = path.join(web, name);
    fs.mkdirSync(to);
    const files = fs.readdirSync(from).filter((file) => wanted.test(file));
    if (files.length === 0) throw new Error(`${from} has nothing for the package: ./elfin setup and ./elfin serve make it`);
    for (const file of files) fs.copyFileSync(path.join(from, file), path.join(to, file));
  }
  fs.copyFileSync(shellDisk(), path.join(web, 'binaries/shell.img'));
  fs.copyFileSync(path.join(web, '../LICENSE'), licence);
}

remove();
if (!process.argv.includes('--remove')) copy();
