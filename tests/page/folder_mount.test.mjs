// A folder of the user's computer in the machine, by the File System Access API. The origin-private file system has the same
// handles; the browser's own dialogs for choosing and allowing are played by the test.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { launchProfile, PageDriver } from './page_driver.mjs';
import { serveCheckout } from './servers.mjs';
import { makeTestImage } from './test_image.mjs';

const BIG_BYTES = 20_000_000;
const NAME = 'shared';
const PLACE = `/mnt/${NAME}`;

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-folder-'));
let server;
let browser;

/** The user chooses a folder; once `elfin-asks` is set, the permission has to be given again in each page. */
function playDialogs(name) {
  window.showDirectoryPicker = async () => {
    const root = await navigator.storage.getDirectory();
    return root.getDirectoryHandle(name, { create: true });
  };
  let allowed = localStorage.getItem('elfin-asks') === null;
  FileSystemHandle.prototype.queryPermission = async () => (allowed ? 'granted' : 'prompt');
  FileSystemHandle.prototype.requestPermission = async () => {
    if (!navigator.userActivation.isActive) throw new DOMException('no click', 'SecurityError');
    allowed = true;
    return 'granted';
  };
}

before(async () => {
  server = await serveCheckout(makeTestImage(scratch), '--not-isolated', '--title', 'Test disk');
  browser = await launchProfile();
  await browser.context.addInitScript(playDialogs, NAME);
});

after(async () => {
  await browser?.close();
  server?.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
});

/** The page's side of the folder: text of a file, undefined where there is none. */
function textOf(driver, file) {
  return driver.page.evaluate(async ([name, names]) => {
    let folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(name);
    const last = names.pop();
    try {
      for (const each of names) folder = await folder.getDirectoryHandle(each);
      return await (await (await folder.getFileHandle(last)).getFile()).text();
    } catch (error) {
      if (error.name === 'NotFoundError') return undefined;
      throw error;
    }
  }, [NAME, file.split('/')]);
}

function put(driver, file, text) {
  return driver.page.evaluate(async ([name, last, contents]) => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
    const writable = await (await folder.getFileHandle(last, { create: true })).createWritable();
    await writable.write(contents);
    await writable.close();
  }, [NAME, file, text]);
}

/** By the panel, as a user does. */
async function mount(driver) {
  const { page } = driver;
  await page.click('#panel-button');
  await page.click('#panel nav >> text=Files');
  await page.getByText('Mount a folder of this computer').click();
  await page.locator('.folders').getByText(PLACE).waitFor();
  await page.keyboard.press('Escape');
}

test('programs read and write a mounted folder', async () => {
  const driver = await PageDriver.open(browser.context, server.url);
  await put(driver, 'hello.txt', 'from outside\n');
  const sum = await driver.page.evaluate(async ([name, size]) => {
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i++) bytes[i] = (i * i * 31) >> 7;
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(name);
    const writable = await (await folder.getFileHandle('big', { create: true })).createWritable();
    await writable.write(bytes);
    await writable.close();
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }, [NAME, BIG_BYTES]);
  await mount(driver);

  assert.equal(await driver.run(`cd ${PLACE}; ls -1`), 'big\nhello.txt');
  assert.equal(await driver.run('cat hello.txt'), 'from outside');
  assert.equal(await driver.run('sha256sum < big'), `${sum}  -`);
  assert.match(await driver.run('ls -l hello.txt'), /^-rw-r--r-- +1 root +root +13 /);
  assert.match(await driver.run('ls -ld .'), /^drwxr-xr-x /);

  assert.equal(await driver.run('echo made > new; echo more >> new; cat new'), 'made\nmore');
  assert.equal(await driver.run('sync; mkdir d; mv new d/moved; ls -1 d; cat d/moved'), 'moved\nmade\nmore');
  assert.equal(await textOf(driver, 'd/moved'), 'made\nmore\n');
  assert.equal(await textOf(driver, 'new'), undefined);
  assert.equal(await driver.run('sed -i s/made/changed/ d/moved; sync'), '');
  assert.equal(await textOf(driver, 'd/moved'), 'changed\nmore\n');
  assert.equal(await driver.run('mv d e; cat e/moved'), 'changed\nmore');
  assert.equal(await textOf(driver, 'e/moved'), 'changed\nmore\n');
  assert.equal(await driver.run('cp big copy; sha256sum < copy; dd if=/dev/zero of=copy bs=1 count=1 seek=19999999 ' +
    'conv=notrunc 2> /dev/null; dd if=big of=copy bs=1000000 count=1 conv=notrunc 2> /dev/null; wc -c < copy'),
  `${sum}  -\n${BIG_BYTES}`);
  assert.equal(await driver.run('rm -r e copy; ls -1'), 'big\nhello.txt');
  assert.equal(await textOf(driver, 'e/moved'), undefined);
  const writer = (word) => `for i in 1 2 3 4 5; do echo ${word}$i >> log; done`;
  assert.equal(await driver.run(`bash -c '(${writer('a')}) & ${writer('b')}; wait'; sort log | wc -l; grep -c a log`), '10\n5');
  assert.match(await driver.run('busybox ln -s big link'), /Operation not permitted/);
  assert.match(await driver.run('chmod 600 big'), /Operation not permitted/);
  assert.match(await driver.run('cat none'), /No such file or directory/);

  // What changes outside is seen after a second.
  await put(driver, 'hello.txt', 'changed outside\n');
  await driver.page.waitForTimeout(1100);
  assert.equal(await driver.run('cat hello.txt'), 'changed outside');
  assert.deepEqual(driver.complaints, []);
  await driver.page.close();
});

