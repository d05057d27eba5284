// A person at the page: types, looks at the screen, waits for what should come.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadChromium } from '../browser/chromium.mjs';

/** For a machine that has much else to do. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 25;

/**
 * A browser with a profile of its own (the origin-private file system is slow without one).
 * @param {object} [options] Playwright's, and `folder`: of a profile that is there already, `flags`: of Chromium, besides
 */
export async function launchProfile({ folder: given, ...options } = {}) {
  const folder = given ?? fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-profile-'));
  const context = await loadChromium().persistent(folder, { viewport: { width: 1000, height: 700 }, ...options });
  return {
    context,
    folder,
    close: async () => {
      await context.close().catch(() => {});
      fs.rmSync(folder, { recursive: true, force: true });
    },
    /** As a power cut does; the profile stays. */
    kill: async () => {
      const ended = new Promise((resolve) => context.once('close', resolve));
      for (const pid of processesOf(folder)) process.kill(pid, 'SIGKILL');
      await ended;
    },
  };
}

/** The browser that has this profile, with all processes that it has started. */
export function processesOf(folder) {
  return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(`--user-data-dir=${folder}`);
    } catch {
      return false; // it has ended meanwhile
    }
  }).map(Number);
}

export class PageDriver {
  complaints = [];

  constructor(page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`${message.text()} ${message.location().url}`);
    });
  }

  /** A tab of its own at this address, once the machine is in that state. */
  static async open(context, url, state = 'running') {
    const driver = new PageDriver(await context.newPage());
    try {
      await driver.page.goto(url);
      await driver.reaches(state);
      if (state === 'running') await driver.prompt();
      return driver;
    } catch (error) {
      await driver.page.close();
      throw error;
    }
  }

  /** A fresh tab for the time of `use`, at whose end it has not complained. */
  static async within(context, url, use) {
    const driver = await PageDriver.open(context, url);
    try {
      await use(driver, driver.page);
      assert.deepEqual(driver.complaints, []);
    } finally {
      await driver.page.close();
    }
  }

  async reload() {
    await this.page.reload();
    await this.reaches('running');
    await this.prompt();
  }

  state() {
    return this.page.evaluate(() => window.elfin?.computer.state);
  }

  async reaches(state) {
    await this.page.waitForFunction((wanted) => {
      const now = window.elfin?.computer.state;
      if (now === 'failed' && wanted !== 'failed') throw window.elfin.computer.error;
      return now === wanted;
    }, state, { timeout: PATIENCE_MS });
  }

  /** Waits until what `isSo`, which runs in the page, promises is true. (Playwright's waitForFunction takes any promise for it.) */
  async becomes(isSo, argument) {
    const end = Date.now() + PATIENCE_MS;
    while (!await this.page.evaluate(isSo, argument)) {
      if (Date.now() > end) throw new Error(`never so: ${isSo}`);
      await this.page.waitForTimeout(LOOK_EVERY_MS);
    }
  }

  /** Waits until a program of this name runs. */
  started(name) {
    return this.becomes(async (wanted) =>
      (await window.elfin.computer.machine.processes()).some((process) => process.name === wanted), name);
  }

  /** The lines of the terminal in front, with what has scrolled away. */
  async lines() {
    return this.page.evaluate(() => {
      const buffer = window.elfin.tabs.current.view.xterm.buffer.active;
      const lines = [];
      for (let i = 0; i < buffer.length; i++) lines.push(buffer.getLine(i).translateToString().trimEnd());
      while (lines.at(-1) === '') lines.pop();
      return lines;
    });
  }

  /** The rows that can be seen now. */
  async screen() {
    return this.page.evaluate(() => {
      const { buffer: { active }, rows } = window.elfin.tabs.current.view.xterm;
      return Array.from({ length: rows }, (_, row) => active.getLine(active.viewportY + row).translateToString().trimEnd());
    });
  }

  /** Waits until one of the rows that can be seen is as it should be. @returns {Promise<string[]>} all of them */
  async shows(expected) {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const rows = await this.screen();
      if (rows.some((row) => expected.test(row))) return rows;
      if (Date.now() > end) throw new Error(`${expected} is never shown; the screen:\n${rows.join('\n')}`);
      await this.page.waitForTimeout(LOOK_EVERY_MS);
    }
  }

  /** A click into the middle of a character's cell; both count from 0. */
  async clickCell(row, column) {
    const { x, y } = await this.#middleOfCell(row, column);
    await this.page.mouse.click(x, y);
  }

  async pointAt(row, column) {
    const { x, y } = await this.#middleOfCell(row, column);
    await this.page.mouse.move(x, y);
  }

  async #middleOfCell(row, column) {
    const cell = await this.page.evaluate(() => {
      const { xterm, frame } = window.elfin.tabs.current.view;
      const { left, top, width, height } = frame.querySelector('.xterm-screen').getBoundingClientRect();
      return { left, top, width: width / xterm.cols, height: height / xterm.rows };
    });
    return { x: cell.left + (column + 0.5) * cell.width, y: cell.top + (row + 0.5) * cell.height };
  }

  /** Waits until the lines are as `isGood` wants them. @returns {Promise<string[]>} them */
  async until(isGood, what) {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const lines = await this.lines();
      if (isGood(lines)) return lines;
      if (Date.now() > end) throw new Error(`${what} never came; the screen ends:\n${lines.slice(-15).join('\n')}`);
      await this.page.waitForTimeout(LOOK_EVERY_MS);
    }
  }

  prompt() {
    return this.until((lines) => /[#$]$/.test(lines.at(-1) ?? ''), 'a prompt');
  }

  /** The prompt of the machine's n-th start in this page: below its own banner. */
  promptOfStart(n, title) {
    const isBanner = (line) => line.startsWith(`${title} ·`);
    return this.until((lines) => lines.filter(isBanner).length === n && /[#$]$/.test(lines.at(-1)), `prompt number ${n}`);
  }

  line(expected) {
    return this.until((lines) => lines.some((line) => (expected.test ? expected.test(line) : line === expected)), expected);
  }

  async type(text) {
    await this.page.keyboard.type(text);
  }

  /** A command's output. */
  async run(command) {
    const mark = Math.random().toString(36).slice(2);
    // In two pieces, so that the echo of the line is not taken for it.
    const say = (word) => `echo ${word}-''${mark}`;
    await this.type(`${say('begin')}; ${command}; ${say('end')}\n`);
    const lines = await this.line(`end-${mark}`);
    return lines.slice(lines.lastIndexOf(`begin-${mark}`) + 1, lines.lastIndexOf(`end-${mark}`)).join('\n');
  }
}
