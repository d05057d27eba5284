// <elfin-terminal> in the life of a page: moved, pasted into, ended and started again, taken out, several on one page.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { launchProfile } from '../page/page_driver.mjs';
import { openPage, Project } from './project.mjs';

const PATIENCE_MS = 60_000;
const PASTED = 300_000;

let project;
let origin;
let browser;
let pages = 0;

before(async () => {
  project = await Project.make();
  origin = await project.serve();
  browser = await launchProfile();
});

after(async () => {
  await browser?.close();
  project?.close();
});

/** A page with these elements, whose events are in `window.told`. */
async function pageWith(body) {
  const name = `element${++pages}`;
  project.pages.set(`${name}.js`, `import { DiskBusyError } from '/project/node_modules/elfin/package/browser.js';
window.told = [];
for (const type of ['started', 'ended', 'error']) {
  document.addEventListener(type, ({ target, detail }) => window.told.push({
    type, id: target.id, code: detail.code, message: detail.message, isBusy: detail instanceof DiskBusyError }), { capture: true });
}
await import('/project/node_modules/elfin/package/terminal.js');
`);
  project.addPage(`${name}.html`, { script: `${name}.js`, body: `<main></main><aside></aside>${body}` });
  const { page, complaints } = await openPage(browser.context, `${origin}/${name}.html`);
  const lines = (selector) => page.evaluate((which) => {
    const buffer = document.querySelector(which).xterm?.buffer.active;
    return Array.from({ length: buffer?.length ?? 0 }, (_, i) => buffer.getLine(i).translateToString(true));
  }, selector);
  return {
    page, complaints, lines,
    told: (type, count = 1) => page.waitForFunction(([which, least]) =>
      window.told.filter((event) => event.type === which).length >= least, [type, count], { timeout: PATIENCE_MS }),
    shows: (selector, text) => page.waitForFunction(([which, wanted]) => {
      const buffer = document.querySelector(which).xterm?.buffer.active;
      return Array.from({ length: buffer?.length ?? 0 }, (_, i) => buffer.getLine(i).translateToString(true)).join('\n').includes(wanted);
    }, [selector, text], { timeout: PATIENCE_MS }).catch(async (error) => {
      throw new Error(`${error.message}: ${selector} shows ${JSON.stringify((await lines(selector)).filter(Boolean))}, not ${text}`);
    }),
    type: (selector, text) => page.evaluate(([which, keys]) => document.querySelector(which).process.write(keys), [selector, text]),
  };
}

