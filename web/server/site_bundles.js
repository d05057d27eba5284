/**
 * The page's modules as a site has them: a script for its start and one for the rest, with what both of them need apart; one
 * for each worker, one style sheet; made by esbuild. What is imported later stays apart, too. All lie in one folder, so that a worker's `new URL('./x.js', import.meta.url)` is
 * right in each of them.
 */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { styleSheets, WEB } from './site_files.js';

const PAGE = { start: 'page/start.js', main: 'page/main.js' };
export const WORKERS = Object.freeze({
  machine_worker: 'host/browser/machine_worker.js', jit_worker: 'host/browser/jit_worker.js',
  unpack_worker: 'host/browser/unpack_worker.js',
});

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
 * @returns {Promise<{contents: Map<string, Uint8Array>, head: string}>} name → content; what index.html has in the place of
 *   the modules' tags. Throws what esbuild throws.
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
    build({ ...settings, entryPoints: PAGE, splitting: true, metafile: true }),
    ...Object.entries(WORKERS).map(([name, file]) => build({ ...settings, entryPoints: { [name]: file } })),
    build({ ...settings, outdir: undefined, outfile: 'page.css', stdin: { contents: sheets, loader: 'css', resolveDir: WEB } }),
  ]);
  const contents = new Map(results.flatMap(({ outputFiles }) => outputFiles)
    .map(({ path: file, contents: bytes }) => [path.basename(file), bytes]));
  return { contents, head: headOf(results[0].metafile) };
}

/** Scripts that others import are asked for at once, too. */
function headOf({ outputs }) {
  const scripts = Object.keys(PAGE).map((name) => `${name}.js`);
  const imported = new Set(scripts.flatMap((script) => outputs[`out/${script}`].imports)
    .filter(({ kind }) => kind === 'import-statement').map((each) => path.basename(each.path)));
  return [
    '<link rel="stylesheet" href="app/page.css">',
    '<meta name="elfin-binaries" content="app/binaries/" data-suffix=".gz">',
    ...[...imported].map((name) => `<link rel="modulepreload" href="app/${name}">`),
    ...scripts.map((name) => `<script type="module" src="app/${name}"></script>`),
  ].join('\n');
}
