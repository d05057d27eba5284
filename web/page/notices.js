/** Notices at the edge of the page, and questions. */
import { showDialog } from './dialog.js';
import { button, iconButton, make } from './elements.js';

const STAYS_MS = 8000;
/** Of those that go by themselves. */
const PASSING_AT_MOST = 5;

export class Notices {
  #place;
  /** Texts that are to be seen now, by showOnce. */
  #shown = new Set();
  /** Oldest first. @type {HTMLElement[]} */
  #passing = [];

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place;
  }

  /** As `show`, unless the same can still be seen. */
  showOnce(text, options) {
    if (this.#shown.has(text)) return;
    this.#shown.add(text);
    setTimeout(() => this.#shown.delete(text), STAYS_MS);
    this.show(text, options);
  }

  /**
   * @param {string} text
   * @param {{kind?: '' | 'warn' | 'bad', actions?: Record<string, () => void>, lasting?: boolean,
   *   progress?: boolean}} [options] what asks for an action stays, as what is `lasting` or shows
   *   progress, until it is closed; others go after a while, or when many have come after them
   * @returns {{update: (text: string, share?: number) => void, close: () => void}}
   */
  show(text, { kind = '', actions = {}, lasting = false, progress = false } = {}) {
    const line = make('p', {}, text);
    const close = () => notice.remove();
    const bar = progress ? make('progress', { max: 1 }) : undefined;
    const names = Object.keys(actions);
    const row = names.length === 0 ? undefined : make('div.row', {}, ...names.map((name) => button(name, () => {
      close();
      actions[name]();
    })));
    const notice = make(`div.notice${kind && `.${kind}`}`, {}, line, iconButton('close', 'Dismiss', close), bar, row);
    this.#place.append(notice);
    if (!lasting && !progress && names.length === 0) this.#letPass(notice);
    const update = (newText, share) => {
      line.textContent = newText;
      if (share !== undefined) bar.value = share;
    };
    return { update, close };
  }

  #letPass(notice) {
    this.#passing = [...this.#passing, notice].filter(({ isConnected }) => isConnected);
    while (this.#passing.length > PASSING_AT_MOST) this.#passing.shift().remove();
    setTimeout(() => notice.remove(), STAYS_MS);
  }
}

/**
 * A question that has to be answered.
 * @param {{title: string, text: string, answers: Record<string, string>, danger?: boolean}} question `answers`: what
 *   each button says, by what it stands for; the last one is what one usually wants
 * @returns {Promise<string | undefined>} undefined: put aside by Esc
 */
export function ask({ title, text, answers, danger = false }) {
  const entries = Object.entries(answers);
  const buttons = entries.map(([answer, label], index) => {
    const isLast = index === entries.length - 1;
    return button(label, () => dialog.close(answer), isLast ? (danger ? 'danger' : 'primary') : '');
  });
  const dialog = make('dialog', { 'aria-labelledby': 'question' },
    make('h1', { id: 'question' }, title), make('p', {}, text), make('div.row', {}, ...buttons));
  return showDialog(dialog, buttons.at(danger ? 0 : -1));
}
