/**
 * <elfin-terminal>: a terminal with a machine of its own, for any page. Attributes, events and methods: terminal.d.ts.
 *
 *   <script type="module" src="…/elfin/package/terminal.js"></script>
 *   <elfin-terminal></elfin-terminal>
 */
import { TerminalView } from '../page/terminal_view.js';
import { SHELL_DISK } from './binaries.js';
import { WorkerMachine } from './browser.js';

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

export class ElfinTerminal extends HTMLElement {
  #view;
  #machine;
  #process;

  get machine() {
    return this.#machine;
  }

  get process() {
    return this.#process;
  }

  get xterm() {
    return this.#view?.xterm;
  }

  connectedCallback() {
    if (this.#view) return;
    const root = this.attachShadow({ mode: 'open' });
    const style = document.createElement('style');
    style.textContent = STYLE;
    const sheet = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: XTERM_STYLE });
    const frame = Object.assign(document.createElement('div'), { className: 'frame' });
    root.append(style, sheet, frame);
    const fontSize = Number(this.getAttribute('font-size')) || 14;
    const theme = Object.assign(new EventTarget(), { terminal: COLORS });
    this.#view = new TerminalView(frame, { settings: new FixedSettings({ fontSize }), theme });
    this.#view.open();
    sheet.addEventListener('load', () => this.#view?.fit());
    this.#view.xterm.onData((data) => this.#process?.write(data));
    this.#view.xterm.onResize(({ rows, cols }) => this.#process?.resize(rows, cols));
    this.#start().catch((error) => {
      this.#view?.xterm.write(`\r\n${error.message}\r\n`);
      this.dispatchEvent(new CustomEvent('error', { detail: error }));
    });
  }

  async disconnectedCallback() {
    const [machine, view] = [this.#machine, this.#view];
    this.#machine = this.#view = this.#process = undefined;
    view?.dispose();
    await machine?.stop().catch(() => {});
  }

  #disk() {
    const address = this.getAttribute('disk');
    const url = address ? new URL(address, document.baseURI).href : SHELL_DISK;
    const name = this.getAttribute('name') ?? undefined; // nothing is kept without one
    return { kind: url.endsWith('/') ? 'chunks' : 'image', url, name };
  }

  async #start() {
    const machine = await WorkerMachine.create({ disk: this.#disk() });
    if (!this.#view) return void machine.terminate(); // it has been removed meanwhile
    this.#machine = machine;
    const [path, ...args] = (this.getAttribute('command') ?? (this.hasAttribute('disk') ? '/bin/bash -l' : '/bin/mksh -l')).split(/ +/);
    const { xterm } = this.#view;
    this.#process = await machine.spawn(path, args, {
      env: ENVIRONMENT, cwd: this.getAttribute('cwd') ?? '/root', pty: this.#view.size,
      onOutput: (bytes, shown) => xterm.write(bytes, shown),
    });
    this.dispatchEvent(new CustomEvent('started', { detail: this.#process }));
    const status = await this.#process.wait();
    this.dispatchEvent(new CustomEvent('ended', { detail: status }));
  }
}

customElements.define('elfin-terminal', ElfinTerminal);
