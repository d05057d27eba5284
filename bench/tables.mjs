// What is printed of a record.
import {geometricMean} from './figures.mjs';

// A table of strings, columns aligned: the first to the left, the rest to the right.
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => row.map((cell, column) => column === 0
    ? cell.padEnd(widths[column]) : cell.padStart(widths[column])).join('  ').trimEnd()).join('\n');
}

// Three significant digits and a unit that suits.
export function seconds(value) {
  return value >= 1 ? `${value.toPrecision(3)} s` : `${(value * 1000).toPrecision(3)} ms`;
}

export const times = (ratio) => `${ratio.toFixed(2)} ×`;
export const range = ({min, max}) => `${min.toFixed(2)}…${max.toFixed(2)}`;

const middle = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const environmentTitles = {native: 'native', elfin: 'Elfin in Node, first run',
                           'elfin-later': 'Elfin in Node, later runs', chromium: 'Elfin in Chromium',
                           'qemu-user': 'qemu-user', v86: 'v86'};
export const environmentTitle = (name) => environmentTitles[name] ?? name;

// The rows of `suite` in `record`: those with a `cell` as tables of environments by columns, the rest as one
// table, a line for each row and environment.
export function suiteReport(suite, record) {
  const rows = record.rows.filter((row) => row.suite === suite.name);
  const names = [...new Set(rows.map(({cell}) => cell?.table).filter(Boolean))];
  const plain = rows.filter(({cell}) => !cell);
  const parts = [
    ...names.map((name) => crossTable(name, rows.filter(({cell}) => cell?.table === name), suite)),
    ...(plain.length ? [rowTable(suite, plain)] : []),
  ];
  return [`${suite.name}: ${suite.title}`, ...parts, ...reasons(rows)].join('\n');
}

// → the table's cells: the header, then native in seconds, then times native by environment
export function crossCells(rows) {
  const names = [...new Set(rows.flatMap(({environments}) => Object.keys(environments)))];
  const cell = (name, {state, runs, environments: {[name]: figures}}) => {
    if (!figures) return state === 'measured' ? '' : state;
    if (figures.state !== 'measured') return figures.state;
    if (name === 'native') return `${seconds(middle(figures.samples.cpu))} (${runs} ${runs === 1 ? 'run' : 'runs'})`;
    return `${times(figures.ratio.median)} (${range(figures.ratio)})`;
  };
  return [
    ['', ...rows.map((row) => row.cell.column)],
    ...names.map((name) => [environmentTitle(name), ...rows.map((row) => cell(name, row))]),
  ];
}

const crossTable = (title, rows) => {
  const [[, ...head], ...rest] = crossCells(rows);
  return table([[title, ...head], ...rest]);
};

const columns = ['times native', 'range', 'minimum', 'native', 'Elfin', 'wall: native', 'Elfin', 'runs'];

function rowTable(suite, rows) {
  const lines = rows.flatMap((row) => {
    const others = Object.entries(row.environments).filter(([name]) => name !== 'native');
    if (others.length === 0) return [line(row, row.title, row.state, suite)];
    return others.map(([name, figures], index) => line(row, index === 0 ? row.title : `  ${environmentTitle(name)}`,
                                                figures, suite));
  });
  const extra = suite.columns ?? (rows.some(({published}) => published) ? ['published'] : []);
  return table([['', ...columns, ...extra], ...lines, ...meanLine(rows, extra)]);
}

function line(row, title, figures, suite) {
  const extraCells = suite.cells?.(figures, row) ?? (suite.name === 'published' ? [publishedCell(row)] : []);
  if (figures.state !== 'measured') {
    const state = figures.state ?? figures;
    return [title, state, ...Array(columns.length - 1).fill(''), ...extraCells];
  }
  const {ratio, samples} = figures;
  const theirs = row.environments.native.samples;
  const figure = (side) => row.unit === 'rate' ? middle(side.rate).toPrecision(4) : seconds(middle(side.cpu));
  return [title, times(ratio.median), range(ratio), times(ratio.best), figure(theirs), figure(samples),
          seconds(middle(theirs.wall)), seconds(middle(samples.wall)), `${row.runs}`, ...extraCells];
}

const publishedCell = ({published}) => (published ? times(published) : '');

function meanLine(rows, extra) {
  const ratios = rows.map(({environments}) => environments.elfin?.ratio).filter(Boolean);
  if (ratios.length < 2) return [];
  const mean = (which) => times(geometricMean(ratios.map((ratio) => ratio[which])));
  return [['geometric mean', mean('median'), '', mean('best'), ...Array(columns.length - 3 + extra.length).fill('')]];
}

// The sentences of the rows that have no figure.
function reasons(rows) {
  return rows.flatMap(({title, state, reason, environments}) => [
    ...(reason ? [`  ${title}: ${state}: ${reason}`] : []),
    ...Object.entries(environments).filter(([, figures]) => figures.reason).map(
      ([name, figures]) => `  ${title}, ${environmentTitle(name)}: ${figures.state}: ${figures.reason}`),
  ]);
}
