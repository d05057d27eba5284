// The options that suites share, and how a suite says that something is wrong.
import {parseArgs} from 'node:util';

export class UsageError extends Error {}

// What each option's value must be. → the value
const readers = {
  runs: (text) => count('runs', text),
  scale: (text) => text.split(',').map((part) => count('scale', part)),
  jit: (text) => {
    if (!['on', 'off', 'sync'].includes(text)) throw new UsageError(`--jit is on, off or sync, not '${text}'`);
    return text;
  },
  json: (text) => text,
};

function count(name, text) {
  if (!/^[1-9][0-9]{0,6}$/.test(text)) throw new UsageError(`--${name} wants a number, not '${text}'`);
  return Number(text);
}

// Reads the arguments `argv` of a suite. `defaults` are the texts of its options' defaults (undefined:
// none; a boolean: an option without a value); `names`, the words that may follow, if any may.
// → the options' values, and as `names` those given (all, when none is). Throws UsageError.
export function parseSuiteOptions(argv, defaults, names = []) {
  const options = Object.fromEntries(Object.entries(defaults).map(
    ([name, value]) => [name, {type: typeof value === 'boolean' ? 'boolean' : 'string'}]));
  let parsed;
  try {
    parsed = parseArgs({args: argv, options, allowPositionals: true});
  } catch (error) {
    throw new UsageError(error.message);
  }
  const unknown = parsed.positionals.find((word) => !names.includes(word));
  if (unknown !== undefined) {
    throw new UsageError(names.length ? `there is no '${unknown}'; there are ${names.join(', ')}`
                                      : `what is '${unknown}'?`);
  }
  const values = {...defaults, ...parsed.values};
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string') values[name] = readers[name](value);
  }
  return {...values, names: parsed.positionals.length ? parsed.positionals : names};
}

// Runs a suite; wrong usage gets a sentence and status 125, as elsewhere in the launcher.
export function runSuite(suite, argv) {
  try {
    process.exitCode = suite(argv);
  } catch (error) {
    console.error(`elfin: bench: ${error.message}`);
    process.exitCode = error instanceof UsageError ? 125 : 1;
  }
}
