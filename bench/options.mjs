// The command line of ./elfin bench.
import {parseArgs} from 'node:util';

export class UsageError extends Error {}

const options = {
  json: {type: 'string'},
  svg: {type: 'string'},
  check: {type: 'string'},
  tolerance: {type: 'string', default: '15'},
  compare: {type: 'string'},
  runs: {type: 'string'},
  scale: {type: 'string'},
  jit: {type: 'string', default: 'on'},
  quick: {type: 'boolean', default: false},
  peers: {type: 'boolean', default: false},
  long: {type: 'boolean', default: false},
  browser: {type: 'boolean', default: false},
  force: {type: 'boolean', default: false},
};

// What each value must be. → the value
const readers = {
  tolerance: (text) => count('tolerance', text.replace(/%$/, '')),
  runs: (text) => count('runs', text),
  scale: (text) => text.split(',').map((part) => count('scale', part)),
  jit: (text) => {
    if (!['on', 'off', 'sync'].includes(text)) throw new UsageError(`--jit is on, off or sync, not '${text}'`);
    return text;
  },
};

function count(name, text) {
  if (!/^[1-9][0-9]{0,6}$/.test(text)) throw new UsageError(`--${name} wants a number, not '${text}'`);
  return Number(text);
}

// Reads the arguments `argv`: words and options in any order. Of the words those in `suiteNames` are suites,
// the others rows (who knows the rows must check them). With --compare the words are one: the second file.
// → the options' values, `suites` (all, when none is named), `only` (rows; empty: all). Throws UsageError.
export function parseBenchOptions(argv, suiteNames) {
  let parsed;
  try {
    parsed = parseArgs({args: argv, options, allowPositionals: true});
  } catch (error) {
    throw new UsageError(error.message);
  }
  const values = {...parsed.values};
  for (const [name, read] of Object.entries(readers)) {
    if (values[name] !== undefined) values[name] = read(values[name]);
  }
  const words = parsed.positionals;
  if (values.compare !== undefined) {
    if (words.length !== 1) throw new UsageError('--compare wants two files');
    return {...values, compare: [values.compare, words[0]], suites: [], only: []};
  }
  const suites = words.filter((word) => suiteNames.includes(word));
  const only = words.filter((word) => !suiteNames.includes(word));
  if (only.length > 0 && suites.length === 0) {
    throw new UsageError(`there is no suite '${only[0]}'; there are ${suiteNames.join(', ')}`);
  }
  return {...values, suites: suites.length ? suites : [...suiteNames], only};
}
