// `elfin site` on the plainest static host there is: no ranges, no compression, no headers.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { DEFAULT_RETRIES } from '../../web/host/images/retries.js';
import { launchProfile, PageDriver } from './page_driver.mjs';
import { buildSite, serveFolder } from './servers.mjs';
import { makeTestImage } from './test_image.mjs';

const APP_LIMIT = 2_500_000;
/** Start, page, what both need, three workers, add-ons for later and for graphics processors, style sheet, icon, three binaries. */
const APP_FILES = 13;

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-site-'));
// In a subfolder: all addresses are relative.
const root = path.join(scratch, 'host');
const out = path.join(root, 'some', 'folder');
let image;
let host;
let browser;
const site = () => `${host.url}some/folder/`;

before(async () => {
  image = makeTestImage(scratch);
  buildSite(out, image, '--title', 'First');
  host = await serveFolder(root);
  browser = await launchProfile();
});

after(async () => {
  await browser?.close();
  host?.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
});

/** Until the service worker has kept the site and what of the disk was touched. */
async function whenKept(driver) {
  await driver.becomes(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    if (registration?.active?.state !== 'activated') return false;
    if (!(await caches.keys()).includes('elfin-disk')) return false;
    const disk = await caches.open('elfin-disk');
    const kept = await Promise.all((await window.elfin.computer.machine.touched()).map((url) => disk.match(url)));
    return kept.length > 0 && kept.every((response) => response !== undefined);
  });
}

test('the site is small, and its names tell its content', () => {
  const manifest = JSON.parse(fs.readFileSync(path.join(out, 'elfin.json'), 'utf8'));
  const size = manifest.files.reduce((sum, file) => sum + file.size, 0);
  assert.ok(size < APP_LIMIT, `${size} bytes`);
  assert.ok(manifest.files.length <= APP_FILES, manifest.files.map((file) => file.path).join());
  const scripts = manifest.files.filter((file) => file.path.endsWith('.js')).map((file) => fs.readFileSync(path.join(out, file.path), 'utf8'));
  // Nothing is left that would have to be fetched one after the other, and xterm.js's licence wants its notice kept.
  const index = fs.readFileSync(path.join(out, 'index.html'), 'utf8');
  const imported = scripts.flatMap((script) => [...script.matchAll(/(?:^|[;}])import(?:\{[^}]*\}from)?"\.\/([^"]+)"/g)].map(([, name]) => name));
  assert.ok(imported.length > 0);
  for (const name of imported) assert.ok(index.includes(`<link rel="modulepreload" href="${manifest.app}${name}">`), name);
  assert.ok(scripts.some((script) => script.includes('The xterm.js authors')));
  assert.match(manifest.app, /^app-[0-9a-f]{16}\/$/);
  for (const file of manifest.files) assert.equal(fs.statSync(path.join(out, file.path)).size, file.size);
  const fixed = fs.readdirSync(out).filter((name) => name !== 'disk' && !/^app-[0-9a-f]{16}$/.test(name));
  assert.deepEqual(fixed.sort(), ['elfin.json', 'index.html', 'sw.js']);
  assert.deepEqual(fs.readdirSync(path.join(out, 'disk')), ['objects']);
});

test('first visit, isolated second, offline third, with the disk kept', async () => {
  const driver = await PageDriver.open(browser.context, site());
  assert.equal(await driver.page.evaluate(() => window.crossOriginIsolated), false);
  const touched = await driver.page.evaluate(() => window.elfin.computer.machine.touched());
  assert.ok(touched.length <= 2, `a prompt takes ${touched.length} pieces of the disk`); // its list and a pack
  assert.equal(await driver.run('echo "scale=20; 4*a(1)" | bc -lq; echo first > ~/visit; cat < /dev/null'), '3.14159265358979323844');
  await whenKept(driver);
  // Binaries are kept as the browser can compile them, and keep the compiled code.
  const binaries = await driver.page.evaluate(async () => {
    const { content, dataset: { suffix } } = document.querySelector('meta[name="elfin-binaries"]');
    return Promise.all(['cpu.wasm', 'kernel.wasm', 'jit.wasm'].map(async (name) => {
      const kept = await caches.match(new URL(content + name + suffix, document.baseURI).href);
      return [kept.headers.get('content-type'), WebAssembly.validate(await kept.arrayBuffer())];
    }));
  });
  assert.deepEqual(binaries, Array(3).fill(['application/wasm', true]));
  host.stop();
  await driver.reload(); // nothing answers any more
  assert.equal(await driver.page.evaluate(() => window.crossOriginIsolated), true);
  assert.equal(await driver.run('cat ~/visit; echo second > ~/visit'), 'first');
  await driver.reload();
  assert.equal(await driver.run('cat ~/visit'), 'second');
  // What was never read here is not here: the guest learns of it at once, and the user why.
  const told = driver.page.getByText('Part of the disk can\'t be fetched').waitFor(); // a notice goes by itself
  assert.match(await driver.run('cat ~/untouched | md5sum'), /cat: .*untouched.*I\/O error|Input\/output error/);
  await told;
  assert.equal(await driver.run('echo still here'), 'still here');
  assert.deepEqual(driver.complaints.filter((text) => !/ERR_CONNECTION_REFUSED|ERR_FAILED/.test(text)), []);
  await driver.page.close();
  host = await serveFolder(root, host.port);
});

