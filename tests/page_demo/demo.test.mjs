// Debian's large programs on the page: the demo image, by `elfin serve`.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { demoImage } from '../disk/demo_image.mjs';
import { launchProfile, PageDriver } from '../page/page_driver.mjs';
import { serveCheckout } from '../page/servers.mjs';

// tmux takes a click this soon after another for its second half, wherever it is.
const DOUBLE_CLICK_MS = 400;

let server;
let browser;
let driver;

before(async () => {
  server = await serveCheckout(process.env.ELFIN_DEMO_IMAGE ?? demoImage(), '--title', 'Demo');
  browser = await launchProfile();
  driver = await PageDriver.open(browser.context, server.url);
});

after(async () => {
  await browser?.close();
  server?.stop();
});

const isFullScreen = () => driver.page.evaluate(() =>
  window.elfin.tabs.current.view.xterm.buffer.active.type === 'alternate');
const whenFullScreen = (wanted) => driver.page.waitForFunction((state) =>
  (window.elfin.tabs.current.view.xterm.buffer.active.type === 'alternate') === state, wanted, { timeout: 60_000 });

test('the page is isolated, and the banner offers what the disk has', async () => {
  assert.equal(await driver.page.evaluate(() => window.crossOriginIsolated), true);
  const commands = (await driver.lines()).filter((line) => line.startsWith('  ')).map((line) => line.trim().split(' ')[0]);
  assert.deepEqual(commands, ['echo', 'python3', 'gcc', 'vim', 'htop']);
});

test('python3, as a command and at its prompt', async () => {
  assert.equal(await driver.run('python3 -c "import json; print(json.dumps({\'a\': 2**70}))"'), '{"a": 1180591620717411303424}');
  await driver.type('clear; python3 -q\n');
  await driver.shows(/^>>>$/);
  await driver.type('sum(n * n for n in range(100))\n');
  await driver.shows(/^328350$/);
  await driver.type('exit()\n');
  await driver.prompt();
});

test('gcc compiles and the program runs', async () => {
  await driver.run('printf \'#include <stdio.h>\\nint main(void) { printf("hello from %%s, line %%d\\\\n", "gcc", __LINE__); return 7; }\\n\' > ~/hello.c');
  assert.equal(await driver.run('cd ~; gcc -O1 -Wall -o hello hello.c && ./hello; echo "status $?"'),
    'hello from gcc, line 2\nstatus 7');
});

// timeout(1) ends with 124 what hangs. A name can't be asked for where nobody answers.
test('curl, git and apt-get say at once that there is no network', async () => {
  const run = (command) => driver.run(`timeout 20 ${command} > /tmp/said 2>&1; status=$?; ` +
    'grep -oiE "could not resolve|temporary failure resolving|couldn.t connect" /tmp/said | head -n 1; echo $status');
  await driver.run('echo "deb [trusted=yes] http://example.org/debian stable main" > /tmp/sources');
  const expected = {
    'curl -sS http://192.0.2.1/': 'couldn\'t connect\n7',
    'curl -sS http://example.org/': 'could not resolve\n6',
    'git ls-remote https://example.org/x.git': 'could not resolve\n128',
    'apt-get -o Dir::Etc::SourceList=/tmp/sources -o APT::Update::Error-Mode=any update': 'temporary failure resolving\n100',
  };
  const said = {};
  for (const command of Object.keys(expected)) said[command] = (await run(command)).toLowerCase();
  assert.deepEqual(said, expected);
});

test('vim edits a file', async () => {
  await driver.type('clear; vim ~/poem\n');
  await whenFullScreen(true);
  await driver.shows(/^~$/);
  await driver.type('ioh, to be in England');
  await driver.page.keyboard.press('Escape');
  await driver.type('yyp:%s/oh/now/g\n:wq\n');
  await whenFullScreen(false);
  await driver.prompt();
  assert.equal(await driver.run('cat ~/poem'), 'now, to be in England\nnow, to be in England');
});

test('htop shows what runs, and a click ends it', async () => {
  await driver.type('clear; htop\n');
  await whenFullScreen(true);
  const rows = await driver.shows(/F10\s*Quit/);
  assert.ok(rows.some((row) => /Tasks: +\d+/.test(row)), rows.join('\n'));
  await driver.shows(/ htop$/);
  const bottom = rows.findIndex((row) => /F10\s*Quit/.test(row));
  await driver.clickCell(bottom, rows[bottom].indexOf('Quit') + 1);
  await whenFullScreen(false);
  await driver.prompt();
});

test('tmux: two panes, chosen by clicks', async () => {
  await driver.type('clear; tmux -f /dev/null new -s test \\; set -g mouse on \\; split-window -h\n');
  await whenFullScreen(true);
  await driver.shows(/│/);
  await driver.shows(/^\[test\]/);
  const { columns, rows } = await driver.page.evaluate(() => window.elfin.tabs.current.view.size);
  /** The number of the pane that has the keys after a click into that column. */
  const paneAt = async (column, mark) => {
    await driver.clickCell(Math.floor(rows / 2), column);
    await driver.type(`echo "${mark} $(tmux display -p '#{pane_index}')"\n`);
    const shown = await driver.shows(new RegExp(`(^|│)${mark} \\d`));
    return new RegExp(`(?:^|│)${mark} (\\d)`, 'm').exec(shown.join('\n'))[1];
  };
  assert.equal(await paneAt(5, 'left'), '0');
  await driver.page.waitForTimeout(DOUBLE_CLICK_MS);
  assert.equal(await paneAt(columns - 5, 'right'), '1');
  await driver.type('tmux kill-server\n');
  await whenFullScreen(false);
  await driver.prompt();
  assert.equal(await isFullScreen(), false);
  assert.deepEqual(driver.complaints, []);
});
