/** A terminal in an element of the page: what setConsole offers. xterm.js comes with it, so it is fetched only when wanted. */
import { TerminalView } from '../page/terminal_view.js';

const XTERM_STYLE = new URL('../xterm/xterm.css', import.meta.url).href;
const SETTINGS = Object.freeze({ fontSize: 14, fontFamily: '', scrollback: 5000, screenReader: false, cursorBlink: true });

/** Once a page; resolves when sizes can be measured by it. */
async function addStyle() {
  if (document.querySelector(`link[href="${XTERM_STYLE}"]`)) return;
  const sheet = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: XTERM_STYLE });
  const loaded = new Promise((resolve) => ['load', 'error'].forEach((event) => sheet.addEventListener(event, resolve)));
  document.head.append(sheet);
  await loaded;
}

/**
 * @param {HTMLElement} element what is in it goes
 * @returns {Promise<TerminalView>} as large as the element, and at least some lines high
 */
export async function openConsole(element) {
  await addStyle();
  const frame = document.createElement('div');
  Object.assign(frame.style, { height: '100%', minHeight: '24em', overflow: 'hidden' });
  element.replaceChildren(frame);
  const settings = Object.assign(new EventTarget(), { get: (name) => SETTINGS[name] });
  const view = new TerminalView(frame, { settings, theme: Object.assign(new EventTarget(), { terminal: {} }) });
  view.open();
  return view;
}
