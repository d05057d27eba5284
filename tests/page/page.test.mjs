// The page on `elfin serve`, as somebody uses it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { launchProfile, PageDriver } from './page_driver.mjs';
import { serveCheckout } from './servers.mjs';
import { makeTestImage } from './test_image.mjs';

const PI_50 = '3.14159265358979323846264338327950288419716939937508';
const HOME = '/root';
const CTRL_C_MS = 300;

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-page-'));
let image;
let server;
let browser;

before(async () => {
  image = makeTestImage(scratch);
  // The main way: no header isolates the page.
  server = await serveCheckout(image, '--not-isolated', '--title', 'Test disk');
  browser = await launchProfile();
});

after(async () => {
  await browser?.close();
  server?.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
});

const withPage = (use, fragment = '') => PageDriver.within(browser.context, server.url + fragment, use);

test('the banner, a prompt, π by bc', async () => {
  await withPage(async (driver, page) => {
    assert.equal(await page.evaluate(() => window.crossOriginIsolated), false);
    const [first, , ...rest] = await driver.lines();
    assert.match(first, /^Test disk · Linux programs, run by this page/);
    assert.equal(rest.filter((line) => line.startsWith('  ')).length, 5);
    assert.equal(await driver.run('echo "scale=50; 4*a(1)" | bc -lq'), PI_50);
    // Its loops ask for the translator, sooner or later than it comes by itself.
    assert.match(await driver.run('echo "scale=300; 4*a(1)" | bc -lq'), /^3\.14159/);
    await driver.becomes(async () => (await window.elfin.computer.machine.stats()).translation.modules > 0);
    assert.equal(await driver.run('echo $TERM; pwd; tty > /dev/null && echo a terminal'), 'xterm-256color\n/root\na terminal');
  });
});

test('each command of the banner works', async () => {
  await withPage(async (driver) => {
    const lines = await driver.lines();
    const commands = lines.filter((line) => line.startsWith('  ')).map((line) => line.trim().split(/ {2,}/)[0]);
    for (const command of commands) {
      const output = await driver.run(`${command}; echo status $?`);
      assert.match(output, /\nstatus 0$/, command);
      assert.ok(output.split('\n').length > 1, command);
    }
  });
});

test('Ctrl-C ends what runs, and a flood of output', async (t) => {
  await withPage(async (driver, page) => {
    await driver.type('clear; sleep 1000\n');
    await driver.started('sleep');
    await page.keyboard.press('Control+c');
    await driver.until((lines) => lines.at(-1).endsWith('#') && lines.some((line) => line.endsWith('^C')), 'a prompt after ^C');
    await driver.type('clear; yes a line that is longer than a letter\n');
    await driver.line('a line that is longer than a letter');
    await page.waitForTimeout(1500);
    const started = performance.now();
    await page.keyboard.press('Control+c');
    await driver.prompt();
    const took = performance.now() - started;
    t.diagnostic(`Ctrl-C to prompt, after a flood: ${took.toFixed(0)} ms (aim: ${CTRL_C_MS})`);
    assert.equal(await driver.run('echo alive'), 'alive');
  });
});

test('job control', async () => {
  await withPage(async (driver, page) => {
    await driver.type('clear; sleep 1000\n');
    await driver.started('sleep');
    await page.keyboard.press('Control+z');
    await driver.line(/^\[1\]\+\s+Stopped\s+sleep 1000/);
    assert.match(await driver.run('bg; jobs'), /Running\s+sleep 1000 &/);
    assert.match(await driver.run('kill %1; wait; jobs'), /Terminated\s+sleep 1000/);
  });
});