test('moved in the document it goes on; its shell starts again; taken out and put in it starts afresh', async () => {
  const { page, complaints, told, shows, type } = await pageWith('<elfin-terminal disk="/disk/" name="moved"></elfin-terminal>');
  await shows('elfin-terminal', '#');
  await type('elfin-terminal', 'MARK=kept; echo saved > ~/saved; sync\r');
  await page.evaluate(() => document.querySelector('main').append(document.querySelector('elfin-terminal')));
  await page.evaluate(() => document.querySelector('aside').append(document.querySelector('elfin-terminal')));
  await type('elfin-terminal', 'echo "still $MARK"\r');
  await shows('elfin-terminal', 'still kept');
  assert.equal(await page.evaluate(() => window.told.length), 1);
  await type('elfin-terminal', 'exit 3\r');
  await shows('elfin-terminal', 'ended with status 3. Here it is again.');
  await told('started', 2);
  await type('elfin-terminal', 'echo "<$MARK>"\r');
  await shows('elfin-terminal', '\n<>\n');
  await page.evaluate(async () => {
    const element = document.querySelector('elfin-terminal');
    element.remove();
    while (element.machine !== undefined) await new Promise((resolve) => setTimeout(resolve));
    document.querySelector('main').append(element);
  });
  await told('started', 3);
  await type('elfin-terminal', 'echo "again $(cat ~/saved)"\r');
  await shows('elfin-terminal', 'again saved');
  // Removed while its machine starts, and put in again: the disk is free for the next one.
  await page.evaluate(async () => {
    const element = document.querySelector('elfin-terminal');
    for (let i = 0; i < 3; i++) {
      element.remove();
      await new Promise((resolve) => setTimeout(resolve, 20));
      document.querySelector('main').append(element);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  await told('started', 4);
  const events = await page.evaluate(() => window.told.map((event) => event.type));
  assert.ok(!events.includes('error'), `${events}`);
  assert.deepEqual(complaints, []);
  await page.close();
});

test('a program that fails at once waits for Enter; so does a disk that is not there', async () => {
  const { page, told, shows } = await pageWith('<elfin-terminal id="a" disk="/disk/" command="/usr/bin/false"></elfin-terminal>' +
    '<elfin-terminal id="b" disk="/nothing/"></elfin-terminal>');
  await shows('#a', 'ended with status 1. Press Enter to start it again.');
  await shows('#b', 'Press Enter to start it again.');
  await page.locator('#a').click();
  await page.keyboard.press('x');
  await page.keyboard.press('Enter');
  await told('ended', 2);
  await page.locator('#b').click();
  await page.keyboard.press('Enter');
  await told('error', 2);
  await page.close();
});

test('a paste goes out in pieces and in order, Ctrl-C gives it up; mouse reports of the old kind are bytes', async () => {
  const { page, complaints, shows, type } = await pageWith('<elfin-terminal disk="/disk/" font-size="9"></elfin-terminal>');
  await shows('elfin-terminal', '#');
  await type('elfin-terminal', `stty raw -echo; echo ready; head -c ${PASTED + 3} | md5sum; stty sane\r`);
  await shows('elfin-terminal', '\nready');
  const most = await page.evaluate(async (length) => {
    const element = document.querySelector('elfin-terminal');
    const { process } = element;
    const bracketOff = new Promise((resolve) => element.xterm.write('\x1b[?2004l', resolve));
    await bracketOff;
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', Array.from({ length }, (_, i) => String.fromCharCode(97 + (i % 26))).join(''));
    element.shadowRoot.querySelector('textarea').dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    let pending = 0;
    const write = process.write.bind(process);
    process.write = (...args) => {
      write(...args);
      pending = Math.max(pending, process.pending);
    };
    await element.paste('end');
    return pending;
  }, PASTED);
  assert.ok(most > 3 && most <= 16384 + 4096, `${most} bytes at once`);
  const { createHash } = await import('node:crypto');
  const text = `${Array.from({ length: PASTED }, (_, i) => String.fromCharCode(97 + (i % 26))).join('')}end`;
  await shows('elfin-terminal', createHash('md5').update(text).digest('hex'));
  // Ctrl-C ends both program and paste.
  await type('elfin-terminal', 'clear; stty -echo; echo "eat"ing; cat > got\r');
  await shows('elfin-terminal', 'eating');
  const pasted = page.evaluate(() => document.querySelector('elfin-terminal').paste('wrong\n'.repeat(2_000_000)));
  await page.locator('elfin-terminal').click();
  await page.keyboard.press('Control+C');
  await pasted;
  await type('elfin-terminal', '\x15stty echo; [ $(wc -c < got) -lt 12000000 ] && echo "fin"ished\r');
  await shows('elfin-terminal', 'finished');
  // Column 120 is a byte above 127, which is no character of its own.
  await type('elfin-terminal', 'stty raw -echo; printf "\\033[?1000h"; echo "mouse"able; head -c 6 | hexdump -v -e \'1/1 "%02x "\'; stty sane\r');
  await shows('elfin-terminal', 'mouseable');
  const cell = await page.evaluate(() => {
    const { shadowRoot, xterm: { cols, rows } } = document.querySelector('elfin-terminal');
    const { x, y, width, height } = shadowRoot.querySelector('.xterm-screen').getBoundingClientRect();
    return { x: x + (width * 119.5) / cols, y: y + (height * 2.5) / rows };
  });
  await page.mouse.click(cell.x, cell.y);
  await shows('elfin-terminal', '1b 5b 4d 20 98 23');
  assert.deepEqual(complaints, []);
  await page.close();
});

test('several named disks on a page; a name that is in use is refused with a sentence', async () => {
  const { page, shows, told, type } = await pageWith('<elfin-terminal id="a" disk="/disk/" name="one"></elfin-terminal>' +
    '<elfin-terminal id="b" disk="/disk/" name="two"></elfin-terminal>');
  for (const id of ['#a', '#b']) await shows(id, '#');
  await type('#a', 'echo of a > ~/mine; sync; cat ~/mine\r');
  await type('#b', 'ls ~/mine; echo "no"ne\r');
  await shows('#a', '\nof a');
  await shows('#b', 'No such file or directory');
  await page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<elfin-terminal id="c" disk="/disk/" name="one"></elfin-terminal>'));
  await told('error');
  const [error] = await page.evaluate(() => window.told.filter(({ type: kind }) => kind === 'error'));
  assert.deepEqual([error.id, error.isBusy], ['c', true]);
  assert.match(error.message, /^the disk "one" is in use.*stop that one first, or use another name$/);
  await shows('#c', 'is in use');
  // Enter tries again, when the other has gone.
  await page.evaluate(() => document.querySelector('#a').remove());
  await page.locator('#c').click();
  await page.waitForFunction(() => {
    const element = document.querySelector('#c');
    if (element.process === undefined) element.shadowRoot.querySelector('textarea').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 13, bubbles: true }));
    return element.process !== undefined;
  }, undefined, { timeout: PATIENCE_MS, polling: 300 });
  await type('#c', 'cat ~/mine\r');
  await shows('#c', 'of a');
  await page.close();
});
