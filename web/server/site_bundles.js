/**
 * The page's modules as a site has them: one script for the page, one for each worker, one style sheet, made by esbuild.
 * What is imported later stays apart. All lie in one folder, so that a worker's `new URL('./x.js', import.meta.url)` is
 * right in each of them.
 */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { styleSheets, WEB } from './site_files.js';

const PAGE = { main: 'page/main.js' };
const WORKERS = { machine_worker: 'host/browser/machine_worker.js', jit_worker: 'host/browser/jit_worker.js' };

/** xterm.js lies elsewhere than the page says. */
const findXterm = (xterm) => ({
  name: 'xterm',
  setup: ({ onResolve }) => onResolve({ filter: /\/xterm\/[^/]+\.(mjs|css)$/ },
    ({ path: name }) => ({ path: path.join(path.resolve(xterm), path.basename(name)) })),
});

/** From a folder of the user's cache: no package here depends on it. */
async function loadEsbuild(folder) {
  return (await import(pathToFileURL(path.resolve(folder, 'node_modules/esbuild/lib/main.js')).href)).default;
}

/**
 * @param {{xterm: string, esbuild: string}} folders `esbuild`: in whose node_modules it is
 * @returns {Promise<Map<string, Uint8Array>>} name → content. Throws what esbuild throws.
 */
export async function bundleModules({ xterm, esbuild }) {
  const { build } = await loadEsbuild(esbuild);
  const settings = {
    absWorkingDir: WEB, outdir: 'out', write: false, bundle: true, minify: true, format: 'esm', target: 'es2024',
    charset: 'utf8', legalComments: 'eof', logLevel: 'warning', plugins: [findXterm(xterm)],
    entryNames: '[name]', chunkNames: '[name]-[hash]',
  };
  const sheets = styleSheets().map((name) => `@import "./${name}";`).join('\n');
  const results = await Promise.all([
    build({ ...settings, entryPoints: PAGE, splitting: true }),
    ...Object.entries(WORKERS).map(([name, file]) => build({ ...settings, entryPoints: { [name]: file } })),
    build({ ...settings, outdir: undefined, outfile: 'page.css', stdin: { contents: sheets, loader: 'css', resolveDir: WEB } }),
  ]);
  return new Map(results.flatMap(({ outputFiles }) => outputFiles)
    .map(({ path: file, contents }) => [path.basename(file), contents]));
}
