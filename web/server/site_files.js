/**
 * What the page consists of: its own and the host's modules, xterm.js, the binaries. `serve` hands them out as they are;
 * `site` has the modules as bundles (site_bundles.js).
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const WEB = fileURLToPath(new URL('..', import.meta.url));
const BINARIES = ['cpu.wasm', 'kernel.wasm', 'jit.wasm'];
/** Folders of web/host that no page needs. */
const NODE_ONLY = ['cli', 'node', 'cli.js'];
const PAGE_SUFFIXES = ['.js', '.css'];

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
  return new Map([...files, ...assetFiles({ binaries })]);
}

/**
 * What is no module.
 * @returns {Map<string, string>} as appFiles
 */
export function assetFiles({ binaries }) {
  return new Map([['page/icon.svg', path.join(WEB, 'page/icon.svg')],
    ...BINARIES.map((name) => [`binaries/${name}`, path.join(binaries, name)])]);
}

/** What index.html asks for of the modules; a site has its bundles there. */
const MODULES = /<!-- modules.*<!-- end of modules -->/s;

/** @returns {string[]} the style sheets of index.html in their order, as names within the app's folder */
export function styleSheets() {
  const [modules] = MODULES.exec(fs.readFileSync(INDEX, 'utf8'));
  return [...modules.matchAll(/<link rel="stylesheet" href="app\/([^"]+)">/g)].map(([, name]) => name);
}

/** @param {string} app the app's folder @param {string} bundles in place of the modules: HTML */
export const indexWith = (app, bundles) =>
  fs.readFileSync(INDEX, 'utf8').replace(MODULES, bundles).replaceAll('"app/', `"${app}`);

/** Files beside the app's folder, with fixed names. */
export const INDEX = path.join(WEB, 'page', 'index.html');
export const SERVICE_WORKER = path.join(WEB, 'page', 'sw.js');
