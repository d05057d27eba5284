// What the service worker keeps of a site: versions that are whole and what they should be, and the whole disk.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before, beforeEach } from 'node:test';
import { launchProfile, PageDriver } from './page_driver.mjs';
import { buildSite, serveTroubled } from './servers.mjs';
import { makeTestImage, UNTOUCHED } from './test_image.mjs';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-kept-'));
const out = path.join(scratch, 'site');
const SUM = execFileSync('md5sum', { input: UNTOUCHED, encoding: 'utf8' }).split(' ')[0];
const PATIENCE_MS = 60_000;
const HOME = '/root';
const isPiece = (name) => name.startsWith('disk/objects/');
let image;
let host;

const build = (title, ...options) => buildSite(out, image, '--title', title, ...options);

before(async () => {
  image = makeTestImage(scratch);
  build('First');
  host = await serveTroubled(out);
});

after(() => {
  host?.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
});

beforeEach(() => {
  host.trouble = () => undefined;
});

const manifest = () => JSON.parse(fs.readFileSync(path.join(out, 'elfin.json'), 'utf8'));

/** Waits for something of this process's. */
async function until(isSo) {
  const end = Date.now() + PATIENCE_MS;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`never so: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Somebody who was never here before. */
async function withVisitor(use) {
  const browser = await launchProfile();
  try {
    const driver = await PageDriver.open(browser.context, host.url);
    await isKept(driver);
    await use(driver, driver.page, browser);
  } finally {
    await browser.close();
  }
}

/** Until the service worker has the page. */
const isKept = (driver) => driver.becomes(async () =>
  (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated');

const title = (driver) => driver.page.evaluate(() => window.elfin.computer.disk.title);

/** How many pieces of the disk are kept. */
const pieces = (driver) => driver.page.evaluate(async () => (await (await caches.open('elfin-disk')).keys()).length);

const hasNext = (driver) => driver.becomes(async () =>
  (await (await caches.open('elfin-state')).keys()).some(({ url }) => url.endsWith('/next')));

async function openDiskPart(page) {
  await page.click('#panel-button');
  await page.click('#panel nav >> text=Disk');
}

/** The page alone without a server has all of the disk. */
async function worksAlone(driver) {
  host.trouble = () => 503;
  await driver.reload();
  assert.equal((await driver.run('md5sum < ~/untouched')).split(' ')[0], SUM);
}

test('a file that isn\'t what it should be is not kept, nor is its version', async () => {
  build('First');
  const browser = await launchProfile();
  try {
    let asked = 0;
    // A network that wants a login first answers everything, and well; here once the page has come.
    host.trouble = (name) => (name.endsWith('/main.js') && ++asked > 1 ? Buffer.from('<!doctype html><p>Log in') : undefined);
    const driver = await PageDriver.open(browser.context, host.url);
    await until(() => asked === 3); // the last past all caches
    await driver.becomes(async () =>
      (await navigator.serviceWorker.getRegistration()) === undefined && (await caches.keys()).every((name) => !name.startsWith('elfin-app-')));
    host.trouble = () => undefined;
    await driver.reload();
    await isKept(driver);
    host.trouble = () => 503;
    await driver.reload();
    assert.equal(await driver.run('echo kept'), 'kept');
  } finally {
    await browser.close();
  }
});

test('of a new version only what is new is fetched, and the old one goes when nobody uses it', async () => {
  build('First');
  await withVisitor(async (driver, page, { context }) => {
    await driver.reload();
    const apps = () => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('elfin-app-')).length);
    build('Second');
    host.asked.splice(0);
    await driver.reload();
    assert.equal(await title(driver), 'First');
    await hasNext(driver);
    assert.deepEqual(host.asked.filter((name) => name.startsWith('app-')), []);
    const other = await PageDriver.open(context, host.url, 'taken'); // of the second, while the first is in use
    assert.equal(await title(other), 'Second');
    await isKept(other);
    assert.equal(await apps(), 2);
    await page.close();
    await other.page.reload();
    await other.reaches('running');
    await other.becomes(async () => (await caches.keys()).filter((name) => name.startsWith('elfin-app-')).length === 1);
    host.trouble = () => 503;
    await other.reload();
    assert.equal(await title(other), 'Second');
  });
});

test('--offline: all of the disk is kept, also when the first visit is cut short', async () => {
  build('First', '--offline');
  let allowed = 6;
  host.trouble = (name) => (isPiece(name) && --allowed < 0 ? 503 : undefined);
  await withVisitor(async (driver) => {
    const count = manifest().disk.files.length;
    await until(() => allowed < 0);
    assert.ok(await pieces(driver) < count);
    host.trouble = () => undefined;
    await driver.reload();
    await driver.becomes(async (all) => (await (await caches.open('elfin-disk')).keys()).length === all, count);
    await worksAlone(driver);
  });
});

test('who keeps the whole disk keeps it with the versions to come, and no piece more', async () => {
  build('First');
  await withVisitor(async (driver, page) => {
    await page.evaluate(() => {
      window.persistAsked = 0;
      navigator.storage.persist = async () => ++window.persistAsked > 0;
    });
    await openDiskPart(page);
    await page.getByText('Keep the whole disk offline').click();
    await page.getByText('The whole disk is here').waitFor();
    await page.locator('dd', { hasText: 'all of it' }).waitFor();
    assert.equal(await page.evaluate(() => window.persistAsked), 1);
    assert.equal(await pieces(driver), manifest().disk.files.length);
    // Another disk: a piece more, and one that differs.
    const added = path.join(scratch, 'added');
    fs.writeFileSync(added, Buffer.from(UNTOUCHED).reverse());
    const changed = path.join(scratch, 'changed.img');
    fs.copyFileSync(image, changed);
    execFileSync('debugfs', ['-w', '-R', `write ${added} ${HOME}/added`, changed], { stdio: 'pipe' });
    const before = manifest().disk.files;
    buildSite(out, changed, '--title', 'Second', '--name', 'second'); // what was written belongs to the first
    const { disk: { files } } = manifest();
    assert.ok(before.some((name) => !files.includes(name)) && files.some((name) => !before.includes(name)));
    await driver.reload();
    await hasNext(driver);
    await driver.reload();
    assert.equal(await title(driver), 'Second');
    await driver.becomes(async (count) => (await (await caches.open('elfin-disk')).keys()).length === count, files.length);
    await worksAlone(driver);
    assert.equal((await driver.run('md5sum < ~/added')).split(' ')[0],
      execFileSync('md5sum', { input: fs.readFileSync(added), encoding: 'utf8' }).split(' ')[0]);
  });
});

test('without room for the whole disk: that is said, and what there is', async () => {
  build('First');
  await withVisitor(async (driver, page, { context }) => {
    const { disk: { size, files } } = manifest();
    await openDiskPart(page);
    const before = await pieces(driver);
    await page.evaluate(() => {
      window.estimate = navigator.storage.estimate;
      navigator.storage.estimate = async () => ({ usage: 10e6, quota: 11e6 });
    });
    await page.getByText('Keep the whole disk offline').click();
    await page.getByText(/The whole disk is not here, but \d+ of \d+ pieces: there is not enough room for it/).waitFor();
    assert.equal(await pieces(driver), before);
    // What the browser says is not all that counts.
    await page.evaluate(() => void (navigator.storage.estimate = window.estimate));
    const session = await context.newCDPSession(page);
    const { origin } = new URL(host.url);
    const { usage } = await session.send('Storage.getUsageAndQuota', { origin });
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + Math.floor(size / 3) });
    await page.getByText('Keep the whole disk offline').click();
    await page.getByText(/The whole disk is not here, but \d+ of \d+ pieces: there is no room left/).waitFor();
    const kept = await pieces(driver);
    assert.ok(kept > before && kept < files.length, `${kept}`);
    // Pieces that come damaged are none.
    await session.send('Storage.overrideQuotaForOrigin', { origin });
    host.trouble = (name) => (isPiece(name) ? Buffer.from('not what was asked for') : undefined);
    await page.getByText('Keep the whole disk offline').click();
    await page.getByText(/The whole disk is not here, but \d+ of \d+ pieces: .*it is not what the site has there/).waitFor();
    assert.equal(await pieces(driver), kept);
    host.trouble = () => undefined;
    await page.getByText('Keep the whole disk offline').click();
    await page.getByText('The whole disk is here').waitFor();
    await worksAlone(driver);
  });
});
