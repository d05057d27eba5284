// Much at once: a guest that prints without an end, a paste of 20 MB. The page stays usable and nothing is lost.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { launchProfile, PageDriver } from './page_driver.mjs';
import { serveCheckout } from './servers.mjs';
import { makeTestImage } from './test_image.mjs';

/** For an idle machine; times are told of in the log and bound nothing. */
const CTRL_C_MS = 300;
const LONG_TASK_MS = 100;
const HEAP_GROWTH = 64 << 20;

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-flood-'));
let server;
let browser;
let driver;

before(async () => {
  server = await serveCheckout(makeTestImage(scratch), '--not-isolated');
  browser = await launchProfile();
  driver = await PageDriver.open(browser.context, server.url);
  await driver.page.evaluate(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map(({ duration }) => duration)))
      .observe({ type: 'longtask' });
  });
});

after(async () => {
  await browser?.close();
  server?.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
});

const tasksSoFar = () => driver.page.evaluate(() => window.longTasks.splice(0));

/** The longest task of the page's thread since the last question. */
const longestTask = async () => Math.max(0, ...await tasksSoFar());

/** What is in use, without garbage. */
async function heapBytes(session) {
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
}

test('500 MB of output: the guest waits for the page, and Ctrl-C ends it', async (t) => {
  const session = await browser.context.newCDPSession(driver.page);
  await driver.run('yes abcdefghijklmnopqrstuvwxyz | head -c 10000000 > ~/much');
  await tasksSoFar();
  const before = await heapBytes(session);
  await driver.type('clear; for i in $(seq 50); do cat ~/much; done; echo never\n');
  await driver.page.waitForTimeout(5000);
  const during = await heapBytes(session);
  const started = performance.now();
  await driver.page.keyboard.press('Control+c');
  await driver.prompt();
  const took = performance.now() - started;
  t.diagnostic(`Ctrl-C to prompt: ${took.toFixed(0)} ms (aim: ${CTRL_C_MS})`);
  t.diagnostic(`longest task: ${(await longestTask()).toFixed(0)} ms (aim: ${LONG_TASK_MS})`);
  assert.ok(during - before < HEAP_GROWTH, `${(during - before) / 1e6} MB`);
  assert.ok(!(await driver.lines()).includes('never'));
  assert.equal(await driver.run('echo alive'), 'alive');
});

test('20 MB pasted arrive whole', { timeout: 300_000 }, async (t) => {
  const line = 'All work and no play makes Jack a dull boy.\n';
  const count = Math.ceil(20e6 / line.length);
  await driver.type('clear; stty -echo; cat > ~/pasted; stty echo\n');
  await driver.started('cat');
  await driver.page.evaluate(([text, times]) => {
    window.clipboard = new DataTransfer();
    window.clipboard.setData('text/plain', text.repeat(times));
  }, [line, count]);
  await tasksSoFar(); // making the text was one
  const started = performance.now();
  await driver.page.evaluate(() => {
    const area = document.querySelector('.terminal-frame:not([hidden]) textarea');
    area.dispatchEvent(new ClipboardEvent('paste', { clipboardData: window.clipboard, bubbles: true, cancelable: true }));
  });
  await driver.page.getByText('Paste 20.0 MB?').waitFor();
  await driver.page.locator('dialog').getByText('Paste', { exact: true }).click();
  await driver.page.locator('.notice progress').waitFor();
  await driver.page.waitForFunction(() => document.querySelector('.notice progress') === null, null, { timeout: 280_000 });
  t.diagnostic(`20 MB taken in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  t.diagnostic(`longest task: ${(await longestTask()).toFixed(0)} ms (aim: ${LONG_TASK_MS})`);
  await driver.page.keyboard.press('Control+d');
  await driver.prompt();
  assert.equal((await driver.run('md5sum < ~/pasted')).split(' ')[0],
    execFileSync('md5sum', { input: line.repeat(count), encoding: 'utf8' }).split(' ')[0]);
  assert.deepEqual(driver.complaints, []);
});

test('a paste is stopped by Ctrl-C, and nothing of it comes later', async () => {
  // cat tells that the echo is off; then a reader so slow that there is something to stop.
  await driver.type('clear; stty -echo; cat; while read -r line; do echo "$line"; sleep 0.01; done > ~/stopped; stty echo\n');
  await driver.started('cat');
  await driver.page.keyboard.press('Control+d');
  await driver.page.evaluate(() => window.elfin.tabs.current.pasteText('a line of it\n'.repeat(70_000)) && undefined);
  await driver.page.locator('.notice progress').waitFor();
  await driver.started('sleep');
  await driver.page.locator('.terminal-frame:not([hidden])').click();
  await driver.page.keyboard.press('Control+c');
  await driver.prompt();
  await driver.type('stty echo\n');
  const lines = Number(await driver.run('wc -l < ~/stopped'));
  assert.ok(lines > 0 && lines < 70_000, `${lines} lines`);
  assert.deepEqual((await driver.lines()).filter((line) => line.includes('a line of it')), []);
});

test('pastes into two terminals at once arrive whole, with what is typed behind them', async () => {
  const { page } = driver;
  /** Reads a line, the whole of a paste, and says the sum of the next; so slowly that the other's is under way. */
  const begin = async (name) => {
    await driver.type(`clear; stty -echo; cat > ~/${name}; stty echo\n`);
    await driver.becomes(async () => (await window.elfin.computer.machine.processes()).filter(({ name: program }) => program === 'cat').length >
      window.elfin.tabs.all.indexOf(window.elfin.tabs.current));
  };
  const textOf = (name) => `${name} goes in here\n`.repeat(20_000);
  const paste = (name) => page.evaluate((text) => window.elfin.tabs.current.pasteText(text) && undefined, textOf(name));
  await begin('one');
  await page.click('#new-terminal');
  await driver.prompt();
  await begin('two');
  // The second begins, and a key comes in each, while the first is under way; twice into one of them.
  await page.keyboard.press('Control+Shift+ArrowLeft');
  await paste('one');
  await driver.type('typed\n');
  await paste('one');
  await page.keyboard.press('Control+Shift+ArrowRight');
  await paste('two');
  await page.keyboard.press('Control+d');
  await driver.prompt();
  await page.keyboard.press('Control+Shift+ArrowLeft');
  await page.keyboard.press('Control+d');
  await driver.prompt();
  const sum = (input) => execFileSync('md5sum', { input, encoding: 'utf8' }).split(' ')[0];
  assert.equal((await driver.run('md5sum < ~/one')).split(' ')[0], sum(`${textOf('one')}typed\n${textOf('one')}`));
  assert.equal((await driver.run('md5sum < ~/two')).split(' ')[0], sum(textOf('two')));
});

test('Ctrl-C stops its own terminal\'s paste alone', async () => {
  const { page } = driver;
  await driver.type('clear; stty -echo; cat > ~/whole; stty echo\n');
  await driver.started('cat');
  const text = 'a line that stays\n'.repeat(40_000);
  await page.evaluate((all) => window.elfin.tabs.current.pasteText(all) && undefined, text);
  await page.keyboard.press('Control+Shift+ArrowRight');
  await page.keyboard.press('Control+c');
  await page.keyboard.press('Control+Shift+ArrowLeft');
  await page.keyboard.press('Control+d');
  await driver.prompt();
  assert.equal((await driver.run('md5sum < ~/whole')).split(' ')[0],
    execFileSync('md5sum', { input: text, encoding: 'utf8' }).split(' ')[0]);
});
