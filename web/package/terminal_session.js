/** A program in an xterm.js: keys and pastes go to it, its output is shown, and when it ends it starts again. */
import { sendPaste } from '../page/paste.js';
import { print } from '../page/terminal_view.js';

/** One that ends sooner than this, and by itself, is not started again unasked: it would only end again. */
const SHORT_LIFE_MS = 1000;
const INTERRUPT = '\x03';
const ESCAPE = '\x1b';
/** What a full-screen program may have left behind: a hidden cursor, pastes in brackets, the mouse, colours. */
const TIDY = '\x1b[?25h\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[0m';

const dim = (text) => `\x1b[0;2m${text}\x1b[0m`;

/** Events (CustomEvent): `started` (the WorkerProcess), `ended` (ExitStatus), `error` (an Error). */
export class TerminalSession extends EventTarget {
  #xterm;
  /** @type {(() => Promise<import('./browser.js').WorkerProcess>) | undefined} undefined: it is over */
  #spawn;
  #process;
  /** Of the program that runs: whether somebody has typed. */
  #isUsed = false;
  #waitsForEnter = false;
  /** The paste under way, or the last one. */
  #pasting = Promise.resolve();
  #pastes = 0;
  /** Pastes up to this one are done or given up. */
  #settled = 0;

  /**
   * @param {import('../xterm/xterm.mjs').Terminal} xterm
   * @param {(show: (bytes: Uint8Array, shown: () => void) => void) => Promise<import('./browser.js').WorkerProcess>} spawn
   *   starts the program, whose output is given to `show`
   */
  constructor(xterm, spawn) {
    super();
    this.#xterm = xterm;
    this.#spawn = () => spawn((bytes, shown) => print(xterm, bytes, shown));
    xterm.onData((data) => this.#type(data));
    xterm.onBinary((data) => this.#process?.write(Uint8Array.from(data, (character) => character.charCodeAt(0))));
    xterm.onResize(({ rows, cols }) => this.#process?.resize(rows, cols));
  }

  get process() {
    return this.#process;
  }

  async start() {
    this.#waitsForEnter = false;
    this.#isUsed = false;
    const began = performance.now();
    try {
      const process = await this.#spawn();
      if (!this.#spawn) return; // over meanwhile, and the machine with it
      this.#process = process;
      process.resize(this.#xterm.rows, this.#xterm.cols); // it may have changed meanwhile
      this.#tell('started', process);
      const status = await process.wait();
      if (this.#spawn) this.#ended(status, performance.now() - began);
    } catch (error) {
      if (!this.#spawn) return;
      this.#process = undefined;
      this.#offer(error.message);
      this.#tell('error', error);
    }
  }

  /**
   * Text that is as if it was typed, in pieces as the program takes them, one paste after the other; Ctrl-C gives them up.
   * @param {string} text
   */
  paste(text) {
    const number = ++this.#pastes;
    this.#pasting = this.#pasting.then(() => this.#paste(text, number));
    return this.#pasting;
  }

  /** Nothing is started any more; the machine is about to go. */
  end() {
    this.#spawn = this.#process = undefined;
    this.#settled = this.#pastes;
  }

  #ended(status, lifeMs) {
    this.#process = undefined;
    this.#settled = this.#pastes;
    const cause = status.message || `ended with status ${status.code}`;
    // Leaving a screen that isn't there would move the cursor.
    if (this.#xterm.buffer.active.type === 'alternate') this.#xterm.write('\x1b[?1049l');
    this.#xterm.write(TIDY);
    this.#tell('ended', status);
    if (status.code !== 0 && !this.#isUsed && lifeMs < SHORT_LIFE_MS) return this.#offer(`The program ${cause}`);
    this.#xterm.write(`\r\n${dim(`The program ${cause}. Here it is again.`)}\r\n`);
    this.start();
  }

  #offer(text) {
    this.#xterm.write(`\r\n${dim(`${text}. Press Enter to start it again.`)}\r\n`);
    this.#waitsForEnter = true;
  }

  #type(data) {
    if (this.#waitsForEnter) {
      if (data === '\r') this.start();
      return;
    }
    const interrupts = data === INTERRUPT && this.#settled < this.#pastes;
    if (interrupts) this.#settled = this.#pastes;
    if (!data.startsWith(ESCAPE)) this.#isUsed = true; // what xterm.js answers by itself begins so
    this.#process?.write(data, { urgent: interrupts });
  }

  async #paste(text, number) {
    const process = this.#process;
    if (process !== undefined) {
      const isCancelled = () => number <= this.#settled;
      if (!isCancelled()) this.#isUsed = true;
      await sendPaste(text, process, { bracketed: this.#xterm.modes.bracketedPasteMode, isCancelled });
    }
    this.#settled = Math.max(this.#settled, number);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
