/** xterm.js's add-ons that the first prompt need not wait for, as one module. */
export { useGuestWidths } from './guest_widths.js';
export { SearchAddon } from '../xterm/addon-search.mjs';
export { WebLinksAddon } from '../xterm/addon-web-links.mjs';
