/** The terminals of the page and the tabs that choose among them. */
import { iconButton, make } from './elements.js';
import { listenForTabKeys } from './tab_keys.js';

/** Events: `change` (another terminal is in front), `empty`. */
export class TerminalTabs extends EventTarget {
  #bar;
  /** @type {Map<import('./shell_terminal.js').ShellTerminal, HTMLElement>} in the order of the tabs */
  #tabs = new Map();
  #current;
  #count = 0;

  /** @param {HTMLElement} bar */
  constructor(bar) {
    super();
    this.#bar = bar;
    listenForTabKeys(bar, (index) => {
      this.choose(this.all[index]);
      return this.#tabs.get(this.#current).firstElementChild;
    });
  }

  get current() {
    return this.#current;
  }

  get all() {
    return [...this.#tabs.keys()];
  }

  /** @param {import('./shell_terminal.js').ShellTerminal} terminal */
  add(terminal) {
    const id = `terminal-${++this.#count}`;
    const choose = make('button', {
      role: 'tab', id: `${id}-tab`, 'aria-controls': id, click: () => this.choose(terminal),
      keydown: ({ key }) => key === 'Delete' && this.close(terminal),
    }, terminal.title);
    terminal.frame.id = id;
    terminal.frame.setAttribute('aria-labelledby', choose.id);
    const close = iconButton('close', 'Close terminal', () => this.close(terminal));
    close.classList.add('close');
    const tab = make('div.tab', { role: 'presentation', auxclick: (event) => event.button === 1 && this.close(terminal) }, choose, close);
    this.#bar.append(tab);
    this.#tabs.set(terminal, tab);
    terminal.addEventListener('title', () => {
      choose.textContent = terminal.title;
      choose.title = terminal.title;
      if (terminal === this.#current) this.#nameDocument();
    });
    terminal.addEventListener('bell', () => {
      if (terminal !== this.#current) tab.classList.add('belled');
    });
    this.choose(terminal);
  }

  choose(terminal) {
    this.#current = terminal;
    for (const [other, tab] of this.#tabs) {
      const isCurrent = other === terminal;
      other.frame.hidden = !isCurrent;
      tab.classList.toggle('current', isCurrent);
      tab.classList.toggle('several', this.#tabs.size > 1);
      tab.firstElementChild.setAttribute('aria-selected', isCurrent);
      tab.firstElementChild.tabIndex = isCurrent ? 0 : -1;
    }
    this.#tabs.get(terminal).classList.remove('belled');
    this.#tabs.get(terminal).scrollIntoView({ block: 'nearest', inline: 'nearest' });
    terminal.view.fit();
    terminal.view.xterm.focus();
    this.#nameDocument();
    this.dispatchEvent(new Event('change'));
  }

  close(terminal) {
    const all = this.all;
    const index = all.indexOf(terminal);
    this.#tabs.get(terminal).remove();
    this.#tabs.delete(terminal);
    terminal.dispose();
    const next = all[index + 1] ?? all[index - 1];
    if (next === undefined) this.dispatchEvent(new Event('empty'));
    else this.choose(terminal === this.#current ? next : this.#current);
  }

  /** The next (1) or previous (-1) one, round and round. */
  step(by) {
    const all = this.all;
    this.choose(all[(all.indexOf(this.#current) + by + all.length) % all.length]);
  }

  #nameDocument() {
    const { title } = this.#current;
    document.title = title === 'shell' ? 'Elfin' : `${title} – Elfin`;
  }
}
