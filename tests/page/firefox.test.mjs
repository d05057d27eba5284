// The page in Firefox: that it works there, no more.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { hasFirefox, launchFirefox } from './firefox.mjs';
import { PageDriver } from './page_driver.mjs';
import { buildSite, serveFolder } from './servers.mjs';
import { makeTestImage } from './test_image.mjs';

test('in Firefox: a prompt, π, Ctrl-C, and what is written is there after a reload, isolated', {
  skip: !hasFirefox() && 'firefox-esr is not installed',
}, async (t) => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-in-firefox-'));
  t.after(() => fs.rmSync(scratch, { recursive: true, force: true }));
  buildSite(path.join(scratch, 'site'), makeTestImage(scratch), '--title', 'In Firefox');
  const host = await serveFolder(path.join(scratch, 'site'));
  t.after(() => host.stop());
  const browser = await launchFirefox();
  t.after(() => browser.close());

  const driver = await PageDriver.open(browser.context, host.url);
  const { page } = driver;
  assert.match(await page.evaluate(() => navigator.userAgent), /Firefox\/\d+/);
  assert.equal(await page.evaluate(() => window.elfin.computer.kept), 'files');
  assert.equal(await driver.run('echo "scale=20; 4*a(1)" | bc -lq'), '3.14159265358979323844');
  await driver.type('sleep 1000\n');
  await driver.started('sleep');
  await page.keyboard.press('Control+c');
  await driver.until((lines) => /[#$]$/.test(lines.at(-1)) && lines.some((line) => line.endsWith('^C')), 'a prompt after ^C');
  await driver.run('echo kept > ~/note; sync');
  await driver.becomes(async () => (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated');
  await driver.reload();
  assert.equal(await page.evaluate(() => window.crossOriginIsolated), true);
  assert.equal(await driver.run('cat ~/note'), 'kept');
  assert.deepEqual(driver.complaints, []);
});
