/** The keys that a phone's keyboard lacks, and those that browsers keep for themselves. */
import { make } from './elements.js';

/** What is on the key → what it types; a name alone changes the next key. */
const KEYS = Object.freeze([
  ['Esc', '\x1b'], ['Tab', '\t'], ['Ctrl', undefined], ['Alt', undefined],
  ['←', '\x1b[D'], ['↑', '\x1b[A'], ['↓', '\x1b[B'], ['→', '\x1b[C'],
  ['^C', '\x03'], ['^D', '\x04'], ['^W', '\x17'], ['^N', '\x0e'], ['^T', '\x14'],
  ['/', '/'], ['-', '-'], ['|', '|'], ['~', '~'], ['Home', '\x1b[H'], ['End', '\x1b[F'],
  ['PgUp', '\x1b[5~'], ['PgDn', '\x1b[6~'],
]);
const SPOKEN = Object.freeze({ '←': 'Left', '↑': 'Up', '↓': 'Down', '→': 'Right' });

/** As a terminal sends them: a letter (cursor keys, Home, End) or a number (Page Up and others). */
const SPECIAL_KEY = /^\x1b(?:[[O]([A-DHF])|\[(\d+)~)$/;

/** Ctrl and a character: the control code; what has none stays as it is. */
export function withControl(key) {
  const code = key.toUpperCase().charCodeAt(0);
  if (key === ' ') return '\0';
  if (key === '?') return '\x7f';
  return code >= 0x40 && code <= 0x5f ? String.fromCharCode(code & 0x1f) : key;
}

export class KeyBar {
  #place;
  #settings;
  #tabs;
  #modifiers = new Map();

  /**
   * @param {HTMLElement} place
   * @param {{settings: object, tabs: import('./terminal_tabs.js').TerminalTabs}} services
   */
  constructor(place, { settings, tabs }) {
    this.#place = place;
    this.#settings = settings;
    this.#tabs = tabs;
    place.append(...KEYS.map(([name, data]) => this.#makeKey(name, data)));
    // The terminal keeps the focus, and with it the phone's keyboard.
    place.addEventListener('pointerdown', (event) => event.preventDefault());
    const touch = matchMedia('(pointer: coarse)');
    const show = () => {
      const wish = settings.get('keyBar');
      place.hidden = wish === 'never' || (wish === 'touch' && !touch.matches);
    };
    touch.addEventListener('change', show);
    settings.addEventListener('change', show);
    show();
  }

  #makeKey(name, data) {
    const label = SPOKEN[name] ?? name;
    if (data !== undefined) {
      return make('button', { 'aria-label': label, click: () => this.#press(data) }, name);
    }
    const key = make('button', { 'aria-label': label, 'aria-pressed': 'false', click: () => this.#toggle(name) }, name);
    this.#modifiers.set(name, key);
    return key;
  }

  #press(data) {
    const { current } = this.#tabs;
    const cursorKey = /^\x1b\[([A-DHF])$/.exec(data);
    const inApplication = current.view.xterm.modes.applicationCursorKeysMode;
    current.typeText(cursorKey && inApplication ? `\x1bO${cursorKey[1]}` : data);
  }

  #toggle(name) {
    const key = this.#modifiers.get(name);
    key.setAttribute('aria-pressed', key.getAttribute('aria-pressed') !== 'true');
    this.#tabs.current.view.xterm.focus();
  }

  #take(name) {
    const key = this.#modifiers.get(name);
    const isDown = key.getAttribute('aria-pressed') === 'true';
    key.setAttribute('aria-pressed', 'false');
    return isDown;
  }

  /** What a key becomes with the modifiers that are down; they hold for one key. */
  modify = (data) => {
    const special = SPECIAL_KEY.exec(data);
    // What xterm.js reports by itself (the mouse, the focus, where the cursor is) is no key.
    if (data.length > 1 && data.startsWith('\x1b') && !special) return data;
    const control = this.#take('Ctrl');
    const alt = this.#take('Alt');
    if (special && (control || alt)) {
      const modifiers = 1 + (alt ? 2 : 0) + (control ? 4 : 0);
      return special[1] ? `\x1b[1;${modifiers}${special[1]}` : `\x1b[${special[2]};${modifiers}~`;
    }
    const key = control && data.length === 1 ? withControl(data) : data;
    return alt ? `\x1b${key}` : key;
  };
}
