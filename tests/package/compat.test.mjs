// The calls of WebVM's page, from the packed tarball: consoles, devices, callbacks, what is kept and what isn't.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { launchProfile } from '../page/page_driver.mjs';
import { openPage, Project } from './project.mjs';

const PATIENCE_MS = 60_000;

let project;
let own;
let browser;

before(async () => {
  project = await Project.make();
  own = await project.serve();
  browser = await launchProfile();
});

after(async () => {
  await browser?.close();
  project?.close();
});

/** As WebVM's own page begins. @param {string} name of its disk @param {string} folders further mounts */
const pageCode = (name, folders) => `import * as CheerpX from '/project/node_modules/elfin/compat/linux.js';
const blockDevice = await CheerpX.CloudDevice.create('/test.img');
const blockCache = await CheerpX.IDBDevice.create('${name}');
const overlayDevice = await CheerpX.OverlayDevice.create(blockDevice, blockCache);
const files = await CheerpX.IDBDevice.create('${name}-files');
const webDevice = await CheerpX.WebDevice.create('');
const dataDevice = await CheerpX.DataDevice.create();
await dataDevice.writeFile('/note', 'from the page');
const cx = await CheerpX.Linux.create({ mounts: [
  { type: 'ext2', dev: overlayDevice, path: '/' }, ${folders} { type: 'devs', path: '/dev' }, { type: 'devpts', path: '/dev/pts' },
  { type: 'proc', path: '/proc' }, { type: 'sys', path: '/sys' }], networkInterface: {} });
Object.assign(window, { blockCache, files, dataDevice, cx, seen: [], shown: '' });
cx.registerCallback('cpuActivity', (state) => window.seen.push(state));
cx.registerCallback('diskLatency', (milliseconds) => window.seen.push(milliseconds));
cx.registerCallback('processCreated', () => window.seen.push('process'));
`;
const FOLDERS = `{ type: 'dir', dev: webDevice, path: '/web' }, { type: 'dir', dev: dataDevice, path: '/data' },
  { type: 'dir', dev: files, path: '/files' },`;

const ownConsole = `const decoder = new TextDecoder();
const type = cx.setCustomConsole((bytes, vt) => {
  if (vt === 1) window.shown += decoder.decode(new Uint8Array(bytes), { stream: true });
}, 90, 25);
window.type = (text) => { for (let i = 0; i < text.length; i++) type(text.charCodeAt(i)); };
`;
const bash = `window.done = cx.run('/bin/bash', ['--login'], { env: ['HOME=/home', 'TERM=xterm', 'ANSWER=42'], cwd: '/tmp', uid: 0, gid: 0 });
`;
const ready = 'document.body.className = \'ready\';';

async function openModule(...page) {
  const opened = await openPage(browser.context, `${own}/${project.addModule(...page)}`);
  await isReady(opened.page).catch((error) => assert.fail(`${error.message} ${opened.complaints.join('; ')}`));
  return opened;
}

const isReady = (page) => page.locator('body.ready').waitFor({ state: 'attached', timeout: PATIENCE_MS });

/** A command's status and what it printed. */
const sh = (page, script) => page.evaluate(async (text) => {
  window.shown = '';
  const { status } = await window.cx.run('/bin/sh', ['-c', `exec 2>&1; ${text}`], { env: ['PATH=/bin'], cwd: '/root' });
  return [status, window.shown.replaceAll('\r', '')];
}, script);

