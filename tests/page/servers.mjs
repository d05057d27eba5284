// The two ways to serve the page: elfin serve's server, and the plainest static host there is.
import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeStaticServer } from '../../web/server/static_server.js';
import { BINARIES } from '../host/binaries.mjs';

const SERVER = fileURLToPath(new URL('../../web/server/', import.meta.url));
const PATIENCE_MS = 60_000;

/** A folder of the cache that a variable of the environment names. */
function folderOf(variable) {
  const folder = process.env[variable];
  if (!folder) throw new Error(`${variable} is not set: ./elfin test page sets it`);
  return folder;
}

const folders = () => ['--xterm', folderOf('ELFIN_XTERM'), '--binaries', fileURLToPath(BINARIES)];

/** Starts a program that says where it listens. @returns {Promise<{url: string, stop: () => void}>} */
function startServer(program, args, pattern, options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`${program} doesn't start: ${said}`)), PATIENCE_MS);
    const listen = (piece) => {
      said += piece;
      const match = pattern.exec(said);
      if (match === null) return;
      clearTimeout(timer);
      resolve({ port: Number(match[1]), url: `http://localhost:${match[1]}/`, stop: () => child.kill() });
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('exit', (code) => reject(new Error(`${program} ended with ${code}: ${said}`)));
  });
}

export function serveCheckout(image, ...options) {
  const args = [path.join(SERVER, 'serve.js'), '--port', '0', '--image', image, ...folders(), ...options];
  return startServer(process.execPath, args, /at http:\/\/[^:]+:(\d+)\//);
}

export function buildSite(out, image, ...options) {
  const site = [path.join(SERVER, 'site.js'), out, '--image', image, ...folders(), '--esbuild', folderOf('ELFIN_ESBUILD')];
  execFileSync(process.execPath, [...site, ...options]);
}

/** `port`: the one that it had before, for pages that remember it. */
export function serveFolder(folder, port = 0) {
  const args = ['-u', '-m', 'http.server', String(port), '--bind', '127.0.0.1'];
  return startServer('python3', args, /port (\d+)/, { cwd: folder });
}

/**
 * A host that has trouble with a site when a test wants it.
 * @returns {Promise<{url: string, stop: () => void, asked: string[], trouble: (name: string) => number | Uint8Array | undefined}>}
 *   `trouble`, to be set: what it does for a name of the site: undefined, as it should; a status; bytes in place of the
 *   file's. `asked`: names so far
 */
export async function serveTroubled(folder) {
  const plain = makeStaticServer((name) => ({ path: path.join(folder, name) }), { isolated: false });
  const [respond] = plain.listeners('request');
  plain.removeAllListeners('request');
  plain.on('request', (request, response) => {
    const name = decodeURIComponent(new URL(request.url, 'http://host').pathname).slice(1);
    host.asked.push(name);
    const answer = host.trouble(name);
    if (answer === undefined) respond(request, response);
    else if (typeof answer === 'number') response.writeHead(answer).end();
    else response.writeHead(200).end(answer);
  });
  await new Promise((resolve) => plain.listen(0, '127.0.0.1', resolve));
  const host = {
    url: `http://localhost:${plain.address().port}/`,
    asked: [],
    trouble: () => undefined,
    stop: () => {
      plain.close();
      plain.closeAllConnections();
    },
  };
  return host;
}
