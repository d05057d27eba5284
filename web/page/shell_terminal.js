/**
 * A terminal with a shell in it: keys go to the guest, its output is shown at the speed of the drawing, and when
 * the shell ends another one starts.
 */
import { make } from './elements.js';
import { Paster } from './paste.js';
import { print, TerminalView } from './terminal_view.js';

/** A shell that ends sooner than this, and by itself, is not started again unasked: it would only end again. */
const SHORT_LIFE_MS = 1000;
/** Ctrl-C, Ctrl-Z and Ctrl-\: a terminal drops for them what has not been read yet. */
const SIGNAL_KEYS = new Set(['\x03', '\x1a', '\x1c']);
const ESCAPE = '\x1b';
const SILENT_MS = 5000;

const dim = (text) => `\x1b[0;2m${text}\x1b[0m`;

/** Events: `title`, `bell`, `exit` (with nothing to start again). */
export class ShellTerminal extends EventTarget {
  #paster;
  #process;
  #machine;
  #program;
  #started = 0;
  /** Whether somebody has typed since. */
  #isUsed = false;
  #waitsForEnter = false;
  #spoken = Promise.withResolvers();
  /** What is to be shown after the greeting, while that is on its way. @type {[string | Uint8Array, Function?][] | undefined} */
  #held;
  /** What turns the next key into another: the key bar's Ctrl and Alt. */
  modify = (data) => data;
  title = 'shell';

  /**
   * @param {HTMLElement} place
   * @param {{settings: object, theme: object, notices: object, ask: Function,
   *   clipboard: import('./guest_clipboard.js').GuestClipboard}} services
   */
  constructor(place, services) {
    super();
    this.#paster = new Paster(services);
    this.frame = make('div.terminal-frame', { role: 'tabpanel' });
    place.append(this.frame);
    this.view = new TerminalView(this.frame, services);
    const { xterm } = this.view;
    xterm.onData((data) => this.#type(data));
    xterm.onBinary((data) => this.#send(Uint8Array.from(data, (c) => c.charCodeAt(0))));
    xterm.onResize(({ rows, cols }) => this.#process?.resize(rows, cols));
    xterm.onTitleChange((title) => this.#setTitle(title));
    xterm.onBell(() => this.dispatchEvent(new Event('bell')));
    services.clipboard.connect(xterm);
    // Ours in place of xterm.js's own, which would send all of it at once.
    this.frame.addEventListener('paste', (event) => this.#onPaste(event), { capture: true });
    this.ready = this.view.open();
  }

  /** The shell, or whatever runs in its place; undefined: nothing does. */
  get process() {
    return this.#process;
  }

  /** Where the shell is; undefined: nowhere. */
  async folder() {
    return this.#process && this.#machine?.fs.readlink(`/proc/${this.#process.pid}/cwd`).catch(() => undefined);
  }

  /**
   * Starts a program here, and again whenever it ends.
   * @param {import('../host/browser/worker_machine.js').WorkerMachine} machine
   * @param {{path: string, args: string[], env: object, cwd?: string, argv0?: string}} program
   */
  async run(machine, program) {
    this.#machine = machine;
    this.#program = program;
    await this.#start();
  }

  async #start() {
    this.#waitsForEnter = false;
    const machine = this.#machine;
    const { path, args, ...options } = this.#program;
    this.#started = performance.now();
    this.#isUsed = false;
    try {
      const process = await machine.spawn(path, args, {
        ...options, pty: this.view.size, onOutput: (bytes, shown) => this.#show(bytes, shown),
      });
      if (machine !== this.#machine) return;
      this.#process = process;
      process.resize(this.view.xterm.rows, this.view.xterm.cols); // it may have changed meanwhile
      process.wait().then((status) => this.#ended(process, status), () => this.#ended(process));
    } catch (error) {
      if (machine === this.#machine) this.#offer(`${path} can't be started: ${error.message}`);
    }
  }

  #show(bytes, shown) {
    this.#write(bytes, shown);
    this.#spoken.resolve();
  }

  /** When the shell has shown something, its prompt as a rule; soon, even if it is a silent one. */
  async hasSpoken() {
    await Promise.race([this.#spoken.promise, new Promise((resolve) => setTimeout(resolve, SILENT_MS))]);
  }

  #ended(process, status) {
    if (process !== this.#process) return;
    this.#process = undefined;
    this.#paster.cancel(); // the next shell has not been meant
    if (status === undefined) return; // the machine has gone with it
    const cause = status.message || `ended with status ${status.code}`;
    // A full-screen program may have left anything behind. (Leaving a screen that isn't there moves the cursor.)
    if (this.view.xterm.buffer.active.type === 'alternate') this.#print('\x1b[?1049l');
    this.#print('\x1b[?25h\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[0m');
    if (status.code !== 0 && !this.#isUsed && performance.now() - this.#started < SHORT_LIFE_MS) {
      this.#offer(cause);
    } else {
      this.#print(`\r\n${dim(`The shell ${cause}. Here is another one.`)}\r\n`);
      this.#start();
    }
  }

  /** Says what happened; Enter tries again. */
  #offer(text) {
    this.#print(`\r\n${dim(`${text}. Press Enter to start the shell again.`)}\r\n`);
    this.#waitsForEnter = true;
  }

  #print(text) {
    this.#write(text);
  }

  #write(data, shown) {
    if (this.#held) this.#held.push([data, shown]);
    else print(this.view.xterm, data, shown);
  }

  /** The machine has gone. */
  detach() {
    this.#paster.cancel();
    this.#machine = undefined;
    this.#process = undefined;
  }

  /**
   * Text that the page itself shows, before the shell's, which may start meanwhile.
   * @param {Promise<string>} coming which doesn't reject
   */
  async greet(coming) {
    this.#held ??= [];
    const text = await coming;
    const { xterm } = this.view;
    const isWithinLine = xterm.buffer.active.cursorX > 0; // of a machine that is gone
    xterm.write(isWithinLine ? `\r\n\n${text}` : text);
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const [data, shown] of held) print(xterm, data, shown);
  }

  #type(data) {
    if (this.#waitsForEnter) {
      if (data === '\r') this.#start();
      return;
    }
    const keys = this.modify(data);
    if (!keys.startsWith(ESCAPE)) this.#isUsed = true; // what xterm.js answers by itself begins so
    if (SIGNAL_KEYS.has(keys) && this.#paster.isBusy) {
      this.#paster.cancel();
      this.#process?.write(keys, { urgent: true });
    } else this.#send(keys);
  }

  #send(data) {
    const process = this.#process;
    this.#paster.afterwards(() => process?.write(data));
  }

  /** As if typed. */
  typeText(text) {
    this.#type(text);
    this.view.xterm.focus();
  }

  #onPaste(event) {
    const text = event.clipboardData?.getData('text/plain');
    event.preventDefault();
    event.stopPropagation();
    if (text) this.pasteText(text);
  }

  async pasteText(text) {
    if (!this.#process) return;
    const isBracketed = () => this.view.xterm.modes.bracketedPasteMode;
    await this.#paster.paste(text, { process: this.#process, isBracketed });
    this.view.xterm.scrollToBottom();
  }

  #setTitle(title) {
    this.title = title || 'shell';
    this.dispatchEvent(new Event('title'));
  }

  dispose() {
    const process = this.#process;
    this.detach();
    process?.discardOutput();
    process?.kill('SIGHUP').catch(() => {});
    this.view.dispose();
  }
}
