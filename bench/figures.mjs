// The arithmetic of the benchmarks: from samples to ratios.

// Middle, smallest and largest of a list of numbers. → {median, min, max}
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return {median, min: sorted[0], max: sorted.at(-1)};
}

// How many times native, turn by turn: what ran in the same turn met the same machine. `start`, if given,
// is what an empty engine takes, and no part of running the guest: it is taken off. Lists of seconds, as
// long as each other. `best` is minimum by minimum: what the code can do; the median is what a user sees.
// → {median, min, max, best}
export function timesNative({native, elfin, start}) {
  const none = elfin.map(() => 0);
  const off = start ?? none;
  const ratios = elfin.map((value, turn) => (value - off[turn]) / native[turn]);
  const best = (Math.min(...elfin) - Math.min(...off)) / Math.min(...native);
  return {...spread(ratios), best};
}

// The same of rates (more is better), where nothing is taken off. → {median, min, max, best}
export function timesNativeRate({native, elfin}) {
  return {...spread(elfin.map((value, turn) => native[turn] / value)),
          best: Math.max(...native) / Math.max(...elfin)};
}

export function geometricMean(values) {
  if (values.length === 0 || values.some((value) => !(value > 0))) return NaN;
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
