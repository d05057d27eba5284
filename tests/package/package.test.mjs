// The npm package from its tarball: README's example in Node and in a page, the element, another origin, types.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chunkImage } from '../../web/image/chunk_image.js';
import { makeStaticServer } from '../../web/server/static_server.js';
import { launchProfile } from '../page/page_driver.mjs';
import { makeTestImage } from '../page/test_image.mjs';
import { BINARIES } from '../host/binaries.mjs';

const WEB = fileURLToPath(new URL('../../web/', import.meta.url));
const PI = '3.141592653589793238462643383276';
const PATIENCE_MS = 60_000;
const COMPRESSED_LIMIT = 4_000_000;

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-package-'));
const project = path.join(scratch, 'project');
const pages = new Map();
let own;
let foreign;
let browser;
let size;

/** A server of the scratch folder and of `pages`, for other origins too where `open`. */
async function startServer({ open }) {
  const server = makeStaticServer((name) => {
    const page = pages.get(name);
    if (page !== undefined) return { bytes: Buffer.from(page) };
    return name.includes('..') ? undefined : { path: path.join(scratch, name) };
  }, { isolated: false, headers: open ? { 'access-control-allow-origin': '*' } : { 'content-security-policy': '' } }); // pages bring theirs
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${server.address().port}`, stop: () => server.close(() => {}) && server.closeAllConnections() };
}

/** README's example, on the test's disk. */
function example(disk) {
  const readme = fs.readFileSync(path.join(project, 'node_modules/elfin/package/README.md'), 'utf8');
  const code = readme.split('\n').filter((line) => line.startsWith('    ')).map((line) => line.slice(4)).join('\n');
  const lines = code.slice(0, code.indexOf('<script')).trimEnd();
  assert.ok(lines.split('\n').filter(Boolean).length <= 10, 'ten lines');
  return lines.replace('https://example.org/disk/', disk);
}

before(async () => {
  const env = { ...process.env, ELFIN_BINARIES: fileURLToPath(BINARIES), ELFIN_XTERM: process.env.ELFIN_XTERM };
  const npm = (args, cwd) => execFileSync('npm', [...args, '--loglevel=error', '--no-update-notifier'], { cwd, env, encoding: 'utf8' });
  npm(['pack', '--pack-destination', scratch], WEB);
  const tarball = fs.readdirSync(scratch).find((name) => name.endsWith('.tgz'));
  size = fs.statSync(path.join(scratch, tarball)).size;
  fs.mkdirSync(project);
  fs.writeFileSync(path.join(project, 'package.json'), '{"private": true, "type": "module"}');
  npm(['install', '--offline', '--no-audit', '--no-fund', path.join(scratch, tarball)], project);
  await chunkImage(makeTestImage(scratch), path.join(scratch, 'disk'));
  own = await startServer({ open: false });
  foreign = await startServer({ open: true });
  browser = await launchProfile();
});

after(async () => {
  await browser?.close();
  own?.stop();
  foreign?.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
});

test('README\'s ten lines in Node', async () => {
  assert.ok(size < COMPRESSED_LIMIT, `${size} bytes`);
  fs.writeFileSync(path.join(project, 'example.js'), example(`${own.origin}/disk/`));
  const { execFile } = await import('node:child_process');
  const output = await new Promise((resolve, reject) => {
    execFile(process.execPath, ['example.js'], { cwd: project, timeout: PATIENCE_MS }, (error, stdout, stderr) =>
      (error ? reject(new Error(`${error.message} ${stderr}`)) : resolve(stdout)));
  });
  assert.equal(output, `${PI}\n 0\n`);
});

/** A page with this module script, under the policy of a strict site. */
function pageWith(name, module, { from = '', body = '' } = {}) {
  const policy = `script-src 'self' 'wasm-unsafe-eval' ${from}; worker-src 'self' blob:`;
  pages.set(`${name}.js`, module);
  pages.set(`${name}.html`, `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<meta http-equiv="Content-Security-Policy" content="${policy}">${body}<script type="module" src="${name}.js"></script>`);
  return `${own.origin}/${name}.html`;
}

async function open(url) {
  const page = await browser.context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.goto(url);
  return { page, complaints };
}

const PACKAGE = '/project/node_modules/elfin/package/';

test('the same lines in a page', async () => {
  const code = example(`${own.origin}/disk/`).replace("'elfin'", `'${PACKAGE}browser.js'`);
  const { page, complaints } = await open(pageWith('lines', `${code}\nwindow.result = [text, code];`));
  await page.waitForFunction(() => window.result, null, { timeout: PATIENCE_MS });
  assert.deepEqual(await page.evaluate(() => window.result), [`${PI}\n`, 0]);
  assert.deepEqual(complaints, []);
  await page.close();
});

/** A machine in a worker that runs bc. */
const workerCode = (origin) => `import { WorkerMachine } from '${origin}${PACKAGE}browser.js';
const machine = await WorkerMachine.create({ disk: { kind: 'chunks', url: '${origin}/disk/' } });
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

test('a machine in a worker, and from another origin', async () => {
  for (const [name, origin, from] of [['worker', '', ''], ['foreign', foreign.origin, foreign.origin]]) {
    const code = workerCode(origin).replace("url: '/disk/'", "url: new URL('/disk/', location).href");
    const { page, complaints } = await open(pageWith(name, code, { from }));
    await page.waitForFunction(() => window.result, null, { timeout: PATIENCE_MS }).catch((error) => {
      throw new Error(`${name}: ${error.message} ${complaints.join('; ')}`);
    });
    assert.deepEqual(await page.evaluate(() => window.result), [`${PI}\n`, 0, true], name);
    assert.deepEqual(complaints, []);
    await page.close();
  }
});

test('<elfin-terminal>', async () => {
  const body = '<elfin-terminal disk="/disk/"></elfin-terminal><elfin-terminal disk="/disk/" command="/usr/bin/bc -q"></elfin-terminal>';
  const { page, complaints } = await open(pageWith('element', `import '${PACKAGE}terminal.js';`, { body }));
  const shows = (index, wanted) => page.waitForFunction(([at, text]) => {
    const buffer = document.querySelectorAll('elfin-terminal')[at].xterm?.buffer.active;
    for (let i = 0; i < (buffer?.length ?? 0); i++) {
      if (buffer.getLine(i).translateToString(true).includes(text)) return true;
    }
    return false;
  }, [index, wanted], { timeout: PATIENCE_MS });
  await shows(0, '#');
  await page.locator('elfin-terminal').nth(0).click();
  await page.keyboard.type('echo $((6*7)) times\n');
  await shows(0, '42 times');
  await page.locator('elfin-terminal').nth(1).click();
  await page.keyboard.type('2^70\n');
  await shows(1, '1180591620717411303424');
  await page.evaluate(() => document.querySelector('elfin-terminal').remove());
  assert.equal(await page.locator('elfin-terminal').count(), 1);
  assert.deepEqual(complaints, []);
  await page.close();
});

/** Made of the calls of WebVM's own page. */
const compatCode = `import * as CheerpX from '/project/node_modules/elfin/compat/linux.js';
const seen = [];
const blockDevice = await CheerpX.CloudDevice.create('/test.img');
const blockCache = await CheerpX.IDBDevice.create('compat-test');
const overlayDevice = await CheerpX.OverlayDevice.create(blockDevice, blockCache);
const webDevice = await CheerpX.WebDevice.create('');
const dataDevice = await CheerpX.DataDevice.create();
await dataDevice.writeFile('/note', 'from the page');
const cx = await CheerpX.Linux.create({ mounts: [
  { type: 'ext2', dev: overlayDevice, path: '/' }, { type: 'dir', dev: webDevice, path: '/web' },
  { type: 'dir', dev: dataDevice, path: '/data' }, { type: 'devs', path: '/dev' }, { type: 'devpts', path: '/dev/pts' },
  { type: 'proc', path: '/proc' }, { type: 'sys', path: '/sys' }], networkInterface: {} });
cx.registerCallback('cpuActivity', (state) => seen.push(state));
cx.registerCallback('processCreated', () => seen.push('process'));
window.shown = '';
const decoder = new TextDecoder();
const type = cx.setCustomConsole((bytes, vt) => { if (vt === 1) window.shown += decoder.decode(new Uint8Array(bytes)); }, 90, 25);
window.type = (text) => { for (let i = 0; i < text.length; i++) type(text.charCodeAt(i)); };
window.seen = seen;
window.done = cx.run('/bin/bash', ['--login'], { env: ['HOME=/home', 'TERM=xterm', 'ANSWER=42'], cwd: '/tmp', uid: 0, gid: 0 });
`;

test('a page on the calls of WebVM\'s runs bash', async () => {
  pages.set('served.txt', 'from the server\n');
  const { page, complaints } = await open(pageWith('compat', compatCode));
  const shows = (text) => page.waitForFunction((wanted) => window.shown?.includes(wanted), text, { timeout: PATIENCE_MS });
  await shows('#').catch((error) => assert.fail(`${error.message} ${complaints.join('; ')}`));
  await page.evaluate(() => window.type('stty size; echo "<$ANSWER> $PWD"; cat /data/note; cat /web/served.txt; cat /web/missing\r'));
  await shows('from the server');
  await shows('No such file');
  const shown = await page.evaluate(() => window.shown);
  for (const text of ['25 90\r\n', '<42> /tmp\r\n', 'from the page']) assert.ok(shown.includes(text), text);
  // Told twice a second.
  await page.waitForFunction(() => window.seen.includes('process'), undefined, { timeout: PATIENCE_MS });
  await page.evaluate(() => window.type('exit 3\r'));
  assert.deepEqual(await page.evaluate(() => window.done), { status: 3 });
  assert.deepEqual(complaints.filter((text) => !text.includes('404')), []);
  await page.close();
});

test('the declarations compile under --strict', { skip: !process.env.ELFIN_TYPESCRIPT }, () => {
  fs.writeFileSync(path.join(project, 'node_use.ts'), `import { FileDevice, Folder, Machine, SpawnError } from 'elfin';
const machine: Machine = await Machine.create({ mounts: { '/': { folder: new Folder('/'), readOnly: true } } });
const ls = await machine.spawn('/bin/ls', ['-l'], { env: { LANG: 'C' }, stdout: (bytes: Uint8Array) => void bytes.length });
const { code, signal }: { code: number; signal: number } = await ls.wait();
const entries: { name: string }[] = await machine.fs.readdir('/');
try { new FileDevice('x.img', { writable: true }); } catch (error) { if (error instanceof SpawnError) error.errno.toFixed(); }
console.log(code + signal, entries.length, (await machine.fs.stat('/')).modified.getTime());
// @ts-expect-error: there is no such option
await Machine.create({ mounts: {}, nonsense: true });
`);
  fs.writeFileSync(path.join(project, 'page_use.ts'), `import { WorkerMachine, openImage, Machine } from 'elfin';
import type { ElfinTerminal } from 'elfin/terminal';
const machine = await WorkerMachine.create({ disk: { kind: 'chunks', url: 'https://example.org/' } });
const shell = await machine.spawn('/bin/sh', [], { pty: { rows: 24, columns: 80 }, onOutput: (bytes, shown) => { bytes.length; shown(); } });
shell.write('ls\\n');
for await (const piece of machine.exportDisk()) piece.bytes.length;
const element: ElfinTerminal = document.createElement('elfin-terminal');
element.machine?.kill(1);
await Machine.create({ mounts: { '/': { image: await openImage('https://example.org/') } } });
`);
  const tsc = path.join(process.env.ELFIN_TYPESCRIPT, 'lib/tsc.js');
  const check = (file, condition) => execFileSync(process.execPath, [tsc, '--strict', '--noEmit', '--target', 'es2024',
    '--module', 'esnext', '--moduleResolution', 'bundler', '--customConditions', condition, '--lib', 'es2024,dom,dom.asynciterable,esnext', file], { cwd: project, stdio: 'pipe', encoding: 'utf8' });
  for (const [file, condition] of [['node_use.ts', 'node'], ['page_use.ts', 'browser']]) {
    try {
      check(file, condition);
    } catch (error) {
      assert.fail(`${file}:\n${error.stdout}`);
    }
  }
});
