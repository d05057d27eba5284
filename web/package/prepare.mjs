// Before `npm pack`: what a checkout has elsewhere is copied beside the modules: binaries, xterm.js, licence.
// ELFIN_BINARIES and ELFIN_XTERM name the folders, else those of set-up. After it, with --remove, all that goes.
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
  fs.copyFileSync(path.join(web, '../LICENSE'), licence);
}

remove();
if (!process.argv.includes('--remove')) copy();
