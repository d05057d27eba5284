/** The panel's settings: a control for each, links that carry them, and the keys of the page. */
import { button, make } from './elements.js';
import { writeClipboard } from './user_clipboard.js';

const CONTROLS = Object.freeze([
  ['theme', 'Theme', { system: 'As the system', light: 'Light', dark: 'Dark' }],
  ['fontSize', 'Font size', { type: 'number', min: 8, max: 32 }],
  ['fontFamily', 'Font', { type: 'text', placeholder: 'monospace' }],
  ['scrollback', 'Lines kept', { type: 'number', min: 0, max: 100000, step: 1000 }],
  ['cursorBlink', 'Cursor blinks', { type: 'checkbox' }],
  ['screenReader', 'Screen reader', { type: 'checkbox' }],
  ['keyBar', 'Key bar', { touch: 'On touch screens', always: 'Always', never: 'Never' }],
  ['clipboard', 'Programs\' clipboard', { ask: 'Ask', write: 'Copy', allow: 'Copy and paste', deny: 'No' }],
]);
const MEMORY = Object.freeze(['memoryMegabytes', 'Memory limit, MB', { type: 'number', min: 0, max: 65536, step: 256 }]);

/** Also what shortcuts.js does. */
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
  #notices;
  #currentFolder;
  /** Name → shows what holds now. */
  #showers = new Map();
  #image = make('input', { type: 'url', placeholder: 'this site\'s', change: () => this.#chooseImage() });
  #command = make('input', { type: 'text', placeholder: 'none', spellcheck: 'false', autocomplete: 'off' });
  #inFolder = make('input', { type: 'checkbox' });

  /** @param {{settings: object, notices: object, currentFolder: () => Promise<string>}} services of the shell in front */
  constructor({ settings, notices, currentFolder }) {
    this.#settings = settings;
    this.#notices = notices;
    this.#currentFolder = currentFolder;
    this.#showers.set('image', () => this.#showImage());
    this.#showImage();
    this.element.append(
      make('h2', {}, 'Appearance and behaviour'), ...CONTROLS.map((control) => this.#control(...control)),
      make('h2', {}, 'Machine'), setting('Disk image', this.#image), this.#control(...MEMORY),
      make('p.quiet', {}, 'Both hold from the machine\'s next start on; 0 MB is no limit.'),
      make('h2', {}, 'Link'), make('p.quiet', {}, 'An address that opens this page with these settings, and offers a command.'),
      setting('Command', this.#command), setting('In the current folder', this.#inFolder),
      make('div.row', {}, button('Copy the link', () => this.#copyLink())),
      make('h2', {}, 'Keys'),
      make('dl.figures', {}, ...KEYS.flatMap(([keys, what]) => [make('dt', {}, what), make('dd', {}, make('kbd', {}, keys))])));
    settings.addEventListener('change', ({ detail }) => this.#showers.get(detail)?.());
  }

  #control(name, label, kind) {
    return setting(label, kind.type ? this.#input(name, kind) : this.#select(name, kind));
  }

  #select(name, options) {
    const choices = Object.entries(options).map(([value, text]) => make('option', { value }, text));
    const select = make('select', { change: () => this.#settings.set(name, select.value) }, ...choices);
    this.#keepShown(name, (value) => void (select.value = value));
    return select;
  }

  #input(name, attributes) {
    const isBox = attributes.type === 'checkbox';
    const change = () => {
      if (!this.#settings.set(name, isBox ? input.checked : input.value)) input.value = this.#settings.get(name);
    };
    const input = make('input', { ...attributes, change });
    this.#keepShown(name, (value) => void (input[isBox ? 'checked' : 'value'] = value));
    return input;
  }

  /** Now, and whenever a link or another control has changed it. */
  #keepShown(name, show) {
    const shower = () => show(this.#settings.get(name));
    this.#showers.set(name, shower);
    shower();
  }

  /** The one of the page's address, also when the user has thought better of another. */
  #showImage() {
    this.#image.value = this.#settings.request.image ?? '';
  }

  /** By the page's address, so it is kept with it, and the questions of a link are asked. */
  #chooseImage() {
    location.hash = new URL(this.#settings.link({ image: this.#image.value.trim() || null })).hash;
  }

  async #copyLink() {
    const cwd = this.#inFolder.checked ? await this.#currentFolder() : undefined;
    const link = this.#settings.link({ cmd: this.#command.value.trim(), cwd });
    if (await writeClipboard(link)) this.#notices.show('The link is in the clipboard.');
    else this.#notices.show(link, { lasting: true });
  }
}

const setting = (label, control) => make('label.setting', {}, make('span', {}, label), control);
