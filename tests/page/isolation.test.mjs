// Keys, resizes and signals while a guest computes without a pause: on a page that is isolated, where they end the guest's
// time slice, and on one that isn't, where they wait for its end.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { launchProfile, PageDriver } from './page_driver.mjs';
import { serveCheckout } from './servers.mjs';
import { makeTestImage } from './test_image.mjs';

const KEYS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-isolation-'));
let image;
let browser;

before(async () => {
  image = makeTestImage(scratch);
  browser = await launchProfile();
});

after(async () => {
  await browser?.close();
  fs.rmSync(scratch, { recursive: true, force: true });
});

async function withServer(options, use) {
  const server = await serveCheckout(image, ...options);
  try {
    const driver = await PageDriver.open(browser.context, server.url);
    await use(driver, driver.page);
    assert.deepEqual(driver.complaints, []);
    await driver.page.close();
  } finally {
    server.stop();
  }
}

const slicesCutShort = (page) =>
  page.evaluate(async () => (await window.elfin.computer.machine.stats()).timeSlicesCutShort);

for (const isIsolated of [true, false]) {
  test(`beside a guest that computes, ${isIsolated ? 'isolated' : 'not isolated'}`, async (t) => {
    await withServer(isIsolated ? [] : ['--not-isolated'], async (driver, page) => {
      assert.equal(await page.evaluate(() => window.crossOriginIsolated), isIsolated);
      await driver.type('clear; (while :; do :; done) &\n');
      await driver.line(/^\[1\] \d+$/);
      await driver.prompt();
      const before = await slicesCutShort(page);
      for (const key of KEYS) await page.keyboard.press(key); // each one a message of its own
      await driver.line(new RegExp(`# ${KEYS}$`));
      const cut = await slicesCutShort(page) - before;
      t.diagnostic(`${KEYS.length} keys cut ${cut} time slices short`);
      assert.ok(isIsolated ? cut > 0 : cut === 0, `${cut}`);
      await page.keyboard.press('Control+u');

      await page.setViewportSize({ width: 640, height: 420 });
      await page.waitForFunction(() => window.elfin.tabs.current.view.size.columns < 90);
      const { rows, columns } = await page.evaluate(() => window.elfin.tabs.current.view.size);
      assert.equal(await driver.run('stty size'), `${rows} ${columns}`);
      await page.setViewportSize({ width: 1000, height: 700 });

      // A loop of the shell's own beside the other one: Ctrl-C is all that ends it.
      await driver.type('clear; echo begun; while :; do :; done\n');
      await driver.line('begun');
      const started = performance.now();
      await page.keyboard.press('Control+c');
      await driver.line(/\^C$/);
      await driver.prompt();
      t.diagnostic(`Ctrl-C to prompt, two loops: ${(performance.now() - started).toFixed(0)} ms`);
      assert.match(await driver.run('kill %1; wait; echo status $?'), /status 0$/);
    });
  });
}
