// The page by keys alone, by fingers, by a screen reader, and in the system's colours.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { launchProfile, PageDriver } from './page_driver.mjs';
import { serveCheckout } from './servers.mjs';
import { makeTestImage } from './test_image.mjs';

/** WCAG 2.2, level AA, for text of this size. */
const LEAST_CONTRAST = 4.5;

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-keyboard-'));
let server;
let browser;
let phone;

before(async () => {
  server = await serveCheckout(makeTestImage(scratch), '--not-isolated', '--title', 'Test disk');
  browser = await launchProfile();
  phone = await launchProfile({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
});

after(async () => {
  await browser?.close();
  await phone?.close();
  server?.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
});

const withPage = (use, { context = browser.context, fragment = '' } = {}) =>
  PageDriver.within(context, server.url + fragment, use);

/** What has the focus, as a screen reader calls it. */
const focused = (page) => page.evaluate(() => {
  const { activeElement: element } = document;
  return element.getAttribute('aria-label') || element.textContent || element.tagName;
});

async function pressAndExpect(page, steps) {
  for (const [key, wanted] of steps) {
    await page.keyboard.press(key);
    assert.equal(await focused(page), wanted, key);
  }
}

test('fingers: keys that phones lack, and Ctrl and Alt for the next one', async () => {
  await withPage(async (driver, page) => {
    const bar = page.getByRole('toolbar', { name: 'Keys' });
    const tap = (name) => bar.getByRole('button', { name, exact: true }).tap();
    const isDown = (name) => bar.getByRole('button', { name, exact: true }).getAttribute('aria-pressed');
    const hasFocus = () => page.evaluate(() => document.activeElement.className === 'xterm-helper-textarea');
    await driver.type('clear; echo again\n');
    await driver.line('again');
    await driver.type('clear\n');
    await driver.until((lines) => !lines.includes('again'), 'an empty screen');
    await tap('Up');
    await tap('Up');
    await driver.line(/# clear; echo again$/);
    for (const name of ['Left', 'Left', 'Home']) await tap(name);
    await driver.type('true; ');
    await driver.line(/# true; clear; echo again$/);
    await tap('End');
    await tap('^W');
    await driver.line(/# true; clear; echo$/);
    assert.ok(await hasFocus(), 'and with it the phone\'s keyboard');
    await tap('Ctrl');
    assert.equal(await isDown('Ctrl'), 'true');
    await driver.type('u');
    await driver.until((lines) => lines.at(-1) === '~ #', 'an empty line');
    assert.equal(await isDown('Ctrl'), 'false', 'it holds for one key');
    await driver.type('ech');
    await tap('Tab');
    await driver.type('$((6*7))\n');
    await driver.line('42');

    // What programs get: a terminal echoes control characters with a ^ before.
    const echoed = async (before, press, wanted) => {
      await driver.type(`clear; ${before} cat > /dev/null\n`);
      await driver.started('cat');
      await press();
      await driver.until((lines) => lines.at(-1) === wanted, wanted);
      await page.keyboard.press('Enter');
      await page.keyboard.press('Control+d');
      await driver.prompt();
    };
    await echoed('', async () => {
      for (const name of ['Up', 'Esc', 'PgUp', '|', '~', '/', '-', 'Home']) await tap(name);
    }, '^[[A^[^[[5~|~/-^[[H');
    await echoed('printf "\\e[?1h";', async () => {
      for (const name of ['Up', 'Left', 'End', 'PgDn']) await tap(name);
    }, '^[OA^[OD^[OF^[[6~');
    await driver.type('printf "\\e[?1l"\n');
    await driver.prompt();
    await echoed('', async () => {
      await tap('Alt');
      await driver.type('b');
      await tap('Ctrl');
      await tap('Left');
      await tap('Ctrl');
      await tap('Alt');
      await tap('Up');
      await tap('Ctrl');
      await tap('PgUp');
      await tap('Ctrl');
      await tap('Ctrl'); // changed one's mind
      await driver.type('x');
    }, '^[b^[[1;5D^[[1;7A^[[5;5~x');
    // What the terminal itself reports is no key, and takes no Ctrl away.
    await tap('Ctrl');
    await page.evaluate(() => new Promise((resolve) => window.elfin.tabs.current.view.xterm.write('\x1b[6n', resolve)));
    assert.equal(await isDown('Ctrl'), 'true');
    await driver.type('c');
    await driver.until((lines) => lines.at(-1) === '~ #', 'a prompt');
    await driver.type('sleep 1000\n');
    await driver.started('sleep');
    await tap('^C');
    await driver.type('echo $?\n');
    await driver.line('130');
    await driver.prompt();
    await tap('^D');
    await driver.line(/^The shell ended with status 0/);
  }, { context: phone.context });
});

test('the key bar: on touch screens, always or never', async () => {
  const isShown = (page) => page.getByRole('toolbar', { name: 'Keys' }).isVisible();
  const set = (page, value) => page.evaluate((wish) => window.elfin.settings.set('keyBar', wish), value);
  await withPage(async (driver, page) => {
    assert.equal(await isShown(page), true);
    await page.getByRole('button', { name: 'Files, disk and settings' }).tap();
    assert.equal(await isShown(page), false, 'the panel is over the terminal');
    await page.getByRole('button', { name: 'Close the panel' }).tap();
    assert.equal(await isShown(page), true);
    await set(page, 'never');
    assert.equal(await isShown(page), false);
    await set(page, 'touch');
  }, { context: phone.context });
  await withPage(async (driver, page) => {
    assert.equal(await isShown(page), false);
    await set(page, 'always');
    assert.equal(await isShown(page), true);
    await set(page, 'touch');
  });
});

test('by keys alone: from the terminal to the bar, through terminals and the panel, and back', async () => {
  await withPage(async (driver, page) => {
    await page.keyboard.press('Control+Shift+Enter');
    await driver.prompt();
    assert.equal(await page.getByRole('tab').count(), 2);
    // Tab is the guest's, so a key of its own leaves the terminal.
    await driver.type('echo here');
    await pressAndExpect(page, [
      ['Control+Shift+E', 'shell'], ['ArrowLeft', 'shell'], ['Tab', 'Close terminal'], ['Shift+Tab', 'shell'],
    ]);
    assert.equal(await page.getByRole('tab', { selected: true }).getAttribute('aria-controls'), 'terminal-1');
    await page.keyboard.press('End');
    assert.equal(await page.getByRole('tab', { selected: true }).getAttribute('aria-controls'), 'terminal-2');
    await page.keyboard.press('Delete');
    assert.equal(await page.getByRole('tab').count(), 1);
    await page.keyboard.press('Control+Shift+E');
    await pressAndExpect(page, [
      ['Tab', 'New terminal'], ['Tab', 'What the machine is doing'], ['Tab', 'Files, disk and settings'], ['Enter', 'Machine'],
      ['ArrowRight', 'Files'], ['ArrowRight', 'Disk'], ['End', 'Settings'], ['ArrowRight', 'Machine'], ['ArrowLeft', 'Settings'],
    ]);
    assert.equal(await page.getByRole('tabpanel', { name: 'Settings' }).isVisible(), true);
    assert.equal(await page.getByRole('tabpanel', { name: 'Machine' }).isVisible(), false);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.closest('label').textContent.startsWith('Theme')), true,
      'one stop for all tabs, then what is in the part');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#panel').isVisible(), false);
    await driver.type('clear; echo back\n');
    await driver.line('back');
  });
});

test('by keys alone: a folder is made, entered and removed, and dialogs give the focus back', async () => {
  await withPage(async (driver, page) => {
    const wait = (name) => page.waitForFunction((wanted) => (document.activeElement.getAttribute('aria-label') ||
      document.activeElement.textContent) === wanted, name);
    await page.keyboard.press('Control+Shift+O');
    await page.keyboard.press('ArrowRight');
    await page.getByText('untouched').waitFor();
    await page.getByRole('button', { name: 'New folder' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'New folder in /root' }).waitFor();
    assert.equal(await focused(page), 'Name');
    await page.keyboard.press('Escape');
    await wait('New folder');
    await page.keyboard.press('Enter');
    await page.keyboard.type('by keys');
    await page.keyboard.press('Enter');
    await wait('New folder');
    await page.getByRole('button', { name: 'by keys', exact: true }).focus();
    await page.keyboard.press('Enter');
    await wait('by keys'); // the path's last step
    await page.getByText('This folder is empty.').waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove by keys' }).focus();
    await page.keyboard.press('Enter');
    await wait('Keep'); // Enter by mistake removes nothing
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'by keys', exact: true }).waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    assert.equal(await driver.run('ls'), 'untouched');
  });
});

test('a screen reader finds the screen\'s lines and a name for everything', async () => {
  await withPage(async (driver, page) => {
    await page.evaluate(() => window.elfin.settings.set('screenReader', true));
    await driver.run('echo "read me"');
    const terminal = page.getByRole('tabpanel', { name: 'shell' });
    await terminal.getByRole('listitem').getByText('read me', { exact: true }).waitFor();
    await terminal.getByRole('textbox', { name: 'Terminal input' }).waitFor();
    await driver.type('echo "said $((40 + 2))"\n');
    await terminal.locator('[aria-live]').getByText('said 42').waitFor();
    await page.keyboard.press('Control+Shift+O');
    for (const part of ['Machine', 'Files', 'Disk', 'Settings']) {
      await page.getByRole('tab', { name: part }).click();
      await page.getByRole('tabpanel', { name: part }).waitFor();
      const nameless = await page.evaluate(() => [...document.querySelectorAll('button, input, select, canvas.plot, [role]')]
        .filter((element) => element.checkVisibility() && !element.closest('.xterm') && element.role !== 'presentation' &&
          ![element.ariaLabel, element.textContent, element.closest('label')?.textContent, element.getAttribute('aria-labelledby')]
            .some((name) => name?.trim()) && element.role !== 'status')
        .map((element) => element.outerHTML.slice(0, 100)));
      assert.deepEqual(nameless, [], part);
    }
    await page.evaluate(() => window.elfin.settings.set('screenReader', false));
  });
});

test('light and dark as the system is, also when it changes; both can be read', async () => {
  await withPage(async (driver, page) => {
    const look = () => page.evaluate(() => {
      const canvas = new OffscreenCanvas(1, 1).getContext('2d');
      const rgb = (color) => {
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
      };
      const style = getComputedStyle(document.documentElement);
      const { theme } = window.elfin.tabs.current.view.xterm.options;
      const ofPage = Object.fromEntries(['ground', 'surface', 'raised', 'text', 'quiet', 'accent', 'on-accent', 'bad', 'warn']
        .map((name) => [name, rgb(style.getPropertyValue(`--${name}`))]));
      const hues = ['foreground', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'brightBlack'].map((name) => [name, rgb(theme[name])]);
      return { scheme: style.colorScheme, ground: rgb(theme.background), ofPage, hues };
    });
    const luminance = (color) => color.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const contrast = (a, b) => {
      const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
      return (light + 0.05) / (dark + 0.05);
    };
    for (const colorScheme of ['dark', 'light']) {
      await page.emulateMedia({ colorScheme });
      await page.waitForFunction((wanted) => document.documentElement.dataset.theme === wanted, colorScheme);
      const { scheme, ground, ofPage, hues } = await look();
      assert.equal(scheme, colorScheme);
      assert.equal(luminance(ground) < 0.2, colorScheme === 'dark');
      assert.deepEqual(ground, ofPage.ground, 'terminal and page are of one colour');
      const bad = [];
      const check = (name, a, b) => contrast(a, b) >= LEAST_CONTRAST || bad.push(`${name} ${contrast(a, b).toFixed(2)}`);
      for (const behind of ['ground', 'surface', 'raised']) {
        for (const name of ['text', 'quiet', 'accent', 'bad', 'warn']) check(`${name} on ${behind}`, ofPage[name], ofPage[behind]);
      }
      check('on-accent', ofPage['on-accent'], ofPage.accent);
      for (const [name, color] of hues) check(name, color, ground);
      assert.deepEqual(bad, [], colorScheme);
    }
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
    await page.evaluate(() => window.elfin.settings.set('theme', 'light'));
    assert.equal((await look()).scheme, 'light', 'a choice goes before the system');
    await page.evaluate(() => window.elfin.settings.set('theme', 'system'));
    assert.equal((await look()).scheme, 'dark');
  });
});
