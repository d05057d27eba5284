// Two records: which rows became worse. Ratios to native are compared, never seconds.
import {table, times} from './tables.mjs';

// Why two records can't be compared, a sentence; undefined: they can.
export function incomparable(before, after) {
  for (const [key, what] of [['processor', 'processor'], ['node', 'version of Node'], ['v8', 'version of V8']]) {
    if (before[key] !== after[key]) return `another ${what}: ${before[key]} and ${after[key]}`;
  }
  if (before.quick !== after.quick) return 'one of the records is of a quick run, the other is not';
  const chromium = [before, after].map(({environments}) => environments.chromium?.version);
  if (chromium[0] && chromium[1] && chromium[0] !== chromium[1]) {
    return `another version of Chromium: ${chromium.join(' and ')}`;
  }
  return undefined;
}

// The figures that both records have. → [{suite, name, title, environment, before, after}], of each a ratio
export function common(before, after) {
  const found = new Map(before.rows.map((row) => [`${row.suite} ${row.name}`, row]));
  return after.rows.flatMap((row) => {
    const old = found.get(`${row.suite} ${row.name}`)?.environments ?? {};
    return Object.entries(row.environments)
      .filter(([name, {ratio}]) => ratio && old[name]?.ratio)
      .map(([environment, {ratio}]) => ({suite: row.suite, name: row.name, title: row.title, environment,
                                         before: old[environment].ratio, after: ratio}));
  });
}

// A figure is worse when its median is, by more than `tolerance` per cent, and the ranges don't overlap.
export const isWorse = (before, after, tolerance) =>
  after.median > before.median * (1 + tolerance / 100) && after.min > before.max;

// → [{suite, name, environment, before, after}], medians
export function becameWorse(before, after, tolerance) {
  return common(before, after)
    .filter((figure) => isWorse(figure.before, figure.after, tolerance))
    .map(({suite, name, environment, before: old, after: now}) => (
      {suite, name, environment, before: old.median, after: now.median}));
}

export function compareTable(before, after) {
  const change = (a, b) => `${b.median >= a.median ? '+' : ''}${(100 * (b.median / a.median - 1)).toFixed(1)} %`;
  const apart = (a, b) => (b.min > a.max || b.max < a.min ? 'apart' : 'overlap');
  return table([
    ['row', 'environment', 'before', 'after', 'change', 'ranges'],
    ...common(before, after).map(({suite, title, environment, before: a, after: b}) => [
      `${suite}: ${title}`, environment, times(a.median), times(b.median), change(a, b), apart(a, b)]),
  ]);
}
