// What a program may print: a row's `output` is one of these rules; without one, just what native printed.

const lines = (bytes) => bytes.toString('latin1').split('\n').sort().join('\n');

const rules = {
  same: (output, expected) => output.equals(expected),
  lines: (output, expected) => lines(output) === lines(expected), // in any order
};

// `rule`: 'same', 'lines', or a regular expression. → what is wrong, undefined when nothing is
export function outputFault(rule = 'same', output, expected) {
  const fine = rule instanceof RegExp ? rule.test(output.toString('latin1')) : rules[rule](output, expected);
  if (fine) return undefined;
  return rule instanceof RegExp ? `printed what doesn't match ${rule}` : `printed other than native${where(output, expected)}`;
}

function where(output, expected) {
  const end = Math.min(output.length, expected.length);
  let at = 0;
  while (at < end && output[at] === expected[at]) at++;
  return `, from byte ${at} on`;
}

// The rate that a row of the unit `rate` prints: what its rule's first group matches. NaN: none.
export function rateOf(row, output) {
  return Number(row.output.exec(output.toString('latin1'))?.[1] ?? NaN);
}
