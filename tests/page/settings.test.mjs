// Settings, links that carry them, disks that links name, and what the machine is shown to do.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { serveFaulty } from '../host/faulty_server.mjs';
import { launchProfile, PageDriver } from './page_driver.mjs';
import { serveCheckout } from './servers.mjs';
import { makeTestImage } from './test_image.mjs';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-settings-'));
let image;
let server;
let browser;

before(async () => {
  image = makeTestImage(scratch);
  server = await serveCheckout(image, '--not-isolated', '--title', 'Test disk');
  browser = await launchProfile();
  await browser.context.grantPermissions(['clipboard-read', 'clipboard-write']);
});

after(async () => {
  await browser?.close();
  server?.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
});

async function withPage(use, fragment = '') {
  const driver = await PageDriver.open(browser.context, server.url + fragment);
  try {
    await use(driver, driver.page);
    assert.deepEqual(driver.complaints, []);
  } finally {
    await driver.page.evaluate(() => localStorage.clear());
    await driver.page.close();
  }
}

async function openPart(page, name) {
  await page.locator('#panel-button').click();
  await page.getByRole('tab', { name }).click();
}

test('settings hold at once, and after a reload', async () => {
  await withPage(async (driver, page) => {
    const options = () => page.evaluate(() => {
      const { fontSize, fontFamily, cursorBlink, scrollback, screenReaderMode } = window.elfin.tabs.current.view.xterm.options;
      const { theme } = document.documentElement.dataset;
      return { fontSize, font: fontFamily.split(',')[0], cursorBlink, scrollback, screenReaderMode, theme };
    });
    await openPart(page, 'Settings');
    const rows = await page.evaluate(() => window.elfin.tabs.current.view.size.rows);
    await page.getByLabel('Theme').selectOption('Dark');
    for (const [label, text] of [['Font size', '20'], ['Font', 'DejaVu Sans Mono'], ['Lines kept', '700']]) {
      await page.getByLabel(label, { exact: true }).fill(text);
      await page.keyboard.press('Tab');
    }
    await page.getByLabel('Cursor blinks').check();
    const wanted = { fontSize: 20, font: 'DejaVu Sans Mono', cursorBlink: true, scrollback: 700, screenReaderMode: false, theme: 'dark' };
    assert.deepEqual(await options(), wanted);
    await page.waitForFunction((before) => window.elfin.tabs.current.view.size.rows < before, rows);
    await page.getByLabel('Font size').fill('1000');
    await page.keyboard.press('Tab');
    assert.equal(await page.getByLabel('Font size').inputValue(), '20', 'what is no size is not taken');
    await driver.reload();
    assert.deepEqual(await options(), wanted);
  });
});