test('the terminal is as large as the window, and no larger', async () => {
  await withPage(async (driver, page) => {
    /** How much of the frame's height the rows leave, and of its width the columns. */
    const room = () => page.evaluate(() => {
      const { frame } = window.elfin.tabs.current.view;
      const [whole, screen] = [frame, frame.querySelector('.xterm-screen')].map((element) => element.getBoundingClientRect());
      return { below: whole.bottom - screen.bottom, right: whole.right - screen.right, row: screen.height / window.elfin.tabs.current.view.xterm.rows };
    });
    const isFilled = ({ below, right, row }) => below >= 0 && below < 2 * row && right >= 0;
    for (const height of [700, 707, 713]) { // between two multiples of a row's
      await page.setViewportSize({ width: 1000, height });
      await page.waitForFunction((wanted) => innerHeight === wanted, height);
      await driver.becomes(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)))));
      const left = await room();
      assert.ok(isFilled(left), `${height}: ${JSON.stringify(left)}`);
    }
    const sizeOf = () => page.evaluate(() => window.elfin.tabs.current.view.size);
    const before = await sizeOf();
    assert.equal(await driver.run('stty size'), `${before.rows} ${before.columns}`);
    await page.setViewportSize({ width: 640, height: 420 });
    await page.waitForFunction((columns) => window.elfin.tabs.current.view.size.columns < columns, before.columns);
    // Rows and columns may change one after the other.
    await page.waitForFunction((rows) => window.elfin.tabs.current.view.size.rows < rows, before.rows);
    const after = await sizeOf();
    assert.equal(await driver.run('stty size'), `${after.rows} ${after.columns}`);
    await page.setViewportSize({ width: 1000, height: 700 });
  });
});

test('several terminals; a shell that ends starts again', async () => {
  await withPage(async (driver, page) => {
    await driver.run('first=1');
    await page.click('#new-terminal');
    await driver.prompt();
    assert.equal(await driver.run('echo "<$first>"'), '<>');
    await page.keyboard.press('Control+Shift+ArrowLeft');
    assert.equal(await driver.run('echo "<$first>"'), '<1>');
    await driver.type('exit 3\n');
    await driver.line('The shell ended with status 3. Here is another one.');
    await driver.prompt();
    assert.equal(await driver.run('echo "<$first>"'), '<>');
    assert.equal(await page.locator('.tab').count(), 2);
    // Also one that somebody ends as soon as it is there, and so not by itself.
    await driver.type('clear; exit 4\n');
    await driver.line('The shell ended with status 4. Here is another one.');
    await driver.prompt();
    await page.locator('.tab.current .close').click();
    assert.equal(await page.locator('.tab').count(), 1);
    // Of those that have ended nothing is left, once they have.
    await driver.becomes(async () => (await window.elfin.computer.machine.processes()).map(({ name }) => name).join() === 'bash');
  });
});

test('what is written is there after a reload', async () => {
  await withPage(async (driver) => {
    await driver.run('echo "kept text" > ~/kept; seq 1 20000 > ~/numbers; sync');
    await driver.reload();
    assert.equal(await driver.run('cat ~/kept; md5sum < ~/numbers'),
      `kept text\n${execFileSync('sh', ['-c', 'seq 1 20000 | md5sum'], { encoding: 'utf8' }).trim()}`);
  });
});

test('files go in and come out; the exported disk is sound', async () => {
  await withPage(async (driver, page) => {
    const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) & 0xff));
    await driver.run('mkdir -p ~/in; cd ~/in');
    await page.evaluate((bytes) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(bytes)], 'dropped file'));
      const frame = document.querySelector('.terminal-frame:not([hidden])');
      frame.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }, [...content]);
    await page.getByText(`dropped file (300 kB) copied into ${HOME}/in`).waitFor();
    assert.equal((await driver.run('sha256sum < "dropped file"')).split(' ')[0],
      execFileSync('sha256sum', { input: content, encoding: 'utf8' }).split(' ')[0]);
    await page.click('#panel-button');
    await page.click('#panel nav >> text=Files');
    await page.locator('#panel button.link', { hasText: 'in' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'), page.locator('#panel button.link', { hasText: 'dropped file' }).click()]);
    assert.deepEqual(fs.readFileSync(await download.path()), content);
    await page.click('#panel nav >> text=Disk');
    const [disk] = await Promise.all([page.waitForEvent('download'), page.getByText('Export the disk').click()]);
    assert.equal(disk.suggestedFilename(), 'test.img');
    const exported = path.join(scratch, 'exported.img');
    await disk.saveAs(exported);
    execFileSync('e2fsck', ['-fp', exported], { stdio: 'pipe' });
    const out = path.join(scratch, 'dropped');
    execFileSync('debugfs', ['-R', `dump "${HOME}/in/dropped file" ${out}`, exported], { stdio: 'pipe' });
    assert.deepEqual(fs.readFileSync(out), content);
  });
});

