// docs/examples, each as it stands there, where the package is installed: in Node, and as pages of the plainest server.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { launchProfile } from '../page/page_driver.mjs';
import { serveFolder } from '../page/servers.mjs';
import { elementShows, Project } from './project.mjs';

const EXAMPLES = fileURLToPath(new URL('../../docs/examples', import.meta.url));
const PATIENCE_MS = 60_000;

let project;
let server;
let browser;

before(async () => {
  project = await Project.make();
  fs.cpSync(EXAMPLES, project.folder, { recursive: true });
  fs.copyFileSync(path.join(project.scratch, 'test.img'), path.join(project.folder, 'bash.img'));
  server = await serveFolder(project.folder);
  browser = await launchProfile();
});

after(async () => {
  await browser?.close();
  server?.stop();
  project?.close();
});

const run = async (name) =>
  (await promisify(execFile)(process.execPath, [name], { cwd: project.folder, timeout: PATIENCE_MS })).stdout;

/** In no order that could be told: two streams come side by side. */
const sorted = (text) => text.trimEnd().split('\n').sort();

/** What the programs of Node print. @type {Record<string, (ran: () => Promise<string>) => Promise<void>>} */
const PROGRAMS = {
  async 'streams.mjs'(ran) {
    const text = await ran();
    const lines = text.match(/^(output|errors): .*$|^got .*$/gm);
    assert.deepEqual(lines.filter((line) => line.includes('got')).map((line) => line.replace('output: ', '')), ['got one line', 'got another']);
    assert.ok(lines.includes('errors: no more to read'));
    assert.match(text, /\{ code: 3, signal: 0, message: '' \}\n$/);
  },
  async 'terminal.mjs'(ran) {
    const text = await ran();
    assert.match(text, /^\{ code: 5, signal: 0, message: '' \}\n# print "rows: \$LINES"\nrows: 24\n# .*print "rows: \$LINES"\nrows: 40\n/);
    assert.match(text, /\nwaits: \d+\n\^C\n# exit 5\n/);
  },
  async 'files.mjs'(ran) {
    assert.deepEqual(sorted(await ran()), sorted(['from outside', 'changed: /srv/notes/second',
      "[ 'first (file)', 'second (file)', 'stop (file)' ]", '15 bytes', 'the copy: from a program'].join('\n')));
  },
  async 'overlay.mjs'(ran) {
    assert.equal(await ran(), 'run 1\n');
    assert.equal(await ran(), 'run 2\n');
  },
};

/** The rows of an xterm.js that the page has for itself, as they are drawn. */
const rowsShow = (page, text) => page.locator('.xterm-rows').getByText(text, { exact: false }).first().waitFor({ timeout: PATIENCE_MS });

/** What is seen and done on the pages. @type {Record<string, (page: object) => Promise<void>>} */
const PAGES = {
  async 'terminal.html'(page) {
    await elementShows(page, 0, '/root #');
    await elementShows(page, 1, '/root #');
    await page.getByText(/^The shell is process \d+\.$/).first().waitFor();
    await page.locator('#kept').click();
    await page.keyboard.type('exit 4\n');
    await page.getByText('The shell has ended with 4.').waitFor({ timeout: PATIENCE_MS });
  },
  async 'machines.html'(page) {
    const texts = async () => {
      await page.locator('body[data-state=done]').waitFor({ timeout: PATIENCE_MS });
      return page.locator('pre').allTextContents();
    };
    assert.deepEqual(await texts(), ['one: visit 1\n', 'two: visit 1\n', 'throw-away: visit 1\n']);
    await page.reload();
    assert.deepEqual(await texts(), ['one: visit 2\n', 'two: visit 2\n', 'throw-away: visit 1\n']);
  },
  async 'webvm.html'(page) {
    await rowsShow(page, '/root #');
    await page.keyboard.type('cat /data/welcome\n');
    await rowsShow(page, 'This file is from the page.');
  },
};

test('every example is tried', () => {
  const files = fs.readdirSync(EXAMPLES).filter((name) => name !== 'README.md').sort();
  assert.deepEqual(files, [...Object.keys(PROGRAMS), ...Object.keys(PAGES)].sort());
  const readme = fs.readFileSync(path.join(EXAMPLES, 'README.md'), 'utf8');
  assert.deepEqual(files.filter((name) => !readme.includes(`| \`${name}\` |`)), []);
});

for (const [name, check] of Object.entries(PROGRAMS)) test(name, () => check(() => run(name)));

/** @returns {Promise<{page: object, complaints: string[]}>} */
async function openPage(address) {
  const page = await browser.context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) complaints.push(message.text());
  });
  await page.goto(new URL(address, server.url).href);
  return { page, complaints };
}

async function tryPage(address, check) {
  const { page, complaints } = await openPage(address);
  try {
    await check(page).catch((error) => assert.fail(`${error.message} ${complaints.join('; ')}`));
    assert.deepEqual(complaints, []);
  } finally {
    await page.close();
  }
}

for (const [name, check] of Object.entries(PAGES)) test(name, () => tryPage(name, check));

test('webvm.html runs bash', () => tryPage('webvm.html?image=bash.img&program=/bin/bash', async (page) => {
  await rowsShow(page, '~ #');
  await page.keyboard.type('echo "$BASH_VERSION" | sed "s/^[0-9].*/bash it is/"; stty size | wc -w; cat /web/streams.mjs | head -1\n');
  await rowsShow(page, 'bash it is');
  await rowsShow(page, 'A program\'s streams');
  await page.keyboard.type('exit 3\n');
  await rowsShow(page, 'ended with 3; again:');
}));
