// What a terminal of the page does beyond keys and lines: the clipboard of programs, links, search, drawing by WebGL.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { launchProfile, PageDriver } from './page_driver.mjs';
import { serveCheckout } from './servers.mjs';
import { makeTestImage } from './test_image.mjs';

const UNMASKED_RENDERER_WEBGL = 0x9246;

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-terminal-'));
let server;
let browser;

before(async () => {
  server = await serveCheckout(makeTestImage(scratch), '--not-isolated', '--title', 'Test disk');
  browser = await launchProfile();
  await browser.context.grantPermissions(['clipboard-read', 'clipboard-write']);
});

after(async () => {
  await browser?.close();
  server?.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
});

/** A fresh tab with all add-ons; it ends without having complained. */
async function withPage(use, { fragment = '', context = browser.context, before: prepare = async () => {} } = {}) {
  const page = await context.newPage();
  const driver = new PageDriver(page);
  try {
    await prepare(page);
    await page.goto(server.url + fragment);
    await driver.reaches('running');
    await driver.prompt();
    await page.evaluate(() => window.elfin.tabs.current.ready);
    await use(driver, page);
    assert.deepEqual(driver.complaints, []);
  } finally {
    await page.close();
  }
}

const inBase64 = (text) => Buffer.from(text).toString('base64');
/** For printf: a program copies a text. */
const copies = (text) => `\\e]52;c;${inBase64(text)}\\a`;

test('a program copies to the clipboard once it is allowed to, and reads it by a setting alone', async () => {
  await withPage(async (driver, page) => {
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
    const dialog = page.getByRole('dialog');
    await page.evaluate(() => navigator.clipboard.writeText('of the user'));
    await driver.run(`printf '${copies('first')}${copies('second')}'`);
    await dialog.getByText('Let programs copy to the clipboard?').waitFor();
    assert.equal(await dialog.count(), 1, 'one question for both');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Not now');
    await dialog.getByRole('button', { name: 'Not now' }).click();
    await driver.run(`printf '${copies('third')}'`);
    assert.equal(await dialog.count(), 0, 'not asked again');
    assert.equal(await clipboard(), 'of the user');

    await page.reload();
    await driver.reaches('running');
    await driver.prompt();
    await driver.run(`printf '${copies('žluťoučký')}'`);
    await dialog.getByRole('button', { name: 'Allow' }).click();
    await driver.becomes(async () => (await navigator.clipboard.readText()) === 'žluťoučký');
    await driver.run(`printf '${copies('again')}'`);
    await driver.becomes(async () => (await navigator.clipboard.readText()) === 'again');

    // To copy is not to read.
    const ask = 'printf \'\\e]52;c;?\\a\'; IFS= read -rs -d $\'\\a\' answer; printf \'%q\\n\' "$answer"';
    assert.equal(await driver.run(ask), String.raw`$'\E]52;c;'`);
    await page.evaluate(() => window.elfin.settings.set('clipboard', 'allow'));
    assert.equal(await driver.run(ask), String.raw`$'\E]52;c;${inBase64('again')}'`);
    await page.evaluate(() => window.elfin.settings.set('clipboard', 'deny'));
    await driver.run(`printf '${copies('last')}'`);
    assert.equal(await clipboard(), 'again');
    await page.evaluate(() => localStorage.clear());
  });
});

test('links of programs and in text lead to the web, say where, and to nothing else', async () => {
  await withPage(async (driver, page) => {
    await page.evaluate(() => {
      window.opened = [];
      window.open = (...args) => void window.opened.push(args);
    });
    const link = (address, text) => `printf '\\e]8;;${address}\\e\\\\${text}\\e]8;;\\e\\\\\\n'`;
    await driver.type(`clear; ${link('https://example.org/elsewhere?a=b', 'innocent')}; ${link('javascript:alert(1)', 'script')}; ` +
      `${link('file:///etc/passwd', 'local')}; echo see http://example.net/x.html now\n`);
    await driver.line(/^see http/);
    await driver.prompt();
    const rows = await driver.screen();
    const at = (text) => [rows.findIndex((row) => row.startsWith(text)), 1];
    const hint = page.locator('.terminal-frame:not([hidden]) .link-hint');
    const point = async (row, column) => {
      await driver.pointAt(row, column);
      await driver.becomes(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)))));
    };
    await point(...at('innocent'));
    await hint.getByText('https://example.org/elsewhere?a=b').waitFor();
    await driver.clickCell(...at('innocent'));
    await point(at('see')[0], 8);
    await hint.getByText('http://example.net/x.html').waitFor();
    await driver.clickCell(at('see')[0], 8);
    for (const text of ['script', 'local']) {
      await point(...at(text));
      await hint.waitFor({ state: 'hidden' });
      await driver.clickCell(...at(text));
    }
    assert.deepEqual(await page.evaluate(() => window.opened), [
      ['https://example.org/elsewhere?a=b', '_blank', 'noopener,noreferrer'],
      ['http://example.net/x.html', '_blank', 'noopener,noreferrer'],
    ]);
  });
});

