/**
 * What the user has chosen: kept in this browser, overridden for one visit by the address's fragment
 * (#fontSize=…&theme=…&cmd=…&cwd=…&image=…).
 */

const KEY = 'elfin-settings';

/** Name → what holds without a choice, and whether a link may carry it. */
const SETTINGS = Object.freeze({
  theme: { initial: 'system', allowed: ['system', 'light', 'dark'], inLinks: true },
  fontSize: { initial: 14, from: 8, to: 32, inLinks: true },
  fontFamily: { initial: '', inLinks: true },
  scrollback: { initial: 5000, from: 0, to: 100000 },
  screenReader: { initial: false },
  cursorBlink: { initial: false },
  keyBar: { initial: 'touch', allowed: ['touch', 'always', 'never'] },
  clipboard: { initial: 'ask', allowed: ['ask', 'write', 'allow', 'deny'] },
  /** From the next start of the machine on. */
  memoryMegabytes: { initial: 0, from: 0, to: 65536, inLinks: true },
});
export const SETTING_NAMES = Object.freeze(Object.keys(SETTINGS));

/** The value as its setting has it; undefined: it is none. */
function checked(name, value) {
  const { initial, allowed, from, to } = SETTINGS[name];
  if (allowed) return allowed.includes(value) ? value : undefined;
  if (typeof initial === 'number') {
    const number = Number(value);
    return value !== '' && number >= from && number <= to ? number : undefined;
  }
  if (typeof initial === 'boolean') return typeof value === 'boolean' ? value : undefined;
  return typeof value === 'string' && value.length < 200 && !/[;{}<>]/.test(value) ? value : undefined;
}

/** Storage that a browser may forbid. */
function readStored() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

/** Event `change`: its detail is the setting's name, or `image`: the address asks for another disk. */
export class Settings extends EventTarget {
  #chosen = {};
  #link = {};

  /** @param {string} fragment the address's, with its # */
  constructor(fragment) {
    super();
    const stored = readStored();
    for (const name of SETTING_NAMES) {
      if (name in stored) this.#chosen[name] = checked(name, stored[name]);
    }
    this.follow(fragment);
  }

  /** What a link brings holds from now on, in place of what the last one brought. @param {string} fragment with its # */
  follow(fragment) {
    const link = new URLSearchParams(fragment.slice(1));
    const before = SETTING_NAMES.map((name) => this.get(name));
    const imageBefore = this.request?.image ?? null;
    this.#link = {};
    for (const name of SETTING_NAMES) {
      if (SETTINGS[name].inLinks && link.has(name)) this.#link[name] = checked(name, link.get(name));
    }
    /** What the link asks for beside settings: text, unchecked. */
    this.request = { cmd: link.get('cmd'), cwd: link.get('cwd'), image: link.get('image') };
    SETTING_NAMES.forEach((name, index) => {
      if (this.get(name) !== before[index]) this.#tell(name);
    });
    if (this.request.image !== imageBefore) this.#tell('image');
  }

  get(name) {
    return this.#link[name] ?? this.#chosen[name] ?? SETTINGS[name].initial;
  }

  /** @returns {boolean} whether it was a value for that setting */
  set(name, value) {
    const good = checked(name, value);
    if (good === undefined) return false;
    delete this.#link[name];
    this.#chosen[name] = good;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#chosen));
    } catch {
      // It holds for this visit.
    }
    this.#tell(name);
    return true;
  }

  /** The address asks for no other disk any more. */
  dropImage() {
    if (!this.request.image) return;
    const parameters = new URLSearchParams(location.hash.slice(1));
    parameters.delete('image');
    history.replaceState(history.state, '', `${location.pathname}${location.search}${parameters.size > 0 ? `#${parameters}` : ''}`);
    this.follow(location.hash);
  }

  #tell(name) {
    this.dispatchEvent(new CustomEvent('change', { detail: name }));
  }

  /**
   * An address that brings these settings to somebody else, with what it is to start with.
   * @param {{cmd?: string, cwd?: string, image?: string | null}} [request] `image`: default: the one of this page's address
   */
  link({ cmd, cwd, image = this.request.image } = {}) {
    const parameters = new URLSearchParams();
    for (const name of SETTING_NAMES) {
      const isOwn = this.get(name) !== SETTINGS[name].initial;
      if (SETTINGS[name].inLinks && isOwn) parameters.set(name, this.get(name));
    }
    if (image) parameters.set('image', image);
    if (cmd) parameters.set('cmd', cmd);
    if (cwd) parameters.set('cwd', cwd);
    const address = new URL(location.href);
    address.hash = parameters.toString();
    return address.href;
  }
}
