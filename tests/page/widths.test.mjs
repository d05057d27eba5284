// How many columns characters take in a terminal of the page, and in the guest, whose programs count on that; and text that is
// composed (IME) on its way to the guest.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchProfile, PageDriver } from './page_driver.mjs';
import { serveCheckout } from './servers.mjs';
import { makeTestImage } from './test_image.mjs';

const SOURCE = fileURLToPath(new URL('widths.c', import.meta.url));
/** What glibc's wcwidth(3) goes by. */
const LOCALE = '/usr/lib/locale/C.utf8/LC_CTYPE';
const FIRST_PRINTED = 0x20;

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-widths-'));
let server;
let browser;
let driver;

before(async () => {
  server = await serveCheckout(makeTestImage(scratch), '--not-isolated', '--title', 'Test disk');
  browser = await launchProfile();
  driver = await PageDriver.open(browser.context, server.url);
  await driver.page.evaluate(() => window.elfin.tabs.current.ready);
});

after(async () => {
  await browser?.close();
  server?.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
});

function put(file, content, mode) {
  return driver.page.evaluate(async ({ path: at, base64, mode: bits }) => {
    const { fs: files } = window.elfin.computer.machine;
    await files.mkdir(at.slice(0, at.lastIndexOf('/')), { recursive: true });
    await files.writeFile(at, Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)), { mode: bits });
  }, { path: file, base64: content.toString('base64'), mode });
}

const hex = (number) => number.toString(16);

test('every character is as wide as the guest\'s wcwidth says', async () => {
  const program = path.join(scratch, 'widths');
  execFileSync('cc', ['-static', '-O1', '-o', program, SOURCE]);
  await put(LOCALE, fs.readFileSync(LOCALE), 0o644);
  await put('/usr/bin/widths', fs.readFileSync(program), 0o755);
  assert.equal(await driver.run('widths > /tmp/widths; echo $?'), '0');
  const runs = (await driver.page.evaluate(async () =>
    new TextDecoder().decode(await window.elfin.computer.machine.fs.readFile('/tmp/widths')))).trim().split('\n')
    .map((line) => line.split(' ')).map(([first, last, width]) => [parseInt(first, 16), parseInt(last, 16), Number(width)]);
  assert.equal(runs.at(-1)[1], 0x10ffff);
  assert.ok(runs.length > 1000);
  const shown = await driver.page.evaluate(() => {
    const { unicodeService } = window.elfin.tabs.current.view.xterm._core;
    return Array.from({ length: 0x110000 }, (_, c) => unicodeService.wcwidth(c));
  });
  const others = [];
  for (const [first, last, width] of runs) {
    if (width < 0) continue; // it isn't printed
    for (let c = Math.max(first, FIRST_PRINTED); c <= last; c++) {
      if (shown[c] !== width) others.push(`${hex(c)}: ${shown[c]} in place of ${width}`);
    }
  }
  assert.deepEqual(others, []);
});

test('the guest finds its cursor behind as many columns', async () => {
  /** The shell of this disk has no locale: it gets bytes. */
  const octal = (text) => [...Buffer.from(text)].map((byte) => `\\${byte.toString(8)}`).join('');
  const columnAfter = (text) => driver.run(`printf '\\r${octal(text)}'; IFS='[;' read -rs -d R -p $'\\e[6n' _ row column; echo; echo $column`);
  for (const [text, width] of [['plain', 5], ['é', 1], ['한국', 4], ['👩🏽‍🚀', 6], ['e\u0301x', 2], ['ｱ中', 3], ['\u{1f979}|', 3]]) {
    assert.equal((await columnAfter(text)).split('\n').at(-1), String(width + 1), text);
  }
});

test('composed text comes once, when it is complete', async () => {
  const { page } = driver;
  const session = await browser.context.newCDPSession(page);
  await driver.type('clear; cat > ~/composed\n');
  await driver.started('cat');
  const compose = (text) => session.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  for (const text of ['n', 'に', 'にh', 'にほ', 'にほn', 'にほん']) await compose(text);
  const preview = page.locator('.terminal-frame:not([hidden]) .composition-view.active');
  await preview.getByText('にほん').waitFor();
  assert.deepEqual((await driver.screen()).filter(Boolean), [], 'nothing of it has gone to the guest');
  await session.send('Input.insertText', { text: '日本' });
  await driver.line('日本');
  await preview.waitFor({ state: 'detached' });
  await page.keyboard.type('!\n');
  await driver.line('日本!');
  await page.keyboard.press('Control+d');
  await driver.prompt();
  assert.equal(await driver.run('md5sum < ~/composed'), execFileSync('md5sum', { input: '日本!\n', encoding: 'utf8' }).trim());
});