test('a disk of one\'s own in place of the site\'s, and back', async () => {
  const own = path.join(scratch, 'mine.img');
  fs.copyFileSync(image, own);
  const note = path.join(scratch, 'note');
  fs.writeFileSync(note, 'on my disk\n');
  execFileSync('debugfs', ['-w', '-R', `write ${note} ${HOME}/mine`, own], { stdio: 'pipe' });
  await withPage(async (driver, page) => {
    const choose = async (file) => {
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByText('Import an image').click()]);
      await chooser.setFiles(file);
    };
    const ownRuns = () => page.waitForFunction(() =>
      window.elfin.computer.state === 'running' && window.elfin.computer.disk.kind === 'own');
    await page.click('#panel-button');
    await page.click('#panel nav >> text=Disk');
    await choose(note);
    await page.getByText('The disk was not imported: note is no ext2, ext3 or ext4 image').waitFor();
    await choose(own);
    await ownRuns();
    await page.locator('.terminal-frame:not([hidden])').click();
    await driver.line(/^mine.img ·/);
    await driver.prompt();
    assert.equal(await driver.run('cat ~/mine; echo written > ~/later'), 'on my disk');
    await driver.reload();
    assert.equal(await driver.run('cat ~/later'), 'written');
    await page.click('#panel-button');
    await page.click('#panel nav >> text=Disk');
    await page.getByText('Back to the site').click();
    await page.waitForFunction(() => window.elfin.computer.state === 'running' && window.elfin.computer.disk.kind !== 'own');
    await page.locator('.terminal-frame:not([hidden])').click();
    await driver.line(/^Test disk ·/);
    await driver.prompt();
    assert.match(await driver.run('cat ~/mine'), /No such file/);
  });
});

test('a long paste arrives whole, and a very long one is asked about', async () => {
  await withPage(async (driver, page) => {
    const paste = (text) => page.evaluate((all) => {
      const transfer = new DataTransfer();
      transfer.setData('text/plain', all);
      const area = document.querySelector('.terminal-frame:not([hidden]) textarea');
      area.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }));
    }, text);
    const line = 'All work and no play makes Jack a dull boy.\n';
    const text = line.repeat(6000); // 264 kB
    await driver.type('clear; stty -echo; cat > ~/pasted\n');
    await driver.started('cat');
    await paste(text);
    await page.waitForFunction(() => document.querySelector('.notice progress') !== null);
    await page.waitForFunction(() => document.querySelector('.notice progress') === null, null, { timeout: 60_000 });
    await page.keyboard.press('Control+d');
    await driver.prompt();
    await driver.type('stty echo\n');
    assert.equal((await driver.run('md5sum < ~/pasted')).split(' ')[0],
      execFileSync('md5sum', { input: text, encoding: 'utf8' }).split(' ')[0]);
    await paste('x'.repeat(1_200_000));
    await page.getByText('Paste 1.2 MB?').waitFor();
    await page.getByText('Don\'t paste').click();
    assert.equal(await driver.run('echo nothing'), 'nothing');
  });
});

test('processes are listed and killed from the panel', async () => {
  await withPage(async (driver, page) => {
    await driver.type('clear; sleep 4321\n');
    await page.click('#meters');
    await page.getByLabel(/^End sleep/).click();
    await page.locator('dialog').getByRole('button', { name: 'Kill' }).click();
    await driver.line('Killed');
  });
});

