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
