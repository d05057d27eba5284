// What is written to the disk, and what may happen to it: no room in the browser, a reload or an end in the middle.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { launchProfile, PageDriver } from './page_driver.mjs';
import { serveCheckout } from './servers.mjs';
import { makeTestImage } from './test_image.mjs';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-storage-'));
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

/** Exports the disk and has e2fsck look at it. @returns {Promise<string>} the image's path */
async function exportSound(driver) {
  const { page } = driver;
  await page.click('#panel-button');
  await page.click('#panel nav >> text=Disk');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Export the disk').click()]);
  const image = path.join(scratch, 'exported.img');
  await download.saveAs(image);
  execFileSync('e2fsck', ['-fp', image], { stdio: 'pipe' });
  return image;
}

const ACKNOWLEDGED = /^acknowledged (\d+)$/;

/** Writes numbered lines for ever and says of each that it is on the disk. */
const WRITER = 'clear; n=0; while :; do n=$((n+1)); echo "line $n" >> ~/log; sync; echo acknowledged $n; done\n';

async function acknowledged(driver, least) {
  const numbers = (lines) => lines.map((line) => Number(ACKNOWLEDGED.exec(line)?.[1] ?? 0));
  return Math.max(...numbers(await driver.until((lines) => Math.max(...numbers(lines)) >= least, `acknowledged ${least}`)));
}

async function checkLog(driver, least) {
  const lines = Number(await driver.run('wc -l < ~/log'));
  assert.ok(lines >= least, `${lines} of at least ${least} lines`);
  const wanted = Array.from({ length: lines }, (_, index) => `line ${index + 1}\n`).join('');
  assert.equal((await driver.run('md5sum < ~/log')).split(' ')[0],
    execFileSync('md5sum', { input: wanted, encoding: 'utf8' }).split(' ')[0]);
}

test('a reload in the middle of writes loses nothing that was acknowledged', async () => {
  const driver = await PageDriver.open(browser.context, server.url);
  for (const round of [1, 2, 3]) {
    await driver.run('rm -f ~/log');
    await driver.type(WRITER);
    const least = await acknowledged(driver, 10 * round);
    await driver.reload();
    await checkLog(driver, least);
  }
  await exportSound(driver);
  assert.deepEqual(driver.complaints, []);
  await driver.page.close();
});

test('nor does the end of the whole browser', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-killed-'));
  const first = await launchProfile({ folder });
  const driver = await PageDriver.open(first.context, server.url);
  await driver.type(WRITER);
  const least = await acknowledged(driver, 10);
  await first.kill();
  const second = await launchProfile({ folder });
  try {
    const next = await PageDriver.open(second.context, server.url);
    await checkLog(next, least);
    await exportSound(next);
  } finally {
    await second.close();
  }
});

test('no room left while programs write: ENOSPC, a notice, nothing lost', async () => {
  const small = await launchProfile();
  try {
    const driver = await PageDriver.open(small.context, server.url);
    await driver.run('echo "kept text" > ~/kept; sync');
    const session = await small.context.newCDPSession(driver.page);
    const { origin } = new URL(server.url);
    const { usage } = await session.send('Storage.getUsageAndQuota', { origin });
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + (4 << 20) });
    // A notice goes by itself.
    const told = driver.page.getByText('This browser has no room left').waitFor();
    const output = await driver.run('dd if=/dev/zero of=big bs=65536 count=300 conv=fsync; echo "status $?"');
    assert.match(output, /No space left on device/);
    assert.match(output, /status 1$/);
    await told;
    assert.equal(await driver.run('cat ~/kept'), 'kept text');
    // There is room again.
    await session.send('Storage.overrideQuotaForOrigin', { origin });
    assert.equal(await driver.run('rm -f big; echo later > ~/later; sync; echo "status $?"; cat ~/later'), 'status 0\nlater');
    await driver.reload();
    assert.equal(await driver.run('cat ~/kept ~/later'), 'kept text\nlater');
    await exportSound(driver);
    assert.deepEqual(driver.complaints, []);
  } finally {
    await small.close();
  }
});

const NOT_KEPT = 'This browser keeps no files for this page';

/** A browser without what it may lack, and a page there. @param {(context: object) => Promise<void>} [prepare] */
async function withPoorBrowser({ url = server.url, prepare = () => {}, ...options }, use) {
  const poor = await launchProfile(options);
  try {
    await prepare(poor.context);
    await use(await PageDriver.open(poor.context, url));
  } finally {
    await poor.close();
  }
}

/** The machine's worker begins with a line that takes something away. */
const without = (line) => (context) => context.route('**/machine_worker.js', async (route) => {
  const response = await route.fetch();
  await route.fulfill({ response, body: `${line}\n${await response.text()}` });
});

test('without private files a database keeps what is written', async () => {
  await withPoorBrowser({ prepare: without('delete StorageManager.prototype.getDirectory;') }, async (driver) => {
    assert.equal(await driver.page.evaluate(() => window.elfin.computer.kept), 'files');
    await driver.run('echo "kept text" > ~/kept; seq 1 20000 > ~/numbers; sync');
    await driver.reload();
    assert.equal(await driver.run('cat ~/kept; md5sum < ~/numbers'),
      `kept text\n${execFileSync('sh', ['-c', 'seq 1 20000 | md5sum'], { encoding: 'utf8' }).trim()}`);
    assert.equal(await driver.page.getByText(NOT_KEPT).count(), 0);
    await exportSound(driver);
    assert.deepEqual(driver.complaints, []);
  });
});

