// What happens by accident: files dropped beside the terminal, a page closed while programs run.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { launchProfile, PageDriver } from './page_driver.mjs';
import { serveCheckout } from './servers.mjs';
import { makeTestImage } from './test_image.mjs';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-accidents-'));
const COPY_OPERATION = 1;
let server;
let browser;

before(async () => {
  server = await serveCheckout(makeTestImage(scratch), '--not-isolated');
  browser = await launchProfile();
});

after(async () => {
  await browser?.close();
  server?.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
});

/** Drags a file of this machine onto the middle of an element, as the browser itself gets it, and lets it go. */
async function drop(page, selector, file) {
  const session = await browser.context.newCDPSession(page);
  const { x, y, width, height } = await page.locator(selector).boundingBox();
  const event = { x: x + width / 2, y: y + height / 2, data: { items: [], files: [file], dragOperationsMask: COPY_OPERATION } };
  for (const type of ['dragEnter', 'dragOver', 'drop']) await session.send('Input.dispatchDragEvent', { type, ...event });
  await session.detach();
}

test('files dropped beside the terminal land in it, or in the folder that the panel shows; the page stays', async () => {
  const driver = await PageDriver.open(browser.context, server.url);
  const { page } = driver;
  const file = path.join(scratch, 'dropped');
  fs.writeFileSync(file, 'what was dropped\n');
  await driver.run('mkdir -p ~/in; cd /tmp');
  await drop(page, '.bar', file);
  await page.getByText('dropped (17 B) copied into /tmp').waitFor();
  await page.click('#panel-button');
  await page.click('#panel nav >> text=Files');
  await page.locator('#panel button.link', { hasText: 'in' }).click();
  await page.locator('#panel .path button', { hasText: 'in' }).waitFor();
  await drop(page, '#panel > section:not([hidden])', file);
  await page.getByText(/dropped \(17 B\) copied into .*\/in$/).waitFor();
  await page.locator('#panel button.link', { hasText: 'dropped' }).waitFor();
  await page.locator('.terminal-frame:not([hidden])').click();
  assert.equal(await driver.run('cat /tmp/dropped; cat ~/in/dropped'), 'what was dropped\nwhat was dropped');
  assert.equal(await page.locator('.dropping').count(), 0);
  await page.close();
});

test('while a program runs the browser asks before the page goes; beside a waiting shell it doesn\'t', async () => {
  const driver = await PageDriver.open(browser.context, server.url);
  const { page } = driver;
  /** Whether the page would have the browser ask, which looks for itself only when it goes. */
  const asks = () => {
    const event = new Event('beforeunload', { cancelable: true });
    dispatchEvent(event);
    return event.defaultPrevented;
  };
  const dialogs = [];
  const told = new Promise((resolve) => page.once('dialog', async (dialog) => {
    dialogs.push(dialog.type());
    await dialog.dismiss();
    resolve();
  }));
  await driver.type('clear; sleep 4321\n');
  await driver.becomes(asks);
  await page.close({ runBeforeUnload: true });
  await told;
  assert.deepEqual(dialogs, ['beforeunload']);
  await driver.started('sleep'); // it is all still there
  await page.keyboard.press('Control+c');
  await driver.prompt();
  await driver.becomes(() => {
    const event = new Event('beforeunload', { cancelable: true });
    dispatchEvent(event);
    return !event.defaultPrevented;
  });
  const closed = page.waitForEvent('close');
  await page.close({ runBeforeUnload: true });
  await closed;
});