test('search: forward, back, none, away', async () => {
  await withPage(async (driver, page) => {
    await driver.type('clear; for i in 1 2 3; do echo "a needle $i"; done; seq 200\n');
    await driver.line('200');
    await driver.prompt();
    await page.keyboard.press('Control+Shift+F');
    const bar = page.getByRole('search');
    const found = (text) => bar.getByRole('status').getByText(text, { exact: true }).waitFor();
    const selected = () => page.evaluate(() => {
      const { xterm } = window.elfin.tabs.current.view;
      const { start } = xterm.getSelectionPosition();
      return xterm.buffer.active.getLine(start.y).translateToString(true);
    });
    await page.keyboard.type('needle ');
    await found('1/3'); // the command itself has it as "needle $i"
    assert.equal(await selected(), 'a needle 1');
    await page.keyboard.press('Enter');
    await found('2/3');
    assert.equal(await selected(), 'a needle 2');
    await page.keyboard.press('Shift+Enter');
    await found('1/3');
    assert.equal(await selected(), 'a needle 1');
    assert.ok((await driver.screen()).includes('a needle 1'), 'it is scrolled to');
    await page.keyboard.type('nowhere');
    await found('none');
    await bar.getByRole('searchbox').fill('');
    await driver.becomes(() => document.querySelector('.search output').textContent === '');
    await page.keyboard.press('Escape');
    assert.equal(await bar.count(), 0);
    await page.keyboard.type('clear; echo back\n'); // the terminal has the focus again
    await driver.line('back');
  });
});

test('search begins before what finds has come', async () => {
  const held = Promise.withResolvers();
  const driver = new PageDriver(await browser.context.newPage());
  const { page } = driver;
  try {
    await page.route('**/later_add_ons.js', async (route) => {
      await held.promise;
      await route.continue();
    });
    await page.goto(server.url);
    await driver.reaches('running');
    await driver.prompt();
    await page.keyboard.press('Control+Shift+F');
    await page.keyboard.type('/proc/cpuinfo');
    assert.equal(await page.getByRole('search').getByRole('status').textContent(), '');
    held.resolve();
    await page.getByRole('search').getByText('1/1').waitFor();
  } finally {
    await page.close();
  }
});

test('drawn by WebGL, and by elements when its context is lost', async (t) => {
  const gpu = await launchProfile({ flags: ['--enable-unsafe-swiftshader', '--use-angle=swiftshader'] });
  t.after(() => gpu.close());
  await gpu.context.addInitScript((renderer) => {
    const { getContext } = OffscreenCanvas.prototype;
    // The processor draws here; the page is told otherwise.
    OffscreenCanvas.prototype.getContext = function (kind) {
      const context = getContext.call(this, kind);
      const { getParameter } = context;
      context.getParameter = (name) => (name === renderer ? 'A graphics processor' : getParameter.call(context, name));
      return context;
    };
  }, UNMASKED_RENDERER_WEBGL);
  await withPage(async (driver, page) => {
    const frame = page.locator('.terminal-frame:not([hidden])');
    const elements = () => frame.locator('.xterm-rows').count();
    await driver.run('echo drawn');
    assert.equal(await elements(), 0, 'no rows of elements beside WebGL');
    /** Of a row of text: how many pixels aren't of the ground. */
    const pixels = () => page.evaluate(() => {
      const canvas = document.querySelector('.terminal-frame:not([hidden]) .xterm-screen canvas:not(.xterm-link-layer)');
      const context = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
      return new Promise((resolve) => {
        const look = () => {
          context.drawImage(canvas, 0, 0); // what has been drawn in this frame
          const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
          let count = 0;
          for (let i = 0; i < data.length; i += 4) if (data[i] !== data[0] || data[i + 1] !== data[1] || data[i + 2] !== data[2]) count++;
          resolve(count);
        };
        window.elfin.tabs.current.view.xterm.onRender(look);
        window.elfin.tabs.current.view.xterm.refresh(0, 5);
      });
    });
    assert.ok(await pixels() > 500);
    await page.evaluate(() => {
      for (const canvas of document.querySelectorAll('.terminal-frame:not([hidden]) canvas')) {
        canvas.getContext('webgl2')?.getExtension('WEBGL_lose_context').loseContext();
      }
    });
    await frame.locator('.xterm-rows').waitFor();
    await frame.locator('.xterm-rows').getByText('drawn', { exact: true }).waitFor();
    await driver.run('echo "drawn afterwards"');
    await frame.locator('.xterm-rows').getByText('drawn afterwards', { exact: true }).waitFor();
  }, { context: gpu.context });
});