test('without private files and databases: a notice that stays, and all else works', async () => {
  const takeAway = 'delete StorageManager.prototype.getDirectory; Object.defineProperty(self, "indexedDB", {});';
  await withPoorBrowser({ prepare: without(takeAway) }, async (driver) => {
    const { page } = driver;
    await page.getByText(NOT_KEPT).waitFor();
    assert.equal(await driver.run('echo here > ~/note; sync; cat ~/note'), 'here');
    // Others don't push it out: files that are copied in tell of themselves.
    for (let n = 1; n <= 6; n++) {
      await page.evaluate((name) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(['x'], name));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      }, `file${n}`);
      await page.getByText(`file${n} (1 B) copied`).waitFor();
    }
    assert.equal(await page.getByText('(1 B) copied').count(), 5);
    assert.equal(await page.getByText(NOT_KEPT).count(), 1);
    await page.getByText(NOT_KEPT).locator('..').getByLabel('Dismiss').click();
    await page.click('#panel-button');
    await page.click('#panel nav >> text=Disk');
    await page.getByText('What you write is gone when this page closes: this browser keeps no files here.').waitFor();
    assert.deepEqual(driver.complaints, []);
  });
});

test('a browser that lets no site keep anything', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-blocked-'));
  fs.mkdirSync(path.join(folder, 'Default'));
  const BLOCK = 2;
  fs.writeFileSync(path.join(folder, 'Default', 'Preferences'),
    JSON.stringify({ profile: { default_content_setting_values: { cookies: BLOCK } } }));
  await withPoorBrowser({ folder }, async (driver) => {
    await assert.rejects(driver.page.evaluate(() => localStorage.length), /SecurityError/);
    await driver.page.getByText(NOT_KEPT).waitFor();
    assert.equal(await driver.run('echo here > ~/note; cat ~/note'), 'here');
    assert.deepEqual(driver.complaints, []);
  });
});

test('from plain http: no private files, no locks, no clipboard to read; the page works', async () => {
  const url = server.url.replace('localhost', 'elfin.test');
  await withPoorBrowser({ url, flags: ['--host-resolver-rules=MAP elfin.test 127.0.0.1'] }, async (driver) => {
    const { page } = driver;
    assert.deepEqual(await page.evaluate(() => [window.isSecureContext, navigator.locks, navigator.clipboard, navigator.storage]),
      [false, undefined, undefined, undefined]);
    await page.getByText(NOT_KEPT).waitFor();
    assert.equal(await driver.run('echo here > ~/note; cat ~/note'), 'here');
    // It may still be written to; only the browser's own keys read it.
    await driver.run('clear; echo copied text');
    await page.evaluate(() => {
      window.elfin.tabs.current.view.xterm.selectAll();
      document.body.append(document.createElement('textarea'));
    });
    await page.keyboard.press('Control+Shift+C');
    await page.keyboard.press('Control+Shift+V');
    await page.getByText('This page may not read the clipboard.').waitFor();
    await page.locator('body > textarea').focus();
    await page.keyboard.press('Control+v');
    assert.match(await page.locator('body > textarea').inputValue(), /^copied text$/m);
    assert.deepEqual(driver.complaints, []);
  });
});

test('the browser is asked to keep what is written, and its answer is shown', async () => {
  const driver = new PageDriver(await browser.context.newPage());
  const { page } = driver;
  const shown = (text) => page.locator('#panel dt', { hasText: 'Safe from clean-ups' }).locator('+ dd', { hasText: text }).waitFor();
  await page.addInitScript(() => {
    StorageManager.prototype.persisted = async () => false;
    window.timesAsked = 0;
    StorageManager.prototype.persist = () => {
      window.timesAsked++;
      return new Promise((resolve) => void (window.answer = resolve));
    };
  });
  await page.goto(server.url);
  await driver.reaches('running');
  await driver.prompt();
  await page.click('#panel-button');
  await page.click('#panel nav >> text=Disk');
  await page.locator('.terminal-frame:not([hidden])').click();
  await driver.run('echo something > ~/written; sync');
  await shown('the browser is being asked');
  await page.evaluate(() => window.answer(false));
  await shown('no: the browser may clear it when space runs out');
  await driver.run('echo more > ~/written; sync');
  assert.equal(await page.evaluate(() => window.timesAsked), 1);
  await page.close();
});

test('a tab that has the disk and says nothing: after a while the user is told to close it', async () => {
  const silent = await browser.context.newPage();
  await silent.goto(new URL('elfin.json', server.url).href);
  await silent.evaluate(() => new Promise((resolve) => {
    navigator.locks.request('elfin-disk-test', () => {
      resolve();
      return new Promise(() => {});
    });
  }));
  const driver = await PageDriver.open(browser.context, server.url, 'taken');
  await driver.page.getByText('The disk is open in another tab').waitFor();
  await driver.page.getByText('Take over').click();
  await driver.page.getByText('The other tab doesn\'t answer').waitFor();
  await driver.page.getByRole('button', { name: 'Try again' }).click();
  await driver.page.getByText('The other tab doesn\'t answer').waitFor(); // it still doesn't
  await silent.close();
  await driver.page.getByRole('button', { name: 'Try again' }).click();
  await driver.reaches('running');
  await driver.prompt();
  assert.equal(await driver.run('echo mine'), 'mine');
  await driver.page.close();
});
