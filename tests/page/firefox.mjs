// Headless Firefox by WebDriver BiDi (W3C): as much of a Playwright page as PageDriver uses. ELFIN_FIREFOX names the
// program, else Debian's.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const PROGRAM = process.env.ELFIN_FIREFOX ?? '/usr/bin/firefox-esr';
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 50;
/** Keys that have no character: WebDriver's code points. */
const KEYS = { '\n': '\uE007', Enter: '\uE007', Control: '\uE009' };

export const hasFirefox = () => fs.existsSync(PROGRAM);

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @returns {Promise<string>} where it listens */
function listeningAddress(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`Firefox doesn't start: ${said}`)), PATIENCE_MS);
    child.stderr.on('data', (piece) => {
      said += piece;
      const match = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(said);
      if (match === null) return;
      clearTimeout(timer);
      resolve(match[1]);
    });
    child.on('exit', (code) => reject(new Error(`Firefox ended with ${code}: ${said}`)));
  });
}

/** The protocol: commands, and events for one listener. */
class Session {
  #socket;
  #calls = new Map();
  #lastCall = 0;
  onEvent = () => {};

  static async open(address) {
    const session = new Session();
    session.#socket = new WebSocket(`${address}/session`);
    await new Promise((resolve, reject) => {
      session.#socket.onopen = resolve;
      session.#socket.onerror = () => reject(new Error(`${address} can't be reached`));
    });
    session.#socket.onmessage = ({ data }) => session.#receive(JSON.parse(data));
    await session.call('session.new', { capabilities: {} });
    return session;
  }

  call(method, params = {}) {
    const id = ++this.#lastCall;
    const { promise, resolve, reject } = Promise.withResolvers();
    this.#calls.set(id, { resolve, reject });
    this.#socket.send(JSON.stringify({ id, method, params }));
    return promise;
  }

  #receive({ id, type, result, error, message, method, params }) {
    if (type === 'event') return this.onEvent(method, params);
    const { resolve, reject } = this.#calls.get(id);
    this.#calls.delete(id);
    if (type === 'error') reject(new Error(`${error}: ${message}`));
    else resolve(result);
  }
}

class FirefoxPage {
  #session;
  #context;
  #listeners = new Map();
  keyboard = { type: (text) => this.#press([...text].map((key) => [key])), press: (keys) => this.#press([keys.split('+')]) };

  constructor(session, context) {
    this.#session = session;
    this.#context = context;
    session.onEvent = (method, { level, text }) => {
      if (level === 'error') this.#listeners.get('pageerror')?.(text);
    };
  }

  on(event, listener) {
    this.#listeners.set(event, listener);
  }

  goto(url) {
    return this.#session.call('browsingContext.navigate', { context: this.#context, url, wait: 'complete' });
  }

  reload() {
    return this.#session.call('browsingContext.reload', { context: this.#context, wait: 'complete' });
  }

  async evaluate(action, argument) {
    const expression = `(async () => JSON.stringify(await (${action})(${JSON.stringify(argument)})))()`;
    const target = { context: this.#context };
    const { result, exceptionDetails } = await this.#session.call('script.evaluate', { expression, target, awaitPromise: true });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result.value === undefined ? undefined : JSON.parse(result.value);
  }

  async waitForFunction(isSo, argument, { timeout = PATIENCE_MS } = {}) {
    for (const end = Date.now() + timeout; !await this.evaluate(isSo, argument); await pause(LOOK_EVERY_MS)) {
      if (Date.now() > end) throw new Error(`never so: ${isSo}`);
    }
  }

  waitForTimeout(ms) {
    return pause(ms);
  }

  close() {
    return this.#session.call('browsingContext.close', { context: this.#context });
  }

  /** @param {string[][]} strokes keys that are held together */
  #press(strokes) {
    const actions = strokes.flatMap((keys) => {
      const values = keys.map((key) => KEYS[key] ?? key);
      const act = (type) => (value) => ({ type, value });
      return [...values.map(act('keyDown')), ...values.toReversed().map(act('keyUp'))];
    });
    return this.#session.call('input.performActions', {
      context: this.#context, actions: [{ type: 'key', id: 'keyboard', actions }],
    });
  }
}

/** A Firefox with a profile of its own. @returns {Promise<{context: {newPage: () => Promise<object>}, close: () => Promise<void>}>} */
export async function launchFirefox() {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-firefox-'));
  const child = spawn(PROGRAM, ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: profile } });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const close = async () => {
    child.kill();
    await ended;
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const session = await Session.open(await listeningAddress(child));
    await session.call('session.subscribe', { events: ['log.entryAdded'] });
    const newPage = async () => new FirefoxPage(session, (await session.call('browsingContext.create', { type: 'tab' })).context);
    return { context: { newPage }, close };
  } catch (error) {
    await close();
    throw error;
  }
}
