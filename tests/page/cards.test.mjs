// When the machine doesn't start, or breaks down: what is said of it, and the way on.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { launchProfile, PageDriver } from './page_driver.mjs';
import { serveCheckout } from './servers.mjs';
import { makeTestImage } from './test_image.mjs';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-cards-'));
let server;
let browser;

before(async () => {
  server = await serveCheckout(makeTestImage(scratch), '--not-isolated', '--title', 'Test disk');
  browser = await launchProfile();
});

after(async () => {
  await browser?.close();
  server?.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
});

/** Takes a feature away in a page. An instruction goes with its code: a module with these bytes is none. */
const LACKS = [
  ['WebAssembly SIMD', (page) => page.addInitScript(withoutCode, [0xfd])],
  ['WebAssembly tail calls', (page) => page.addInitScript(withoutCode, [0x12])],
  ['Promise.withResolvers', (page) => page.addInitScript(() => delete Promise.withResolvers)],
  ['DecompressionStream', (page) => page.addInitScript(() => delete window.DecompressionStream)],
  ['WebAssembly', (page) => page.addInitScript(() => delete window.WebAssembly)],
];

function withoutCode([code]) {
  const { validate } = WebAssembly;
  const BODY_AT = 20; // behind the header, a type and a function's
  WebAssembly.validate = (bytes) => !bytes.subarray(BODY_AT).includes(code) && validate(bytes);
}

for (const [name, takeAway] of LACKS) {
  test(`a browser without ${name} is told so`, async () => {
    const page = await browser.context.newPage();
    await takeAway(page);
    await page.goto(server.url);
    await page.getByRole('alertdialog', { name: 'This browser can\'t run the machine' }).waitFor();
    assert.match(await page.locator('.card p').textContent(), new RegExp(`^It lacks ${name}\\.`));
    await page.close();
  });
}

test('a link\'s disk that isn\'t there: a sentence, and the site\'s disk', async () => {
  const driver = await PageDriver.open(browser.context, `${server.url}#image=no/such.img&theme=dark`, 'failed');
  const { page } = driver;
  await page.getByRole('alertdialog', { name: 'The disk can\'t be fetched' }).waitFor();
  await page.getByText(/the server answers 404/).waitFor();
  await page.getByRole('button', { name: 'Use the site\'s disk' }).click();
  await driver.reaches('running');
  await driver.line(/^Test disk ·/);
  await driver.prompt();
  assert.equal(new URL(page.url()).hash, '#theme=dark');
  await driver.reload();
  assert.equal(await page.evaluate(() => window.elfin.computer.disk.title), 'Test disk');
  await page.close();
});

test('of another site\'s disk it is said that that server must allow it', async () => {
  const other = await serveCheckout(path.join(scratch, 'test.img'));
  const driver = new PageDriver(await browser.context.newPage());
  const { page } = driver;
  await page.goto(`${server.url}#image=${other.url}disk/image`);
  await page.getByRole('button', { name: 'Start it' }).click();
  await driver.reaches('failed');
  await page.getByText(`The server ${new URL(other.url).host} must allow other sites to fetch it.`).waitFor();
  await page.getByRole('button', { name: 'Use the site\'s disk' }).click();
  await driver.reaches('running');
  await page.close();
  other.stop();
});

test('a machine that breaks down isn\'t said not to have started', async () => {
  const driver = await PageDriver.open(browser.context, server.url);
  const { page } = driver;
  await driver.run('echo kept > ~/kept; sync');
  await page.evaluate(() => window.elfin.computer.machine.dispatchEvent(new CustomEvent('failed', { detail: { message: 'a bug' } })));
  await page.getByRole('alertdialog', { name: 'The machine has broken down' }).waitFor();
  await page.getByText('It ran and can\'t go on: a bug.').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await driver.reaches('running');
  await driver.promptOfStart(2, 'Test disk');
  assert.equal(await driver.run('cat ~/kept'), 'kept');
  await page.close();
});
