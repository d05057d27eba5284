/** The panel's settings: a control for each, and the keys of the page. */
import { button, make } from './elements.js';

const CONTROLS = Object.freeze([
  ['theme', 'Theme', { system: 'As the system', light: 'Light', dark: 'Dark' }],
  ['fontSize', 'Font size', { type: 'number', min: 8, max: 32 }],
  ['fontFamily', 'Font', { type: 'text', placeholder: 'monospace' }],
  ['scrollback', 'Lines kept', { type: 'number', min: 0, max: 100000, step: 1000 }],
  ['cursorBlink', 'Cursor blinks', { type: 'checkbox' }],
  ['screenReader', 'Screen reader', { type: 'checkbox' }],
  ['keyBar', 'Key bar', { touch: 'On touch screens', always: 'Always', never: 'Never' }],
  ['memoryMegabytes', 'Memory, MB (0: no limit)', { type: 'number', min: 0, max: 65536, step: 256 }],
  ['clipboard', 'Programs use the clipboard', { ask: 'Ask', allow: 'Yes', deny: 'No' }],
]);

/** Also what keys.js does. */
export const KEYS = Object.freeze([
  ['Ctrl+Shift+Enter', 'New terminal'],
  ['Ctrl+Shift+←, →', 'Other terminal'],
  ['Ctrl+Shift+C, V', 'Copy, paste'],
  ['Ctrl+Shift+F', 'Search'],
  ['Ctrl+Shift+O', 'This panel'],
  ['Ctrl+Shift+E', 'Leave the terminal, to the bar'],
]);

export class SettingsPart {
  title = 'Settings';
  element = make('section');
  #settings;

  constructor({ settings, notices }) {
    this.#settings = settings;
    this.element.append(
      make('h2', {}, 'Appearance and behaviour'), ...CONTROLS.map((control) => this.#control(...control)),
      make('h2', {}, 'Link'), make('p.quiet', {}, 'An address that opens this page with these settings.'),
      make('div.row', {}, button('Copy the link', () => copyLink(settings.link(), notices))),
      make('h2', {}, 'Keys'),
      make('dl.figures', {}, ...KEYS.flatMap(([keys, what]) => [make('dt', {}, what), make('dd', {}, make('kbd', {}, keys))])));
  }

  #control(name, label, kind) {
    const input = kind.type ? this.#input(name, kind) : this.#select(name, kind);
    return make('label.setting', {}, make('span', {}, label), input);
  }

  #select(name, options) {
    const choices = Object.entries(options).map(([value, text]) => make('option', { value }, text));
    const select = make('select', { change: () => this.#settings.set(name, select.value) }, ...choices);
    select.value = this.#settings.get(name);
    return select;
  }

  #input(name, attributes) {
    const isBox = attributes.type === 'checkbox';
    const change = () => {
      if (!this.#settings.set(name, isBox ? input.checked : input.value)) input.value = this.#settings.get(name);
    };
    const input = make('input', { ...attributes, change });
    if (isBox) input.checked = this.#settings.get(name);
    else input.value = this.#settings.get(name);
    return input;
  }
}

async function copyLink(link, notices) {
  try {
    await navigator.clipboard.writeText(link);
    notices.show('The link is in the clipboard.');
  } catch {
    notices.show(link, { lasting: true });
  }
}
