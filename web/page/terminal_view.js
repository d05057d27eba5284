/**
 * One xterm.js on the page: how it looks, its add-ons, its size. What is typed and shown belongs to
 * shell_terminal.js.
 */
import { FitAddon } from '../xterm/addon-fit.mjs';
import { Terminal } from '../xterm/xterm.mjs';

const MONOSPACE = 'ui-monospace, "SF Mono", "Cascadia Mono", "Segoe UI Mono", "Roboto Mono", Menlo, Consolas, ' +
  '"DejaVu Sans Mono", "Liberation Mono", monospace';
const SHOWN_SETTINGS = ['fontSize', 'fontFamily', 'scrollback', 'screenReader', 'cursorBlink'];

/** Links of a terminal lead to the web and nowhere else. */
function openLink(text) {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) return;
  open(text, '_blank', 'noopener,noreferrer');
}

/** Without a graphics processor a browser may draw WebGL itself, which holds the page up. */
function hasFastWebGl() {
  const context = new OffscreenCanvas(1, 1).getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (context === null) return false;
  const details = context.getExtension('WEBGL_debug_renderer_info');
  const name = details ? context.getParameter(details.UNMASKED_RENDERER_WEBGL) : '';
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return !/swiftshader|llvmpipe|software/i.test(name);
}

/** xterm.js gives the thread back between the pieces that it gets, never within one, and its parser is slow at first. */
const PIECE = 32 << 10;

/**
 * Shows text without holding up the page's thread for long.
 * @param {import('../xterm/xterm.mjs').Terminal} xterm
 * @param {string | Uint8Array} data
 * @param {() => void} [shown] all of it has been shown
 */
export function print(xterm, data, shown) {
  const part = (begin, end) => (typeof data === 'string' ? data.slice(begin, end) : data.subarray(begin, end));
  let at = 0;
  for (; data.length - at > PIECE; at += PIECE) xterm.write(part(at, at + PIECE));
  xterm.write(part(at), shown);
}

export class TerminalView {
  #settings;
  #theme;
  #fit = new FitAddon();
  #hint = document.createElement('div');
  #resizes;

  /**
   * @param {HTMLElement} frame
   * @param {{settings: import('./settings.js').Settings, theme: import('./themes.js').Theme}} options
   */
  constructor(frame, { settings, theme }) {
    this.frame = frame;
    this.#settings = settings;
    this.#theme = theme;
    this.#hint.className = 'link-hint';
    this.#hint.hidden = true;
    this.xterm = new Terminal({
      ...this.#look(),
      theme: theme.terminal,
      allowProposedApi: true, // unicode versions
      cursorStyle: 'block',
      lineHeight: 1.15,
      macOptionIsMeta: true,
      rightClickSelectsWord: false,
      linkHandler: this.#linkHandler(),
    });
    this.xterm.loadAddon(this.#fit);
    settings.addEventListener('change', ({ detail }) => {
      if (SHOWN_SETTINGS.includes(detail)) this.#restyle();
    });
    theme.addEventListener('change', () => void (this.xterm.options.theme = theme.terminal));
  }

  /** Draws it; resolves when the add-ons that come later are there. */
  open() {
    this.frame.append(this.#hint);
    this.xterm.open(this.frame);
    this.fit();
    this.#resizes = new ResizeObserver(() => this.fit());
    this.#resizes.observe(this.frame);
    return this.#loadAddOns();
  }

  /** As many rows and columns as there is room for. */
  fit() {
    if (this.frame.clientWidth === 0) return; // hidden: its size stays
    this.#fit.fit();
  }

  get size() {
    return { rows: this.xterm.rows, columns: this.xterm.cols };
  }

  dispose() {
    this.#resizes?.disconnect();
    this.xterm.dispose();
    this.frame.remove();
  }

  #look() {
    const family = this.#settings.get('fontFamily');
    return {
      fontSize: this.#settings.get('fontSize'),
      fontFamily: family ? `${family}, ${MONOSPACE}` : MONOSPACE,
      scrollback: this.#settings.get('scrollback'),
      screenReaderMode: this.#settings.get('screenReader'),
      cursorBlink: this.#settings.get('cursorBlink'),
    };
  }

  #restyle() {
    Object.assign(this.xterm.options, this.#look());
    this.fit();
  }

  #linkHandler() {
    return {
      activate: (event, text) => openLink(text),
      hover: (event, text) => this.#showHint(text),
      leave: () => this.#showHint(''),
    };
  }

  /** Where a link leads stands below, since its text may say something else. */
  #showHint(text) {
    this.#hint.textContent = text;
    this.#hint.hidden = text === '';
  }

  /** What the first prompt need not wait for. */
  async #loadAddOns() {
    const { SearchAddon, useGuestWidths, WebLinksAddon } = await import('./later_add_ons.js');
    const handler = this.#linkHandler();
    this.xterm.loadAddon(new WebLinksAddon((event, text) => openLink(text), handler));
    useGuestWidths(this.xterm);
    this.search = new SearchAddon();
    this.xterm.loadAddon(this.search);
    await this.#drawByWebGl();
  }

  /** Quicker than elements, where there is a graphics processor and as long as it is there. */
  async #drawByWebGl() {
    if (!hasFastWebGl()) return;
    try {
      const { WebglAddon } = await import('../xterm/addon-webgl.mjs');
      const webgl = new WebglAddon();
      webgl.onContextLoss(() => webgl.dispose());
      this.xterm.loadAddon(webgl);
    } catch {
      // Elements it is.
    }
  }
}
