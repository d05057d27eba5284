// What a link may make the page do: start in a folder, offer a command. It never types anything unasked.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { launchProfile, PageDriver } from './page_driver.mjs';
import { serveCheckout } from './servers.mjs';
import { makeTestImage } from './test_image.mjs';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-links-'));
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

/** Follows a link of these parameters. */
const follow = (request, use) =>
  PageDriver.within(browser.context, `${server.url}#${new URLSearchParams(request)}`, use);

const CONTROL = { 'Ctrl-U and Enter': '\x15touch ~/pwned\r', 'Ctrl-C and a line end': '\x03touch ~/pwned\n' };

test('a link\'s folder is where the shell starts; it is not typed', async () => {
  await follow({ cwd: '/tmp' }, async (driver) => {
    assert.match((await driver.lines()).at(-1), /^\/tmp #$/);
    assert.equal((await driver.lines()).filter((line) => /\bcd\b/.test(line)).length, 0);
  });
});

test('also one whose name a shell would take for more', async () => {
  const name = "it's $(touch pwned) `touch pwned`; x";
  await follow({}, (driver) => driver.page.evaluate(async (folder) => {
    const { fs: files } = window.elfin.computer.machine;
    await files.mkdir(folder);
    await files.sync();
  }, `/tmp/${name}`));
  await follow({ cwd: `/tmp/${name}` }, async (driver) => {
    assert.equal(await driver.run('pwd; ls'), `/tmp/${name}`);
  });
});

for (const [what, text] of Object.entries(CONTROL)) {
  test(`${what} in a link's folder run nothing`, async () => {
    await follow({ cwd: text }, async (driver, page) => {
      await page.getByText('The folder of this link isn\'t on the disk').waitFor();
      assert.equal(await driver.run('pwd; ls'), '/root\nuntouched');
    });
  });

  test(`${what} in a link's command: it isn't offered`, async () => {
    await follow({ cmd: `echo harmless${text}` }, async (driver, page) => {
      await page.getByText('holds characters that can\'t be seen').waitFor();
      assert.equal(await page.locator('dialog').count(), 0);
      assert.equal(await driver.run('ls'), 'untouched');
    });
  });
}

test('a command that would be read in another order than it is run isn\'t offered', async () => {
  await follow({ cmd: 'echo \u202ewanted si gnihton' }, async (driver, page) => {
    await page.getByText('holds characters that can\'t be seen').waitFor();
    assert.equal(await page.locator('dialog').count(), 0);
  });
});

test('a command that is only typed waits for Enter', async () => {
  await follow({ cmd: 'echo typed > ~/typed' }, async (driver, page) => {
    await page.locator('dialog').getByText('Only type it').click();
    await driver.line(/# echo typed > ~\/typed$/);
    await page.keyboard.press('Control+u');
    assert.equal(await driver.run('ls'), 'untouched');
  });
});
