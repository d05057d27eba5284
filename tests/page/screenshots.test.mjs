// How the page looks, on a desktop and on a phone, light and dark: beside reference images. Where it is meant to look otherwise:
//   ELFIN_RENEW_SCREENSHOTS=1 ./elfin test page
// writes those that differ anew; look at them before they are committed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { launchProfile, PageDriver } from './page_driver.mjs';
import { comparePictures, judge } from './reference_images.mjs';
import { serveCheckout } from './servers.mjs';
import { makeTestImage } from './test_image.mjs';

const DEVICES = Object.freeze({
  desktop: { viewport: { width: 1000, height: 700 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
});
const PARTS = ['Machine', 'Files', 'Disk', 'Settings'];
/** What the references are drawn with, for the page's text and the terminal's. */
const FONTS = Object.freeze({ 'sans-serif': 'DejaVu Sans', monospace: 'DejaVu Sans Mono' });

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-screenshots-'));
let server;

before(async () => {
  server = await serveCheckout(makeTestImage(scratch), '--not-isolated', '--title', 'Test disk');
});

after(() => {
  server?.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
});

function otherFonts() {
  const font = (family) => execFileSync('fc-match', ['-f', '%{family}', family], { encoding: 'utf8' });
  const others = Object.entries(FONTS).filter(([family, name]) => font(family) !== name);
  return others.length > 0 && `the references have ${others.map(([, name]) => name).join(' and ')} (fonts-dejavu-core)`;
}

/** What differs from run to run is made the same: figures, times, numbers of processes. */
function makeFixed() {
  const { computer: { machine }, history } = window.elfin;
  const samples = history.samples.map((_, i) => {
    const wave = Math.max(0, Math.sin(i / 7)) * (0.4 + 0.6 * (i / 120));
    return { cpu: wave, diskRead: 90_000 * Math.abs(Math.sin(i / 11)) ** 9, diskWritten: 0, fetched: 60_000 * Math.abs(Math.sin(i / 17)) ** 9 };
  });
  history.add = () => {};
  history.samples = Object.assign(samples, { push() {}, shift() {} }); // time stands still
  history.processes = 3;
  Object.assign(history.totals, { diskRead: 12_345_678, diskWritten: 234_567, fetched: 8_765_432 });
  Object.defineProperty(history, 'latest', { value: { cpu: 0.42, diskRead: 20_000, diskWritten: 3000, fetched: 16_000 } });
  history.dispatchEvent(new Event('change'));
  const process = (pid, name, state, seconds, memoryBytes) => ({ pid, name, command: name, state, seconds, memoryBytes });
  machine.processes = async () => [process(1, 'bash', 'S', 0.3, 3.4e6), process(12, 'bc', 'R', 75, 1.9e6), process(13, 'sleep', 'S', 0, 1e6)];
  machine.diskUsage = async () => ({ usedBytes: 9.1e6, totalBytes: 42e6, writtenBytes: 123_000 });
  navigator.storage.estimate = async () => ({ usage: 2e9, quota: 12e9 });
}

/** Two frames: what has changed is drawn. */
const isDrawn = (page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

for (const [device, options] of Object.entries(DEVICES)) {
  test(`on a ${device}`, { skip: otherFonts() }, async () => {
    const browser = await launchProfile(options);
    await browser.context.addInitScript(() => void (navigator.storage.persisted = async () => true)); // the answer may be any
    const wrong = [];
    /** Both colour schemes of what is to be seen now; the browser's own settings choose. */
    const look = async (page, name, target = page) => {
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await isDrawn(page);
        wrong.push(await judge(page, `${device}-${name}-${colorScheme}`, await target.screenshot({ animations: 'disabled' })));
      }
    };
    try {
      const driver = await PageDriver.open(browser.context, server.url);
      const { page } = driver;
      await page.waitForFunction(() => window.elfin.tabs.current.view.search !== undefined); // its widths come with it
      await page.evaluate(makeFixed);
      await look(page, 'prompt');
      for (const part of PARTS) {
        if (part === 'Machine') await page.click('#panel-button');
        else await page.getByRole('tab', { name: part }).click();
        const section = page.getByRole('tabpanel', { name: part });
        if (part === 'Files') await section.getByText('untouched').waitFor();
        if (part === 'Machine') await section.getByText('sleep').waitFor();
        if (part === 'Disk') await section.getByText('Room in this browser').waitFor();
        await look(page, part.toLowerCase(), part === 'Machine' ? page : page.locator('#panel'));
      }
      await page.getByRole('tab', { name: 'Disk' }).click();
      await page.getByRole('button', { name: 'Reset the disk' }).click();
      await page.getByRole('dialog').waitFor();
      await look(page, 'dialog', page.getByRole('dialog'));
      await page.getByRole('button', { name: 'Keep the disk' }).click();
      await page.getByRole('button', { name: 'Close the panel' }).or(page.locator('#panel-button')).first().click();
      const second = await PageDriver.open(browser.context, server.url, 'taken');
      await second.page.getByText('Take over').waitFor();
      await second.page.evaluate(() => document.activeElement.blur()); // whose focus is seen depends on what had it before
      await look(second.page, 'card');
      assert.deepEqual(wrong.filter(Boolean), []);
    } finally {
      await browser.close();
    }
  });
}

test('the comparison sees a word that is another, and not how an edge is drawn', async () => {
  const browser = await launchProfile();
  try {
    const page = await browser.context.newPage();
    const draw = async (body) => {
      await page.setContent(`<body style="font: 13px sans-serif; background: #faf9f7">${body}`);
      return page.screenshot();
    };
    const text = 'What you write to the disk stays';
    const reference = await draw(`<p>${text}`);
    const differing = async (body) => (await comparePictures(page, await draw(body), reference)).tiles;
    assert.equal(await differing(`<p>${text}`), 0);
    assert.equal(await differing(`<p style="transform: translate(.5px, .5px)">${text}`), 0);
    assert.ok(await differing(`<p>${text.replace('disk', 'desk')}`) > 0);
    assert.ok(await differing(`<p>${text.replace('stays', '')}`) > 0);
    assert.ok(await differing(`<p>${text}<hr>`) > 0);
    assert.ok(await differing(`<p style="color: #999">${text}`) > 0);
    await page.setViewportSize({ width: 999, height: 700 });
    assert.equal((await comparePictures(page, await page.screenshot(), reference)).size, '999×700 in place of 1000×700');
  } finally {
    await browser.close();
  }
});
