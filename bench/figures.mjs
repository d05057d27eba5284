// The arithmetic of the benchmarks: from lists of processor times to ratios.

// The smallest and the middle one of a list of numbers.
export function minAndMedian(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return {min: sorted[0], median};
}

// How many times native: minimum by minimum and median by median. `start` is what an empty Node
// takes, and no part of running the guest: it is taken off first. Lists of seconds.
// → {ratio, native, elfin, start}, each {min, median}; `elfin` is with the start
export function timesNative({native, elfin, start}) {
  const figures = {native: minAndMedian(native), elfin: minAndMedian(elfin), start: minAndMedian(start)};
  const ratio = (which) => (figures.elfin[which] - figures.start[which]) / figures.native[which];
  return {ratio: {min: ratio('min'), median: ratio('median')}, ...figures};
}

export function geometricMean(values) {
  if (values.length === 0 || values.some((value) => !(value > 0))) return NaN;
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

// Of several programs' figures ({name, ratio}): the geometric mean of their ratios, and the program
// that is slowest beside native, by minimum.
export function summary(programs) {
  const all = (which) => geometricMean(programs.map(({ratio}) => ratio[which]));
  const worst = programs.reduce((a, b) => (b.ratio.min > a.ratio.min ? b : a));
  return {geometricMean: {min: all('min'), median: all('median')},
          worst: {name: worst.name, ...worst.ratio}};
}
