/** xterm.js's add-ons that the first prompt need not wait for, as one module. */
export { SearchAddon } from '../xterm/addon-search.mjs';
export { UnicodeGraphemesAddon } from '../xterm/addon-unicode-graphemes.mjs';
export { WebLinksAddon } from '../xterm/addon-web-links.mjs';
