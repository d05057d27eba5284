// A plot of a record: a bar a figure, times native, on a scale of powers of two, ranges as whiskers.
import {environmentTitle} from './tables.mjs';

const colours = {elfin: '#2a6fb0', 'elfin-later': '#7fb2e0', chromium: '#e0902f', 'qemu-user': '#8a8a8a', v86: '#b8b8b8'};
const otherColour = '#666666';
const width = 760, left = 250, right = 80, top = 56, bar = 14, gap = 5, rowGap = 6;

const escape = (text) => text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);

// The figures, row by row. → [{label, bars: [{environment, ratio}]}]
function bars(record) {
  return record.rows.map(({suite, title, environments}) => ({
    label: `${suite}: ${title}`,
    bars: Object.entries(environments).filter(([, {ratio}]) => ratio?.median > 0).map(
      ([environment, {ratio}]) => ({environment, ratio})),
  })).filter((row) => row.bars.length > 0);
}

// → the text of an SVG file
export function plot(record) {
  const rows = bars(record);
  const all = rows.flatMap((row) => row.bars);
  const highest = Math.max(2, ...all.map(({ratio}) => ratio.max));
  const lowest = Math.min(1, ...all.map(({ratio}) => Math.max(ratio.min, 1 / 64)));
  const [from, to] = [Math.floor(Math.log2(lowest)), Math.ceil(Math.log2(highest))];
  const x = (ratio) => left + (Math.log2(Math.max(ratio, lowest)) - from) / (to - from) * (width - left - right);
  const heightOf = (row) => row.bars.length * (bar + gap) + rowGap;
  const height = top + rows.reduce((sum, row) => sum + heightOf(row), 0) + 30;
  const ticks = Array.from({length: to - from + 1}, (_, index) => 2 ** (from + index));
  let y = top;
  const drawn = rows.flatMap((row) => {
    const started = y;
    y += heightOf(row);
    return [text(left - 8, started + bar - 3, row.label, 'end'),
            ...row.bars.flatMap((one, index) => drawBar(one, x, started + index * (bar + gap)))];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      'font-family="sans-serif" font-size="12">',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(12, 20, 'Times native: shorter is faster; 1 × is this machine itself', 'start', 'font-weight="bold"'),
    ...legend([...new Set(all.map(({environment}) => environment))]),
    ...ticks.flatMap((ratio) => [
      `<line x1="${at(x(ratio))}" y1="${top - 6}" x2="${at(x(ratio))}" y2="${height - 24}" ` +
        `stroke="${ratio === 1 ? '#202020' : '#dddddd'}"/>`,
      text(x(ratio), height - 8, `${ratio} ×`, 'middle'),
    ]),
    ...drawn,
    '</svg>', '',
  ].join('\n');
}

const at = (position) => position.toFixed(1);

function text(x, y, words, anchor, more = '') {
  return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" ${more} fill="#202020">${escape(words)}</text>`;
}

function drawBar({environment, ratio}, x, y) {
  const [zero, end] = [x(1), x(ratio.median)].sort((a, b) => a - b);
  const middle = y + bar / 2;
  return [
    `<rect x="${at(zero)}" y="${at(y)}" width="${at(Math.max(1, end - zero))}" height="${bar}" ` +
      `fill="${colours[environment] ?? otherColour}"/>`,
    `<line x1="${at(x(ratio.min))}" y1="${at(middle)}" x2="${at(x(ratio.max))}" y2="${at(middle)}" stroke="#202020"/>`,
    text(Math.max(x(ratio.max), end) + 6, y + bar - 3, `${ratio.median.toFixed(2)} ×`, 'start'),
  ];
}

function legend(environments) {
  return environments.flatMap((environment, index) => {
    const x = 12 + index * 185;
    return [`<rect x="${x}" y="30" width="12" height="12" fill="${colours[environment] ?? otherColour}"/>`,
            text(x + 18, 40, environmentTitle(environment), 'start')];
  });
}
