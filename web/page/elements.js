/** Elements of the page, made in one expression. Text goes in as text: nothing is ever parsed as HTML. */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @param {string} tag with classes behind dots: 'button.primary'
 * @param {Record<string, any>} [properties] functions listen to the event of that name (`click`); the others are
 *   attributes, left out where they are false or undefined
 * @param {...(Node | string | undefined)} children
 */
export function make(tag, properties = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(' ');
  if (name === 'button') element.type = 'button';
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(key, value);
    else if (value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

const SHAPES = Object.freeze({
  close: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  download: 'M10 4v8.5M6.5 9.5L10 13l3.5-3.5M4.5 16h11',
  up: 'M10 16V5M5.5 9L10 4.5 14.5 9',
  next: 'M5 8l5 5 5-5',
  previous: 'M5 12l5-5 5 5',
  folder: 'M3 6.5a1 1 0 0 1 1-1h4l1.5 2H16a1 1 0 0 1 1 1V15a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1z',
  file: 'M6 3.5h5l3.5 3.5v9.5H6zM11 3.5V7h3.5',
});

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', SHAPES[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, click) {
  return make('button.icon', { 'aria-label': label, title: label, click }, icon(name));
}

export const button = (label, click, kind = '') => make(`button.button${kind && `.${kind}`}`, { click }, label);
