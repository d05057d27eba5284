/**
 * <elfin-terminal>: a terminal with a machine of its own, for any page. Attributes, events and methods: terminal.d.ts.
 *
 *   <script type="module" src="…/elfin/package/terminal.js"></script>
 *   <elfin-terminal></elfin-terminal>
 */
import { TerminalView } from '../page/terminal_view.js';
import { SHELL_DISK } from './binaries.js';
import { MachineError, WorkerMachine } from './browser.js';
import { TerminalSession } from './terminal_session.js';

const STYLE = `
  :host { display: block; height: 24em; position: relative; overflow: hidden; }
  .frame { position: absolute; inset: 0; padding: 8px; background: var(--elfin-background, #14161a); overflow: clip; }
  .link-hint { display: none; }
`;
const XTERM_STYLE = new URL('../xterm/xterm.css', import.meta.url).href;
const ENVIRONMENT = Object.freeze({
  TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'C.UTF-8', HOME: '/root', USER: 'root',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
});
const COLORS = Object.freeze({ background: '#14161a', foreground: '#d9dde4', cursor: '#6cc6a4' });

/** What TerminalView asks of a page's settings and theme, fixed. */
class FixedSettings extends EventTarget {
  #values;
  constructor(values) {
    super();
    this.#values = { fontSize: 14, fontFamily: '', scrollback: 5000, screenReader: false, cursorBlink: false, ...values };
  }
  get(name) {
    return this.#values[name];
  }
}

/** Whoever moves the element takes it out and puts it in again at once; only then does its machine go on. */
const isMoved = (element) => new Promise((resolve) => setTimeout(() => resolve(element.isConnected)));

export class ElfinTerminal extends HTMLElement {
  #view;
  #machine;
  #session;
  /** The end of the machine that was here before: its disk is free then. */
  #stopping = Promise.resolve();

  get machine() {
    return this.#machine;
  }

  get process() {
    return this.#session?.process;
  }

  get xterm() {
    return this.#view?.xterm;
  }

  connectedCallback() {
    if (this.#view) return this.#view.fit(); // it has been moved
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    const style = document.createElement('style');
    style.textContent = STYLE;
    const sheet = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: XTERM_STYLE });
    const frame = Object.assign(document.createElement('div'), { className: 'frame' });
    root.replaceChildren(style, sheet, frame);
    const fontSize = Number(this.getAttribute('font-size')) || 14;
    const theme = Object.assign(new EventTarget(), { terminal: COLORS });
    const view = new TerminalView(frame, { settings: new FixedSettings({ fontSize }), theme });
    view.open();
    sheet.addEventListener('load', () => view.fit());
    this.#view = view;
    this.#begin(view, frame);
  }

  async disconnectedCallback() {
    if (await isMoved(this)) return;
    const [machine, view, session] = [this.#machine, this.#view, this.#session];
    if (view === undefined) return;
    this.#machine = this.#view = this.#session = undefined;
    session.end();
    view.dispose();
    this.#stopping = machine?.stop().catch(() => {}) ?? this.#stopping;
  }

  /** Text as if it was typed, in pieces as the program takes them. */
  async paste(text) {
    await this.#session?.paste(text);
  }

  #begin(view, frame) {
    const session = new TerminalSession(view.xterm, (show) => this.#spawn(view, show));
    this.#session = session;
    for (const type of ['started', 'ended', 'error']) {
      session.addEventListener(type, ({ detail }) => this.dispatchEvent(new CustomEvent(type, { detail })));
    }
    // Ours in place of xterm.js's own, which would send all of it at once.
    frame.addEventListener('paste', (event) => {
      event.preventDefault();
      event.stopPropagation();
      session.paste(event.clipboardData?.getData('text/plain') ?? '');
    }, { capture: true });
    session.start();
  }

  async #spawn(view, show) {
    const machine = await this.#runningMachine(view);
    const [path, ...args] = (this.getAttribute('command') ?? (this.hasAttribute('disk') ? '/bin/bash -l' : '/bin/mksh -l')).split(/ +/);
    return machine.spawn(path, args, {
      env: ENVIRONMENT, cwd: this.getAttribute('cwd') ?? '/root', pty: view.size, onOutput: show,
    });
  }

  /** The one that runs, or a new one: there is none at first, and after it has failed. */
  async #runningMachine(view) {
    if (this.#machine) return this.#machine;
    await this.#stopping;
    const coming = WorkerMachine.create({ disk: this.#disk() });
    const isGone = () => this.#view !== view; // the element has been removed meanwhile
    this.#stopping = coming.then((machine) => (isGone() ? machine.stop() : undefined)).catch(() => {});
    const machine = await coming;
    if (isGone()) throw new MachineError('the terminal has been removed');
    machine.addEventListener('failed', () => {
      machine.terminate();
      if (this.#machine === machine) this.#machine = undefined;
    });
    return this.#machine = machine;
  }

  #disk() {
    const address = this.getAttribute('disk');
    const url = address ? new URL(address, document.baseURI).href : SHELL_DISK;
    const name = this.getAttribute('name') ?? undefined; // nothing is kept without one
    return { kind: url.endsWith('/') ? 'chunks' : 'image', url, name };
  }
}

customElements.define('elfin-terminal', ElfinTerminal);