test('a second tab: throw-away machine, or the disk is taken over', async () => {
  await withPage(async (driver) => {
    await driver.run('echo one > ~/shared; rm -f ~/gone');
    const second = await PageDriver.open(browser.context, server.url, 'taken');
    await second.page.getByText('Throw-away machine').click();
    await second.reaches('running');
    await second.prompt();
    await second.run('echo two > ~/gone');
    await second.page.reload();
    await second.reaches('taken');
    await second.page.getByText('Take over').click();
    await second.reaches('running');
    await second.prompt();
    assert.equal(await second.run('cat ~/shared; ls ~/gone 2>&1'),
      `one\nls: ${HOME}/gone: No such file or directory`);
    await driver.reaches('stopped');
    await driver.page.getByText('Another tab has taken the disk over').waitFor();
    await second.run('echo three > ~/shared');
    await driver.page.getByText('Take it back').click();
    await driver.reaches('running');
    await driver.promptOfStart(2, 'Test disk');
    await driver.page.bringToFront();
    assert.equal(await driver.run('cat ~/shared'), 'three');
    await second.page.close();
  });
});

test('reset: the disk as it was made', async () => {
  await withPage(async (driver, page) => {
    await driver.run('echo x > ~/reset-me; sync');
    await page.click('#panel-button');
    await page.click('#panel nav >> text=Disk');
    await page.locator('#panel').getByText('Reset the disk').click();
    await page.locator('dialog').getByText('Reset', { exact: true }).click();
    await page.getByText('The disk is as it was at first.').waitFor();
    await driver.promptOfStart(2, 'Test disk');
    await page.locator('.terminal-frame:not([hidden])').click();
    assert.equal(await driver.run('ls /root'), 'untouched');
  });
});

test('what fsync has acknowledged survives a killed tab', async () => {
  const driver = await PageDriver.open(browser.context, server.url);
  await driver.run('for i in 1 2 3 4 5; do echo "line $i" >> ~/crash; sync; done; { (while :; do echo more >> ~/crash; done) & }');
  const session = await browser.context.newCDPSession(driver.page);
  await Promise.race([session.send('Page.crash').catch(() => {}), driver.page.waitForEvent('crash')]);
  await driver.page.close();
  await withPage(async (next) => {
    assert.equal(await next.run('head -5 ~/crash'), 'line 1\nline 2\nline 3\nline 4\nline 5');
    await next.run('rm ~/crash');
  });
});

test('a browser without room: a sentence, and a throw-away machine', async () => {
  const small = await launchProfile();
  try {
    const blank = await small.context.newPage();
    const session = await small.context.newCDPSession(blank);
    await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(server.url).origin, quotaSize: 1 << 20 });
    const driver = await PageDriver.open(small.context, server.url, 'failed');
    await driver.page.getByText('No room left in this browser').waitFor();
    await driver.page.getByText('Throw-away machine').click();
    await driver.reaches('running');
    await driver.prompt();
    assert.equal(await driver.run('echo fine > ~/note; cat ~/note'), 'fine');
  } finally {
    await small.close();
  }
});

test('a link\'s command runs after a click', async () => {
  await withPage(async (driver, page) => {
    await page.locator('dialog').getByText('Run the command of this link?').waitFor();
    assert.equal(await page.locator('dialog p').textContent(), 'echo linked > ~/linked');
    await page.locator('dialog').getByText('Run', { exact: true }).click();
    await driver.line(/# echo linked > ~\/linked$/); // it is typed when the dialog has closed, a little later
    await driver.prompt();
    assert.equal(await driver.run('cat ~/linked; pwd'), 'linked\n/tmp');
  }, '#cmd=echo+linked+%3E+~%2Flinked&cwd=/tmp&theme=light');
});

test('a disk that is none: a sentence and a way on', async (t) => {
  const bad = path.join(scratch, 'bad.img');
  fs.writeFileSync(bad, Buffer.alloc(1 << 20, 'not a disk'));
  const other = await serveCheckout(bad);
  t.after(() => other.stop());
  const driver = await PageDriver.open(browser.context, other.url, 'failed');
  assert.equal(await driver.page.evaluate(() => window.crossOriginIsolated), true);
  await driver.page.getByText('The disk can\'t be opened').waitFor();
  assert.equal(await driver.page.getByText('Try again').count(), 1);
  await driver.page.close();
});
