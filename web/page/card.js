/** A card in the place of a terminal: what happened, and the ways on. */
import { make } from './elements.js';

/** @param {{title: string, text: string}} what @param {HTMLButtonElement[]} buttons the last one is what one usually wants */
export const makeCard = ({ title, text }, buttons) =>
  make('div.card', { role: 'alertdialog', 'aria-label': title }, make('div', {},
    make('h1', {}, title), make('p', {}, text), make('div.row', {}, ...buttons)));
