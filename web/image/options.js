/** The command line of `elfin image`: options with values, and words. */

export class UsageError extends Error {}

/**
 * @param {string[]} argv
 * @param {Record<string, 'value' | 'values' | 'flag'>} known options by name, without dashes; 'values': may be
 *   there more than once, an array
 * @param {string[] | ((options: object) => string[])} names what the words are called; all must be there
 * @returns {{options: Record<string, any>, words: string[]}} Throws UsageError.
 */
export function parseOptions(argv, known, names) {
  const options = {};
  const found = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at];
    if (!word.startsWith('--')) {
      found.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (kind === undefined) throw new UsageError(`unknown option '${word}'`);
    if (kind === 'flag') {
      if (equals >= 0) throw new UsageError(`--${name} takes no value`);
      options[name] = true;
      continue;
    }
    const value = equals < 0 ? argv[++at] : word.slice(equals + 1);
    if (value === undefined) throw new UsageError(`--${name} wants a value`);
    if (kind === 'values') (options[name] ??= []).push(value);
    else options[name] = value;
  }
  const words = typeof names === 'function' ? names(options) : names;
  if (found.length !== words.length) {
    throw new UsageError(`wanted: ${words.join(' ')}; given: ${found.join(' ') || 'nothing'}`);
  }
  return { options, words: found };
}
