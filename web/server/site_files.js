/**
 * What a site consists of: the page, the host's modules, xterm.js, the binaries. One list for `serve`, which hands
 * them out as they are, and for `site`, which copies them.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const WEB = fileURLToPath(new URL('..', import.meta.url));
const BINARIES = ['cpu.wasm', 'kernel.wasm', 'jit.wasm'];
/** Folders of web/host that no page needs. */
const NODE_ONLY = ['cli', 'node', 'cli.js'];
const PAGE_SUFFIXES = ['.js', '.css', '.svg'];

function* walk(folder, prefix = '') {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const name = `${prefix}${entry.name}`;
    if (entry.isDirectory()) yield* walk(path.join(folder, entry.name), `${name}/`);
    else yield name;
  }
}

const isNodeOnly = (name) => NODE_ONLY.some((part) => name === part || name.startsWith(`${part}/`));

/**
 * @param {{xterm: string, binaries: string}} folders
 * @returns {Map<string, string>} name within the app's folder → file
 */
export function appFiles({ xterm, binaries }) {
  const files = new Map();
  for (const name of walk(path.join(WEB, 'host'))) {
    if (name.endsWith('.js') && !isNodeOnly(name)) files.set(`host/${name}`, path.join(WEB, 'host', name));
  }
  for (const name of walk(path.join(WEB, 'page'))) {
    const isPart = PAGE_SUFFIXES.includes(path.extname(name)) && name !== 'sw.js';
    if (isPart) files.set(`page/${name}`, path.join(WEB, 'page', name));
  }
  for (const name of walk(xterm)) {
    if (/\.(mjs|css)$/.test(name)) files.set(`xterm/${name}`, path.join(xterm, name));
  }
  for (const name of BINARIES) files.set(`binaries/${name}`, path.join(binaries, name));
  return files;
}

/** Files beside the app's folder, with fixed names. */
export const INDEX = path.join(WEB, 'page', 'index.html');
export const SERVICE_WORKER = path.join(WEB, 'page', 'sw.js');
