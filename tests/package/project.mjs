// A project that has installed the package from its tarball, servers for it, and pages.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chunkImage } from '../../web/image/chunk_image.js';
import { makeStaticServer } from '../../web/server/static_server.js';
import { makeTestImage } from '../page/test_image.mjs';
import { BINARIES } from '../host/binaries.mjs';

const PATIENCE_MS = 60_000;
const WEB = fileURLToPath(new URL('../../web/', import.meta.url));

/** What a page needs to run bc in a worker: `package` is imported, the disk is at `disk`, an expression. */
export const bcInWorker = ({ from, disk }) => `import { WorkerMachine } from '${from}';
const machine = await WorkerMachine.create({ disk: { kind: 'chunks', url: ${disk} } });
let text = '';
const decoder = new TextDecoder();
const bc = await machine.spawn('/usr/bin/bc', ['-lq'], {
  input: new TextEncoder().encode('scale=30; 4*a(1)\\n'),
  onOutput: (bytes, shown) => { text += decoder.decode(bytes); shown(); },
});
const { code } = await bc.wait();
const names = (await machine.fs.readdir('/')).map(({ name }) => name);
await machine.stop();
window.result = [text, code, names.includes('usr')];`;

export class Project {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-package-'));
  folder = path.join(this.scratch, 'project');
  /** Made files of the servers, by their names. @type {Map<string, string>} */
  pages = new Map();
  #servers = [];

  /** With a disk of chunks at `disk/` of the servers. */
  static async make() {
    const project = new Project();
    const { scratch, folder } = project;
    const env = { ...process.env, ELFIN_BINARIES: fileURLToPath(BINARIES) };
    // One after the other, where several files of tests run: packing puts things beside the modules, and takes them away.
    const lock = path.join(WEB, 'package.json');
    const npm = (args, cwd) =>
      execFileSync('flock', [lock, 'npm', ...args, '--loglevel=error', '--no-update-notifier'], { cwd, env, encoding: 'utf8' });
    npm(['pack', '--pack-destination', scratch], WEB);
    project.tarball = path.join(scratch, fs.readdirSync(scratch).find((name) => name.endsWith('.tgz')));
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, 'package.json'), '{"private": true, "type": "module"}');
    npm(['install', '--offline', '--no-audit', '--no-fund', project.tarball], folder);
    await chunkImage(makeTestImage(scratch), path.join(scratch, 'disk'));
    return project;
  }

  /** The installed package's own page, as npm shows it. */
  readme() {
    return fs.readFileSync(path.join(this.folder, 'node_modules/elfin/README.md'), 'utf8');
  }

  /** A server of the scratch folder and of `pages`, for other origins too where `open`. @returns {Promise<string>} its origin */
  async serve({ open = false } = {}) {
    const server = makeStaticServer((name) => {
      const page = this.pages.get(name);
      if (page !== undefined) return { bytes: Buffer.from(page) };
      return name.includes('..') ? undefined : { path: path.join(this.scratch, name) };
    }, { isolated: false, headers: open ? { 'access-control-allow-origin': '*' } : { 'content-security-policy': '' } }); // pages bring theirs
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#servers.push(server);
    return `http://127.0.0.1:${server.address().port}`;
  }

  /**
   * A page under the policy of a strict site.
   * @param {{script: string, from?: string, body?: string}} parts `script`: its module script's address; `from`: another
   *   origin that scripts may come from
   */
  addPage(name, { script, from = '', body = '' }) {
    const policy = `script-src 'self' 'wasm-unsafe-eval' ${from}; worker-src 'self' blob:`;
    this.pages.set(name, `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<meta http-equiv="Content-Security-Policy" content="${policy}">${body}<script type="module" src="${script}"></script>`);
  }

  /** A page with a module of its own, under that policy. @returns {string} its path, below a server's origin */
  addModule(name, module, options) {
    this.pages.set(`${name}.js`, module);
    this.addPage(`${name}.html`, { script: `${name}.js`, ...options });
    return `${name}.html`;
  }

  close() {
    for (const server of this.#servers) {
      server.close(() => {});
      server.closeAllConnections();
    }
    fs.rmSync(this.scratch, { recursive: true, force: true });
  }
}

/** Opens it, and hears its complaints. @returns {Promise<{page: object, complaints: string[]}>} */
export async function openPage(context, url) {
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.goto(url);
  return { page, complaints };
}

/** Waits until the page's nth <elfin-terminal> shows a text. */
export function elementShows(page, index, text) {
  return page.waitForFunction(([at, wanted]) => {
    const buffer = document.querySelectorAll('elfin-terminal')[at].xterm?.buffer.active;
    for (let i = 0; i < (buffer?.length ?? 0); i++) {
      if (buffer.getLine(i).translateToString(true).includes(wanted)) return true;
    }
    return false;
  }, [index, text], { timeout: PATIENCE_MS });
}