test('the memory limit holds from the machine\'s next start on', async () => {
  await withPage(async (driver, page) => {
    const tryLarge = async () => /status 0$/.test(await driver.run('dd if=/dev/zero of=/dev/null bs=700M count=1 2> /dev/null; echo status $?'));
    assert.equal(await tryLarge(), true);
    await openPart(page, 'Settings');
    await page.getByText('Both hold from the machine\'s next start on').waitFor();
    await page.getByLabel('Memory limit, MB').fill('512');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    assert.equal(await tryLarge(), true, 'not yet');
    await openPart(page, 'Machine');
    await page.getByRole('button', { name: 'Restart the machine' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Restart' }).click();
    await driver.promptOfStart(2, 'Test disk');
    await page.locator('.terminal-frame:not([hidden])').click();
    assert.equal(await tryLarge(), false);
    assert.equal(await driver.run('echo alive'), 'alive');
  });
});

test('a link carries settings, a command and the folder, to another visit and to a page that is open', async () => {
  await withPage(async (driver, page) => {
    await driver.run('mkdir -p "/tmp/a folder"; cd "/tmp/a folder"');
    await openPart(page, 'Settings');
    await page.getByLabel('Theme').selectOption('Dark');
    await page.getByLabel('Font size').fill('17');
    await page.getByLabel('Memory limit, MB').fill('512');
    await page.getByLabel('Command').fill('echo "$PWD" > linked');
    await page.getByLabel('In the current folder').check();
    await page.getByRole('button', { name: 'Copy the link' }).click();
    await page.getByText('The link is in the clipboard.').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.deepEqual(Object.fromEntries(new URLSearchParams(new URL(link).hash.slice(1))), {
      theme: 'dark', fontSize: '17', memoryMegabytes: '512', cmd: 'echo "$PWD" > linked', cwd: '/tmp/a folder',
    });
    await page.evaluate(() => localStorage.clear());
    await page.goto('about:blank');
    await page.goto(server.url);
    await driver.reaches('running');
    await driver.prompt();
    assert.equal(await page.evaluate(() => window.elfin.settings.get('fontSize')), 14);

    // Followed by somebody who has the page open already.
    await page.evaluate((address) => void (location.href = address), link);
    await page.getByRole('dialog').getByText('Run the command of this link?').waitFor();
    assert.deepEqual(await page.evaluate(() => ({
      size: window.elfin.tabs.current.view.xterm.options.fontSize, theme: document.documentElement.dataset.theme,
      tabs: window.elfin.tabs.all.length, stored: localStorage.getItem('elfin-settings'),
    })), { size: 17, theme: 'dark', tabs: 2, stored: null }, 'it changes this visit alone, and has a terminal of its own');
    await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click();
    await driver.becomes(async () => window.elfin.computer.machine.fs.stat('/tmp/a folder/linked').then(() => true, () => false));
    await driver.prompt();
    assert.equal(await driver.run('cat "/tmp/a folder/linked"'), '/tmp/a folder');
  });
});

test('to the terminal by the skip link, which is no link to follow', async () => {
  await withPage(async (driver, page) => {
    await page.getByRole('link', { name: 'Skip to the terminal' }).focus();
    await page.keyboard.press('Enter');
    await driver.type('echo skipped\n');
    await driver.line('skipped');
    assert.equal(await page.evaluate(() => window.elfin.settings.get('fontSize')), 20);
    assert.equal(new URL(page.url()).hash, '#fontSize=20');
  }, '#fontSize=20');
});

test('another disk by the settings: asked about, started anew, kept by the address', async () => {
  await withPage(async (driver, page) => {
    await openPart(page, 'Settings');
    const field = page.getByLabel('Disk image');
    assert.equal(await field.inputValue(), '');
    await field.fill('disk/image');
    await page.keyboard.press('Tab');
    const dialog = page.getByRole('dialog', { name: 'Start another disk?' });
    await dialog.getByRole('button', { name: 'Stay here' }).click();
    assert.equal(new URL(page.url()).hash, '');
    assert.equal(await page.evaluate(() => window.elfin.computer.state), 'running');
    await field.fill('disk/image');
    await page.keyboard.press('Tab');
    await Promise.all([page.waitForEvent('load'), dialog.getByRole('button', { name: 'Start it' }).click()]);
    await driver.reaches('running');
    await driver.line(/^image ·/);
    await driver.prompt();
    await driver.run('echo apart > ~/apart');
    await openPart(page, 'Settings');
    assert.equal(await field.inputValue(), 'disk/image');
    await field.fill('');
    await page.keyboard.press('Tab');
    await Promise.all([page.waitForEvent('load'), dialog.getByRole('button', { name: 'Start it' }).click()]);
    await driver.reaches('running');
    await driver.line(/^Test disk ·/);
    await driver.prompt();
    assert.equal(await driver.run('ls'), 'untouched', 'what is written to one is not on the other');
  });
});

test('a disk of another site: started after a question, and the site\'s own when it is refused', async (t) => {
  const bytes = fs.readFileSync(image);
  const foreign = await serveFaulty((name) => (name === '/disks/theirs.img' ? bytes : undefined), { ranges: true });
  foreign.headers = { 'access-control-allow-origin': '*' };
  const isolated = await serveCheckout(image, '--title', 'Test disk'); // where a browser wants more of what comes from elsewhere
  t.after(() => Promise.all([foreign.close(), isolated.stop()]));
  const address = `${foreign.origin}/disks/theirs.img`;
  const fragment = `#image=${encodeURIComponent(address)}`;
  const open = async () => {
    const driver = new PageDriver(await browser.context.newPage());
    await driver.page.goto(isolated.url + fragment);
    assert.equal(await driver.page.evaluate(() => window.crossOriginIsolated), true);
    await driver.page.getByRole('dialog', { name: 'Start a disk from another site?' }).getByText(address).waitFor();
    assert.deepEqual(foreign.requests, [], 'nothing is fetched from there before');
    return { driver, page: driver.page };
  };
  const refused = await open();
  await refused.page.getByRole('button', { name: 'This site\'s disk' }).click();
  await refused.driver.reaches('running');
  await refused.driver.line(/^Test disk ·/);
  await refused.driver.prompt();
  await refused.driver.run('echo ours > ~/ours; sync');
  assert.deepEqual(foreign.requests, []);
  await refused.page.close();

  const allowed = await open();
  await allowed.page.getByRole('button', { name: 'Start it' }).click();
  await allowed.driver.reaches('running');
  await allowed.driver.line(/^theirs.img ·/);
  await allowed.driver.prompt();
  assert.equal(await allowed.driver.run('ls; echo theirs > ~/theirs; sync'), 'untouched');
  await allowed.page.reload();
  await allowed.page.getByRole('button', { name: 'Start it' }).click();
  await allowed.driver.reaches('running');
  await allowed.driver.prompt();
  assert.equal(await allowed.driver.run('ls -1'), 'theirs\nuntouched', 'what is written to it is kept, apart from other disks');
  await allowed.page.close();
  const own = await PageDriver.open(browser.context, isolated.url);
  assert.equal(await own.run('ls -1'), 'ours\nuntouched');
  await own.page.close();
});

test('what the machine does is shown: figures and plots, in the bar and in the panel', async () => {
  await withPage(async (driver, page) => {
    const figure = async (name) => (await page.locator(`#meters .meter.${name} b`).textContent());
    await page.locator('#meters').click();
    const panel = page.getByRole('tabpanel', { name: 'Machine' });
    const total = (name) => panel.locator(`dt:text-is("${name}") + dd`).textContent();
    assert.notEqual(await total('Fetched in all'), '0 B', 'the disk has been read over the network');
    const before = await page.evaluate(() => window.elfin.history.totals.fetched);
    await page.locator('.terminal-frame:not([hidden])').click();
    await driver.run('cat ~/untouched > ~/copy; sync');
    await driver.becomes((least) => window.elfin.history.totals.fetched >= least, before + 500_000);
    await driver.type('while :; do :; done\n');
    await page.waitForFunction(() => parseInt(document.querySelector('#meters .cpu b').textContent, 10) > 50);
    assert.match(await figure('disk'), /^\d.* k?M?B\/s$/);
    assert.match(await figure('net'), /^\d.* k?M?B\/s$/);
    await page.keyboard.press('Control+c');
    const drawn = () => page.evaluate(() => [...document.querySelectorAll('#meters canvas, #panel-machine canvas')].map((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, Math.floor(canvas.height * 0.8));
      return data.some((value) => value > 0);
    }));
    assert.deepEqual(await drawn(), [true, true, true, true, true, true], 'each plot has something above its ground');
  });
});