test('after a reload the folder waits for a click', async () => {
  const driver = await PageDriver.open(browser.context, server.url);
  await driver.becomes(async (place) => (await window.elfin.computer.machine.fs.readdir(place)).length > 0, PLACE);
  assert.match(await driver.run(`ls ${PLACE}`), /hello\.txt/);
  await driver.page.evaluate(() => localStorage.setItem('elfin-asks', 'yes'));
  await driver.reload();
  const notice = driver.page.locator('.notice', { hasText: `${PLACE} waits` });
  await notice.waitFor();
  assert.equal(await driver.run(`ls ${PLACE}`), '');
  await notice.getByRole('button', { name: 'Allow' }).click();
  await driver.becomes(async (place) => (await window.elfin.computer.machine.fs.readdir(place)).length > 0, PLACE);
  await driver.page.click('#terminals');
  assert.match(await driver.run(`ls ${PLACE}`), /hello\.txt/);
  assert.deepEqual(driver.complaints, []);
  await driver.page.evaluate(() => localStorage.removeItem('elfin-asks'));
  await driver.page.close();
});

test('unmounting: not while it is in use, and after that it is forgotten', async () => {
  const driver = await PageDriver.open(browser.context, server.url);
  const { page } = driver;
  await driver.becomes(async (place) => (await window.elfin.computer.machine.fs.readdir(place)).length > 0, PLACE);
  assert.equal(await driver.run(`cd ${PLACE}; echo last > last`), '');
  await page.click('#panel-button');
  await page.click('#panel nav >> text=Files');
  await page.locator('.folders').getByText('Unmount').click();
  await page.getByText(`${PLACE} is in use`).waitFor();
  await page.keyboard.press('Escape');
  await driver.run('cd /');
  await page.click('#panel-button');
  await page.locator('.folders').getByText('Unmount').click();
  await page.locator('.folders').getByText(PLACE).waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  assert.equal(await textOf(driver, 'last'), 'last\n');
  assert.equal(await driver.run(`ls ${PLACE}`), '');
  await driver.reload();
  assert.equal(await driver.run(`ls ${PLACE}`), '');
  assert.deepEqual(driver.complaints, []);
  await page.close();
});

test('no room in the browser: the program hears of it', async () => {
  const small = await launchProfile();
  try {
    await small.context.addInitScript(playDialogs, NAME);
    const driver = await PageDriver.open(small.context, server.url);
    await mount(driver);
    assert.equal(await driver.run(`cd ${PLACE}; echo kept > kept; sync`), '');
    const session = await small.context.newCDPSession(driver.page);
    const { origin } = new URL(server.url);
    const { usage } = await session.send('Storage.getUsageAndQuota', { origin });
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + (2 << 20) });
    const output = await driver.run('dd if=/dev/zero of=big bs=65536 count=100 conv=fsync; echo "status $?"');
    assert.match(output, /No space left on device/);
    assert.match(output, /status 1$/);
    await session.send('Storage.overrideQuotaForOrigin', { origin });
    assert.equal(await driver.run('sync; wc -c < big; cat kept'), '6553600\nkept');
    assert.deepEqual(driver.complaints, []);
  } finally {
    await small.close();
  }
});

test('a browser without the API: an archive instead', async () => {
  const other = await launchProfile();
  try {
    await other.context.addInitScript(() => delete window.showDirectoryPicker);
    const driver = await PageDriver.open(other.context, server.url);
    const { page } = driver;
    await driver.run('mkdir /tmp/t; echo packed > /tmp/t/file');
    const archive = path.join(scratch, 'folder.tar');
    const bytes = await page.evaluate(async () => {
      const pieces = [];
      for await (const piece of window.elfin.computer.machine.fs.exportTar('/tmp/t')) pieces.push(piece);
      return Array.from(new Uint8Array(await new Blob(pieces).arrayBuffer()));
    });
    fs.writeFileSync(archive, Buffer.from(bytes));
    await page.click('#panel-button');
    await page.click('#panel nav >> text=Files');
    assert.equal(await page.getByText('Mount a folder').count(), 0);
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByText('Unpack a tar archive').click()]);
    await chooser.setFiles(archive);
    await page.locator('#panel .list').getByText('file', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await driver.run('cat ~/file'), 'packed');
  } finally {
    await other.close();
  }
});
