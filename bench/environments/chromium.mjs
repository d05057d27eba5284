// Elfin in headless Chromium, driven through the bare page of tests/browser. A fresh page for each run, in
// a renderer of its own, whose processor time (every thread of it: worker, translator, compiling) counts from
// where the machine is ready. What the page takes to get there is told apart.
import {existsSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

import {launchChromium} from '../../tests/browser/chromium.mjs';
import {GuestRoot} from '../../tests/browser/guest_root.mjs';
import {serveStatic} from '../../tests/browser/static_server.mjs';
import {guestWords} from './elfin_in_node.mjs';
import {lacks} from './abilities.mjs';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const binaries = process.env.ELFIN_BINARIES ?? `${checkout}/build/wasm/web`;
const served = /^\/(web\/host|tests\/browser)\/[\w/]+\.(js|html)$/;

// → the environment, which is to be closed
export async function openChromium({jit = 'on'} = {}) {
  let root;
  const server = await serveStatic((url) => {
    if (url === '/guest/folder.json') return Buffer.from(root.manifest());
    if (url.startsWith('/guest/')) return root.fileOf(url.slice('/guest'.length));
    if (url.startsWith('/binaries/')) return `${binaries}/${url.slice('/binaries/'.length)}`;
    return served.test(url) ? `${checkout}${url}` : undefined;
  });
  const browser = await launchChromium();
  return {
    name: 'chromium',
    title: 'Elfin in Chromium',
    identity: () => ({version: browser.version(), jit}),
    refuses: (row) => (row.browser === false ? 'is not fetched into a page: it needs a whole system’s files'
      : lacks(row.needs ?? [])),
    async run(row, {limit}) {
      root = rootFor(row);
      return runInPage(browser, server.origin, row, row.jit ?? jit, limit);
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

function rootFor(row) {
  const root = new GuestRoot();
  const [program] = row.guest?.command ?? row.command;
  if (row.guest) root.addFile(program, row.command[0]);
  else root.addProgram(program);
  for (const file of row.files ?? []) if (existsSync(file)) root.addProgram(file);
  return root;
}

async function runInPage(browser, origin, row, jit, limit) {
  const context = await browser.newContext();
  const page = await context.newPage();
  try {
    await page.goto(`${origin}/tests/browser/page.html`);
    const options = {binaries: '/binaries/', root: '/guest/folder.json', jit};
    const startMs = await page.evaluate((all) => window.elfin.start(all), options);
    const before = await rendererTimes(browser);
    const words = guestWords(row);
    const [path, ...args] = words.slice(words.indexOf('--') + 1);
    const ended = page.evaluate(async (all) => {
      await window.elfin.launch(all);
      return window.elfin.finish();
    }, {path, args, input: (row.input ?? '').toString()});
    const result = await within(limit, ended);
    if (!result) return {timedOut: true};
    const cpu = growth(before, await rendererTimes(browser));
    return {status: result.code, output: Buffer.from(result.output), cpu, wall: result.milliseconds / 1000,
            counters: result.stats, extra: {pageStart: startMs / 1000}};
  } finally {
    await context.close();
  }
}

// Resolves to undefined when `promise` takes longer.
function within(seconds, promise) {
  let timer;
  const late = new Promise((resolve) => { timer = setTimeout(resolve, seconds * 1000); });
  promise.catch(() => {}); // whoever came second
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// → Map: process id of each renderer → seconds of processor time so far
async function rendererTimes(browser) {
  const session = await browser.newBrowserCDPSession();
  try {
    const {processInfo} = await session.send('SystemInfo.getProcessInfo');
    return new Map(processInfo.filter(({type}) => type === 'renderer').map(({id, cpuTime}) => [id, cpuTime]));
  } finally {
    await session.detach();
  }
}

// What the renderers of before have used since; idle ones add nothing.
function growth(before, after) {
  let sum = 0;
  for (const [id, seconds] of after) sum += seconds - (before.get(id) ?? 0);
  return sum;
}
