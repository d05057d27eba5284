/** Light and dark: the page's own colours are in style/page.css; those of a terminal's 16 are here. */

const LIGHT = Object.freeze({
  background: '#faf9f7', foreground: '#23262b', cursor: '#17795f', cursorAccent: '#faf9f7',
  selectionBackground: '#17795f33', selectionInactiveBackground: '#17795f1f',
  scrollbarSliderBackground: '#23262b22', scrollbarSliderHoverBackground: '#23262b44',
  scrollbarSliderActiveBackground: '#23262b66',
  black: '#23262b', red: '#b3261e', green: '#2b7a3d', yellow: '#8a6100', blue: '#2058b5', magenta: '#87399b',
  cyan: '#0b7285', white: '#8b8f96', brightBlack: '#62666d', brightRed: '#cf3d33', brightGreen: '#358a4a',
  brightYellow: '#9c7000', brightBlue: '#2f6fd6', brightMagenta: '#a04bb5', brightCyan: '#0f8499', brightWhite: '#5a5e65',
});
const DARK = Object.freeze({
  background: '#14161a', foreground: '#d9dde4', cursor: '#6cc6a4', cursorAccent: '#14161a',
  selectionBackground: '#6cc6a440', selectionInactiveBackground: '#6cc6a426',
  scrollbarSliderBackground: '#d9dde41c', scrollbarSliderHoverBackground: '#d9dde438',
  scrollbarSliderActiveBackground: '#d9dde454',
  black: '#2c313a', red: '#ef8079', green: '#84c98b', yellow: '#dfb567', blue: '#7fb0f5', magenta: '#cf96dd',
  cyan: '#6fc7cf', white: '#c4c9d2', brightBlack: '#828a98', brightRed: '#ff9c94', brightGreen: '#a0e0a6',
  brightYellow: '#f2cd86', brightBlue: '#a0c6ff', brightMagenta: '#e2b1ee', brightCyan: '#90dee5', brightWhite: '#f3f5f8',
});

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

/** Event `change`: the system or the user has changed it. */
export class Theme extends EventTarget {
  #settings;

  /** @param {import('./settings.js').Settings} settings */
  constructor(settings) {
    super();
    this.#settings = settings;
    systemIsDark.addEventListener('change', () => this.#apply());
    settings.addEventListener('change', ({ detail }) => {
      if (detail === 'theme') this.#apply();
    });
    this.#apply();
  }

  get isDark() {
    const wish = this.#settings.get('theme');
    return wish === 'system' ? systemIsDark.matches : wish === 'dark';
  }

  /** For xterm.js. */
  get terminal() {
    return this.isDark ? DARK : LIGHT;
  }

  /** A colour of the page's. */
  color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  }

  #apply() {
    document.documentElement.dataset.theme = this.isDark ? 'dark' : 'light';
    document.documentElement.style.colorScheme = this.isDark ? 'dark' : 'light';
    this.dispatchEvent(new Event('change'));
  }
}
