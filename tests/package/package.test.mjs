// The npm package from its tarball: README's example in Node and in a page, the element, another origin, types.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { promisify } from 'node:util';
import { launchProfile } from '../page/page_driver.mjs';
import { serveFolder } from '../page/servers.mjs';
import { bcInWorker, elementShows, openPage, Project } from './project.mjs';

const SQUARES = '1 4 9 16 25 36 49 64 81 100 121 144 ';
const PI = '3.141592653589793238462643383276';
const PATIENCE_MS = 60_000;
const COMPRESSED_LIMIT = 4_000_000;

let project;
let own;
let foreign;
let browser;

/** The README's pieces in a language, as they stand there. */
function pieces(language) {
  return [...project.readme().matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter((match) => match[1] === language).map((match) => match[2]);
}

before(async () => {
  project = await Project.make();
  own = await project.serve();
  foreign = await project.serve({ open: true });
  browser = await launchProfile();
});

after(async () => {
  await browser?.close();
  project?.close();
});

test('README\'s ten lines in Node', async () => {
  const { size } = fs.statSync(project.tarball);
  assert.ok(size < COMPRESSED_LIMIT, `${size} bytes`);
  const [example] = pieces('js');
  assert.ok(example.split('\n').filter(Boolean).length <= 10, 'ten lines');
  const readme = fs.readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  assert.ok(readme.replaceAll(/^ {4}/gm, '').includes(example), 'the checkout\'s README has the same');
  fs.writeFileSync(path.join(project.folder, 'example.mjs'), example);
  const { stdout } = await promisify(execFile)(process.execPath, ['example.mjs'], { cwd: project.folder, timeout: PATIENCE_MS });
  assert.equal(stdout, `${SQUARES} 0\n`);
});

test('README\'s pages, from the plainest server', async () => {
  const [squares, element] = pieces('html');
  for (const [name, text] of [['index.html', squares], ['element.html', element]]) fs.writeFileSync(path.join(project.folder, name), text);
  fs.writeFileSync(path.join(project.folder, 'example.mjs'), pieces('js')[0]);
  const server = await serveFolder(project.folder);
  const page = await browser.context.newPage();
  try {
    const said = page.waitForEvent('console', { predicate: (message) => message.type() === 'log', timeout: PATIENCE_MS });
    await page.goto(server.url);
    assert.equal((await said).text(), `${SQUARES} 0`);
    await page.goto(`${server.url}element.html`);
    await elementShows(page, 0, '/root #');
  } finally {
    await page.close();
    server.stop();
  }
});

/** What a module imports, statically or not, as far as it is written out; and what it has exported from elsewhere. */
function specifiers(text) {
  const statements = /(?:^|;)\s*(?:import|export)\b(?:[\w*${},\s]*\bfrom)?\s*(['"])([^'"\n]+)\1/gm;
  const calls = /\bimport\(\s*(['"])([^'"\n]+)\1/g;
  const code = text.replaceAll(/^\s*(\/?\*|\/\/).*$/gm, ''); // types in comments are nobody's
  return [statements, calls].flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[2]));
}

/** Opens a page with this module. */
const openModule = (...page) => openPage(browser.context, `${own}/${project.addModule(...page)}`);

const PACKAGE = '/project/node_modules/elfin/package/';

test('the same lines in a page under a strict policy', async () => {
  const code = pieces('js')[0].replace("'elfin'", `'${PACKAGE}browser.js'`);
  const { page, complaints } = await openModule('lines', `${code}\nwindow.result = [text, code];`);
  await page.waitForFunction(() => window.result, null, { timeout: PATIENCE_MS });
  assert.deepEqual(await page.evaluate(() => window.result), [SQUARES, 0]);
  assert.deepEqual(complaints, []);
  await page.close();
});

test('a machine in a worker, and from another origin', async () => {
  for (const [name, origin, from] of [['worker', '', ''], ['foreign', foreign, foreign]]) {
    const disk = origin ? `'${origin}/disk/'` : 'new URL(\'/disk/\', location).href';
    const code = bcInWorker({ from: `${origin}${PACKAGE}browser.js`, disk });
    const { page, complaints } = await openModule(name, code, { from });
    await page.waitForFunction(() => window.result, null, { timeout: PATIENCE_MS }).catch((error) => {
      throw new Error(`${name}: ${error.message} ${complaints.join('; ')}`);
    });
    assert.deepEqual(await page.evaluate(() => window.result), [`${PI}\n`, 0, true], name);
    assert.deepEqual(complaints, []);
    await page.close();
  }
});

test('docs/mounted-folder.md\'s example in a page', async () => {
  const text = fs.readFileSync(new URL('../../docs/mounted-folder.md', import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line.startsWith('    ')).map((line) => line.slice(4)).join('\n');
  const code = lines.replace("'elfin'", `'${PACKAGE}browser.js'`);
  const dialog = 'window.showDirectoryPicker = () => navigator.storage.getDirectory();\n';
  const ready = '\ndocument.body.className = \'ready\';';
  const { page, complaints } = await openModule('mounted', dialog + code + ready, { body: '<button>Mount</button><pre></pre>' });
  await page.evaluate(async () => {
    await (await navigator.storage.getDirectory()).getFileHandle('a file of the folder', { create: true });
  });
  await page.locator('body.ready').waitFor({ timeout: PATIENCE_MS });
  await page.getByText('Mount').click();
  await page.getByText('a file of the folder').waitFor({ timeout: PATIENCE_MS });
  assert.deepEqual(complaints, []);
  await page.close();
});

test('<elfin-terminal> from another origin', async () => {
  const code = `import '${foreign}${PACKAGE}terminal.js';`;
  const { page, complaints } = await openModule('distant', code, { from: foreign, body: '<elfin-terminal></elfin-terminal>' });
  await elementShows(page, 0, '/root #');
  const textarea = page.locator('.xterm-helper-textarea');
  assert.equal(await textarea.evaluate((element) => getComputedStyle(element).opacity), '0', 'its style has come');
  assert.deepEqual(complaints, []);
  await page.close();
});

test('nothing in the tarball is imported by a bare name', () => {
  const sample = 'import a from "a";import{b}from"b"\nimport \'c\';\nimport {\n  d,\n} from \'d\';\nexport * from \'e\';\n// import f from \'f\'\nawait import(\'g\');\n';
  assert.deepEqual(specifiers(sample), ['a', 'b', 'c', 'd', 'e', 'g']);
  const root = path.join(project.folder, 'node_modules/elfin');
  const scripts = fs.readdirSync(root, { recursive: true }).filter((name) => /\.m?js$/.test(name));
  assert.ok(scripts.length > 40, `${scripts.length}`);
  const found = [];
  for (const name of scripts) {
    for (const specifier of specifiers(fs.readFileSync(path.join(root, name), 'utf8'))) {
      const isNodes = specifier.startsWith('node:') && /^(host\/(node|cli)\/|package\/node\.js$)/.test(name);
      if (!/^\.\.?\//.test(specifier) && !isNodes) found.push(`${name}: ${specifier}`);
      else if (!isNodes) assert.ok(fs.existsSync(path.join(root, path.dirname(name), specifier)), `${name}: ${specifier} isn't packed`);
    }
  }
  assert.deepEqual(found, []);
});

test('<elfin-terminal>', async () => {
  const body = '<elfin-terminal disk="/disk/"></elfin-terminal><elfin-terminal disk="/disk/" command="/usr/bin/bc -q"></elfin-terminal>';
  const { page, complaints } = await openModule('element', `import '${PACKAGE}terminal.js';`, { body });
  const shows = (index, text) => elementShows(page, index, text);
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

test('the declarations compile under --strict', { skip: !process.env.ELFIN_TYPESCRIPT }, () => {
  fs.writeFileSync(path.join(project.folder, 'node_use.ts'), `import { FileDevice, Folder, Machine, SpawnError } from 'elfin';
const machine: Machine = await Machine.create({ mounts: { '/': { folder: new Folder('/'), readOnly: true } } });
const ls = await machine.spawn('/bin/ls', ['-l'], { env: { LANG: 'C' }, stdout: (bytes: Uint8Array) => void bytes.length });
const { code, signal }: { code: number; signal: number } = await ls.wait();
const entries: { name: string }[] = await machine.fs.readdir('/');
try { new FileDevice('x.img', { writable: true }); } catch (error) { if (error instanceof SpawnError) error.errno.toFixed(); }
console.log(code + signal, entries.length, (await machine.fs.stat('/')).modified.getTime());
// @ts-expect-error: there is no such option
await Machine.create({ mounts: {}, nonsense: true });
`);
  fs.writeFileSync(path.join(project.folder, 'page_use.ts'), `import { WorkerMachine, openImage, Machine } from 'elfin';
import type { ElfinTerminal } from 'elfin/terminal';
const machine = await WorkerMachine.create({ disk: { kind: 'chunks', url: 'https://example.org/' } });
const shell = await machine.spawn('/bin/sh', [], { pty: { rows: 24, columns: 80 }, onOutput: (bytes, shown) => { bytes.length; shown(); } });
shell.write('ls\\n');
for await (const piece of machine.exportDisk()) piece.bytes.length;
const folder = await navigator.storage.getDirectory();
await machine.mountFolder('/mnt/host', folder, { readOnly: true });
await machine.unmount('/mnt/host');
const element: ElfinTerminal = document.createElement('elfin-terminal');
element.machine?.kill(1);
await Machine.create({ mounts: { '/': { image: await openImage('https://example.org/') }, '/mnt': { folder }, '/srv': folder } });
`);
  fs.writeFileSync(path.join(project.folder, 'compat_use.ts'), `import * as CheerpX from 'elfin/compat';
const disk = await CheerpX.CloudDevice.create('/disk.img');
const store: CheerpX.IDBDevice = await CheerpX.IDBDevice.create('kept');
const files = await CheerpX.IDBDevice.create('files');
const cx = await CheerpX.Linux.create({ mounts: [
  { type: 'ext2', dev: await CheerpX.OverlayDevice.create(disk, store), path: '/' },
  { type: 'dir', dev: await CheerpX.WebDevice.create(''), path: '/web' }, { type: 'dir', dev: files, path: '/files' },
  { type: 'devs', path: '/dev' }, { type: 'sys', path: '/sys' }], networkInterface: {} });
cx.registerCallback('cpuActivity', (state) => state === 'wait');
const type = cx.setCustomConsole((bytes, console) => new Uint8Array(bytes, console), 80, 24);
type('a'.charCodeAt(0));
cx.setConsole(document.body);
const { status } = await cx.run('/bin/bash', ['--login'], { env: ['A=1'], cwd: '/', uid: 0, gid: 0 });
status.toFixed();
(await files.readFileAsBlob('/a')).size.toFixed();
await store.reset();
// @ts-expect-error: a disk is on / alone
await CheerpX.Linux.create({ mounts: [{ type: 'ext2', dev: disk, path: '/mnt' }] });
// @ts-expect-error: there is no such callback
cx.registerCallback('nonsense', () => {});
`);
  const tsc = path.join(process.env.ELFIN_TYPESCRIPT, 'lib/tsc.js');
  const check = (files, condition) => execFileSync(process.execPath, [tsc, '--strict', '--noEmit', '--target', 'es2024',
    '--module', 'esnext', '--moduleResolution', 'bundler', '--customConditions', condition, '--lib', 'es2024,dom,dom.asynciterable,esnext', ...files], { cwd: project.folder, stdio: 'pipe', encoding: 'utf8' });
  for (const [condition, ...files] of [['node', 'node_use.ts'], ['browser', 'page_use.ts', 'compat_use.ts']]) {
    try {
      check(files, condition);
    } catch (error) {
      assert.fail(`${files}:\n${error.stdout}`);
    }
  }
});