test('really offline what isn\'t here is an error at once; online again it comes', async () => {
  const fresh = await launchProfile();
  try {
    const driver = await PageDriver.open(fresh.context, site());
    await whenKept(driver);
    await driver.run('md5sum < /dev/null'); // the program is here then
    const failed = [];
    driver.page.on('requestfailed', (request) => failed.push(request.url()));
    await fresh.context.setOffline(true);
    const told = driver.page.getByText('Part of the disk can\'t be fetched').waitFor(); // a notice goes by itself
    const [output] = await Promise.all([driver.run('md5sum < ~/untouched'), told]);
    assert.match(output, /^md5sum: .*(I\/O error|Input\/output error)$/m);
    // The kernel may ask more than once, but each time the answer comes without another try.
    assert.ok(failed.length > 0 && failed.length < 2 * DEFAULT_RETRIES.attempts, `${failed.length} requests`);
    await fresh.context.setOffline(false);
    assert.match(await driver.run('md5sum < ~/untouched'), /^[0-9a-f]{32} /);
  } finally {
    await fresh.close();
  }
});

test('a new version is taken at the load after it came, whole, and the disk stays', async () => {
  const driver = await PageDriver.open(browser.context, site());
  await driver.run('echo before > ~/version');
  const title = () => driver.page.evaluate(() => window.elfin.computer.disk.title);
  assert.equal(await title(), 'First');
  buildSite(out, image, '--title', 'Second');
  await driver.reload();
  assert.equal(await title(), 'First');
  await driver.becomes(async () =>
    (await (await caches.open('elfin-state')).keys()).some(({ url }) => url.endsWith('/next')));
  await driver.reload();
  assert.equal(await title(), 'Second');
  assert.equal(await driver.run('cat ~/version'), 'before');
  // One that is incomplete is not taken.
  const manifest = JSON.parse(fs.readFileSync(path.join(out, 'elfin.json'), 'utf8'));
  manifest.version = 'f'.repeat(16);
  manifest.files.push({ path: `${manifest.app}missing.js`, size: 1 });
  fs.writeFileSync(path.join(out, 'elfin.json'), JSON.stringify(manifest));
  await driver.reload();
  await driver.page.waitForTimeout(500);
  await driver.becomes(async () => !(await caches.keys()).some((name) => name.endsWith('f'.repeat(16))));
  await driver.reload();
  assert.equal(await title(), 'Second');
  await driver.page.close();
});

test('the whole disk can be kept', async () => {
  buildSite(out, image, '--title', 'Whole');
  const fresh = await launchProfile();
  try {
    const driver = await PageDriver.open(fresh.context, site());
    await whenKept(driver);
    await driver.reload();
    await driver.page.click('#panel-button');
    await driver.page.click('#panel nav >> text=Disk');
    await driver.page.getByText('Keep the whole disk').click();
    await driver.page.getByText('The whole disk is here').waitFor({ timeout: 60_000 });
    host.stop();
    await driver.reload();
    assert.match(await driver.run('md5sum < ~/untouched'), /^[0-9a-f]{32} /);
  } finally {
    await fresh.close();
    host = await serveFolder(root, host.port);
  }
});

test('only a new folder, an empty one or an earlier site is written to', () => {
  const taken = path.join(scratch, 'taken');
  fs.mkdirSync(taken);
  fs.writeFileSync(path.join(taken, 'precious'), '');
  assert.throws(() => buildSite(taken, image), /neither empty nor an earlier site/);
  assert.deepEqual(fs.readdirSync(taken), ['precious']);
  assert.throws(() => buildSite(path.join(scratch, 'new'), path.join(scratch, 'no.img')), /no such file/);
});
