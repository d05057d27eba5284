/** Search in what a terminal has shown. */
import { iconButton, make } from './elements.js';

export class SearchBar {
  #bar;
  #input = make('input', { type: 'search', 'aria-label': 'Search in the terminal', placeholder: 'Search' });
  #count = make('output');
  #terminal;
  #listening;
  #theme;

  /** @param {import('./themes.js').Theme} theme */
  constructor(theme) {
    this.#theme = theme;
    this.#bar = make('div.search', { role: 'search' }, this.#input, this.#count,
      iconButton('previous', 'Previous match', () => this.#find('findPrevious')),
      iconButton('next', 'Next match', () => this.#find('findNext')),
      iconButton('close', 'Close search', () => this.close()));
    this.#input.addEventListener('input', () => this.#find('findNext', { incremental: true }));
    this.#bar.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** @param {import('./shell_terminal.js').ShellTerminal} terminal */
  open(terminal) {
    this.close();
    this.#terminal = terminal;
    terminal.frame.append(this.#bar);
    this.#input.select();
    this.#input.focus();
    terminal.ready.then(() => this.#listen(terminal));
  }

  /** What finds something is there, perhaps later than the first letters. */
  #listen(terminal) {
    if (terminal !== this.#terminal) return;
    this.#listening = terminal.view.search.onDidChangeResults(({ resultIndex, resultCount }) => {
      this.#count.textContent = resultCount === 0 ? 'none' : `${resultIndex + 1}/${resultCount}`;
    });
    this.#find('findNext', { incremental: true });
  }

  close() {
    if (!this.#terminal) return;
    this.#listening?.dispose();
    this.#listening = undefined;
    this.#terminal.view.search?.clearDecorations();
    this.#bar.remove();
    this.#count.textContent = '';
    const terminal = this.#terminal;
    this.#terminal = undefined;
    terminal.view.xterm.focus();
  }

  #find(direction, options = {}) {
    if (this.#input.value === '') {
      this.#count.textContent = '';
      this.#terminal?.view.search?.clearDecorations();
      return;
    }
    const accent = this.#theme.color('accent');
    const decorations = {
      matchBackground: '#c9a22755', activeMatchBackground: '#e0a458', matchOverviewRuler: accent,
      activeMatchColorOverviewRuler: accent,
    };
    this.#terminal?.view.search?.[direction](this.#input.value, { ...options, decorations });
  }

  #onKey({ key, shiftKey }) {
    if (key === 'Escape') this.close();
    if (key === 'Enter') this.#find(shiftKey ? 'findPrevious' : 'findNext');
  }
}
