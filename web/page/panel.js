/** The panel beside the terminals: its parts, one at a time. */
import { iconButton, make } from './elements.js';
import { listenForTabKeys } from './tab_keys.js';

/** A part: `element`, `title`, and `show()` and `hide()` around the time that it is seen. */
export class Panel {
  #place;
  #button;
  #parts;
  #tabs = new Map();
  #current;
  #onClose;

  /**
   * @param {HTMLElement} place
   * @param {{button: HTMLElement, parts: object[], onClose: () => void}} options
   */
  constructor(place, { button, parts, onClose }) {
    this.#place = place;
    this.#button = button;
    this.#parts = parts;
    this.#onClose = onClose;
    const list = make('div', { role: 'tablist', 'aria-label': 'Parts of the panel' }, ...parts.map((part) => this.#makeTab(part)));
    listenForTabKeys(list, (index) => {
      this.open(parts[index]);
      return this.#tabs.get(parts[index]);
    });
    place.append(make('nav', {}, list, iconButton('close', 'Close the panel', () => this.close())),
      ...parts.map(({ element }) => element));
    // Also where a button that had the focus is gone.
    document.addEventListener('keydown', ({ key, target }) => {
      if (key === 'Escape' && this.isOpen && (target === document.body || place.contains(target))) this.close();
    });
    button.addEventListener('click', () => this.toggle());
  }

  #makeTab(part) {
    const id = `panel-${part.title.toLowerCase()}`;
    const tab = make('button', { role: 'tab', id: `${id}-tab`, 'aria-controls': id, click: () => this.open(part) }, part.title);
    part.element.id = id;
    part.element.setAttribute('role', 'tabpanel');
    part.element.setAttribute('aria-labelledby', tab.id);
    this.#tabs.set(part, tab);
    return tab;
  }

  get isOpen() {
    return !this.#place.hidden;
  }

  toggle() {
    if (this.isOpen) this.close();
    else this.open(this.#current ?? this.#parts[0]);
  }

  open(part) {
    if (this.isOpen && part === this.#current) return;
    if (this.isOpen) this.#current.hide?.();
    this.#current = part;
    this.#place.hidden = false;
    this.#button.setAttribute('aria-expanded', 'true');
    for (const [other, tab] of this.#tabs) {
      other.element.hidden = other !== part;
      tab.setAttribute('aria-selected', other === part);
      tab.tabIndex = other === part ? 0 : -1;
    }
    part.show?.();
    this.#tabs.get(part).focus();
  }

  close() {
    if (!this.isOpen) return;
    this.#current.hide?.();
    this.#place.hidden = true;
    this.#button.setAttribute('aria-expanded', 'false');
    this.#onClose();
  }
}