test('a page on the calls of WebVM\'s runs bash', async () => {
  project.pages.set('served.txt', 'from the server\n');
  const { page, complaints } = await openModule('compat', pageCode('compat', FOLDERS) + ownConsole + bash + ready);
  const shows = (text) => page.waitForFunction((wanted) => window.shown.includes(wanted), text, { timeout: PATIENCE_MS });
  await shows('#');
  await page.evaluate(() => window.type('stty size; echo "<$ANSWER> $PWD"; cat /data/note; cat /web/served.txt; cat /web/missing; echo ü "😀"\r'));
  await shows('from the server');
  await shows('No such file');
  await shows('\r\nü 😀\r\n');
  const shown = await page.evaluate(() => window.shown);
  for (const text of ['25 90\r\n', '<42> /tmp\r\n', 'from the page']) assert.ok(shown.includes(text), text);
  // Told twice a second.
  await page.waitForFunction(() => window.seen.some((each) => each > 0 && each < 60_000), undefined, { timeout: PATIENCE_MS });
  await page.waitForFunction(() => window.seen.includes('process'), undefined, { timeout: PATIENCE_MS });
  await page.evaluate(() => window.type('exit 3\r'));
  assert.deepEqual(await page.evaluate(() => window.done), { status: 3 });
  assert.deepEqual(complaints.filter((text) => !text.includes('404')), []);
  await page.close();
});

test('what an IDBDevice keeps, and a DataDevice doesn\'t', async () => {
  const { page, complaints } = await openModule('devices', pageCode('devices', FOLDERS) + ownConsole + ready);
  const written = await sh(page, 'echo on the disk > kept; mkdir /files/a; echo in the folder >/files/a/kept; cat /data/note');
  assert.deepEqual(written, [0, 'from the page']);
  assert.equal(await page.evaluate(async () => (await window.files.readFileAsBlob('/a/kept')).text()), 'in the folder\n');
  await page.evaluate(() => window.dataDevice.writeFile('new/er', 'later'));
  assert.deepEqual(await sh(page, 'cat /data/new/er; echo; echo x >/data/note; ls -1 /data'),
    [0, 'later\n/bin/sh: can\'t create /data/note: Read-only file system\nnew\nnote\n']);
  assert.match(await page.evaluate(() => window.blockCache.readFileAsBlob('/x').catch(({ message }) => message)), /not mounted/);
  await page.evaluate(() => window.cx.machine.stop());

  project.addModule('devices', pageCode('devices', '{ type: \'dir\', dev: files, path: \'/files\' },') + ownConsole + ready);
  await page.reload();
  await isReady(page);
  assert.deepEqual(await sh(page, 'cat kept /files/a/kept; ls -A /data'), [0, 'on the disk\nin the folder\n'], 'no data on the disk');
  await page.evaluate(() => window.blockCache.reset().then(() => window.files.reset()));
  await page.reload();
  await isReady(page);
  assert.deepEqual(await sh(page, 'ls -1 . /files'), [0, '.:\nuntouched\n\n/files:\n']);
  assert.deepEqual(complaints, []);
  await page.close();
});

test('setConsole is a terminal', async () => {
  const body = '<pre id="console" style="height: 400px; width: 700px"></pre>';
  const code = `${pageCode('console', '')}cx.setConsole(document.querySelector('#console'));\n${bash}${ready}`;
  const { page, complaints } = await openModule('console', code, { body });
  const rows = page.locator('#console .xterm-rows');
  const shows = (text) => rows.getByText(text).first().waitFor({ timeout: PATIENCE_MS });
  await shows('/tmp #');
  await page.keyboard.type('printf "\\033[31m%s\\033[m\\n" "$((6 * 7)) is red"; stty size\n');
  await shows('42 is red');
  assert.match(await rows.getByText('42 is red', { exact: true }).getAttribute('class'), /xterm-fg-1/);
  await shows(/^\d+ \d+\s*$/);
  const [lines, columns] = (await rows.getByText(/^\d+ \d+\s*$/).first().textContent()).trim().split(' ');
  assert.equal(Number(lines), await rows.locator('> div').count());
  assert.ok(Number(columns) > 80 && Number(columns) < 100, columns);
  await page.evaluate(() => void (document.querySelector('#console').style.width = '400px'));
  await page.keyboard.type(`while [ "$(stty size)" = "${lines} ${columns}" ]; do :; done; echo "narrow""er"\n`);
  await shows('narrower');
  await page.keyboard.type('echo "again"\n');
  await shows('again');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => [...document.querySelectorAll('#console .xterm-rows > div')]
    .filter((row) => row.textContent.trim() === 'again').length === 2, undefined, { timeout: PATIENCE_MS });
  assert.deepEqual(complaints, []);
  await page.close();
});
