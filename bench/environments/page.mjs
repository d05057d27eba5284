// The page, as `elfin site` makes it, on `python3 -m http.server`; and beside it, by turns, a page that has only the same
// xterm.js, on the same server, and does without a machine what the row is about: prints a prompt, echoes keys, prints
// text. What a row wants is its `act` (../suites/page.mjs). Each is in headless Chromium with a profile of its own.
import {execFileSync, spawn} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {launchProfile, PageDriver, processesOf} from '../../tests/page/page_driver.mjs';
import {buildSite} from '../../tests/page/servers.mjs';
import {makeTestImage} from '../../tests/page/test_image.mjs';
import {watchScreen} from './page_watch.mjs';

const alonePage = fileURLToPath(new URL('xterm_alone.html', import.meta.url));
const warmVisits = 2; // the second finds the service worker, and starts it
const ticksASecond = Number(execFileSync('getconf', ['CLK_TCK']));

// → {page, reference, close}: environments, the second named native since ratios are to it
export async function openPage() {
  const scratch = mkdtempSync(join(tmpdir(), 'elfin-bench-page-'));
  const root = join(scratch, 'host');
  mkdirSync(join(root, 'alone'), {recursive: true});
  buildSite(join(root, 'elfin'), makeTestImage(scratch), '--title', 'Bench');
  cpSync(process.env.ELFIN_XTERM, join(root, 'alone', 'xterm'), {recursive: true});
  writeFileSync(join(root, 'alone', 'index.html'), readFileSync(alonePage));
  const server = await startServer(root);
  const sides = [new Side('page', 'the page', 'elfin', server), new Side('native', 'xterm.js alone', 'alone', server)];
  const [page, reference] = sides;
  const identity = () => ({version: page.version ?? 'not started', xterm: process.env.ELFIN_XTERM.split('-').at(-1)});
  return {
    name: 'page', title: page.title, only: 'page', identity, reference,
    run: (row, options) => page.run(row, options),
    async close() {
      for (const side of sides) await side.close();
      server.stop();
      rmSync(scratch, {recursive: true, force: true});
    },
  };
}

class Side {
  #folder;
  #server;
  #kept; // a profile that has been here before

  constructor(name, title, folder, server) {
    Object.assign(this, {name, title});
    this.#folder = folder;
    this.#server = server;
  }

  // `row.profile`: 'new', or 'kept'. The clock of `wall` is the page's own, from the begin of its navigation.
  async run(row, {limit}) {
    const profile = row.profile === 'kept' ? await this.#keptProfile() : await launchProfile();
    this.version ??= profile.context.browser()?.version();
    try {
      const cpu = processorTime(profile.folder);
      this.#server.takeLog();
      const driver = await this.#visit(profile);
      const {wall, output, extra} = await row.act(driver, {isAlone: this.name === 'native', limit});
      const used = processorTime(profile.folder) - cpu;
      await driver.page.close();
      return {status: 0, output: Buffer.from(output), wall, cpu: Math.max(0, used),
              extra: {...extra, ...this.#server.takeLog()}};
    } finally {
      if (profile !== this.#kept) await profile.close();
    }
  }

  async #visit({context}) {
    const driver = new PageDriver(await context.newPage());
    await driver.page.addInitScript(watchScreen);
    await driver.page.goto(`${this.#server.url}${this.#folder}/`);
    await driver.becomes(() => window.watch?.prompt !== undefined);
    return driver;
  }

  async #keptProfile() {
    if (this.#kept) return this.#kept;
    const profile = await launchProfile();
    for (let visit = 0; visit < warmVisits; visit++) {
      const {page} = await this.#visit(profile);
      await page.waitForTimeout(3000); // what the service worker keeps for later
      await page.close();
    }
    return this.#kept = profile;
  }

  async close() {
    await this.#kept?.close();
  }
}

// User and system time of a browser's processes, in seconds. Those that have ended meanwhile are not in it.
function processorTime(profile) {
  return processesOf(profile).reduce((sum, pid) => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '').split(' ');
      return sum + (Number(fields[11]) + Number(fields[12])) / ticksASecond;
    } catch {
      return sum;
    }
  }, 0);
}

// python3 -m http.server, which says on standard error what it is asked for.
// takeLog(): what it was since the last, `requests` and `bytes`, without headers; it compresses nothing
async function startServer(root) {
  const child = spawn('python3', ['-u', '-m', 'http.server', '0', '--bind', '127.0.0.1'], {cwd: root, stdio: 'pipe'});
  let log = '';
  const port = await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`python3 -m http.server ended with ${code}: ${log}`)));
    child.stdout.on('data', (text) => {
      const match = /port (\d+)/.exec(text);
      if (match) resolve(match[1]);
    });
    child.stderr.on('data', (text) => void (log += text));
  });
  const sizeOf = (path) => {
    const name = join(root, decodeURI(path.replace(/\/$/, '/index.html')));
    return statSync(name, {throwIfNoEntry: false})?.size ?? 0;
  };
  return {
    url: `http://localhost:${port}/`,
    stop: () => child.kill(),
    takeLog() {
      const asked = [...log.matchAll(/"GET (\S+) [^"]*" (\d+)/g)].filter(([, , status]) => status === '200');
      log = '';
      return {requests: asked.length, bytes: asked.reduce((sum, [, path]) => sum + sizeOf(path), 0)};
    },
  };
}
