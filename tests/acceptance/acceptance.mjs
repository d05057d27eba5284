// Whole jobs, natively and in Elfin: standard output and exit status compared.
//
//   node tests/acceptance/acceptance.mjs [--fast] [--jobs N] [--jit MODE] [PATTERN…]
//
// --fast: only those that don't take long.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runTests, TOP } from '../native_and_elfin.mjs';
import { CASES } from './cases.mjs';

const { values: options, positionals: patterns } = parseArgs({
  allowPositionals: true,
  options: { fast: { type: 'boolean' }, jobs: { type: 'string', default: '1' }, jit: { type: 'string' } },
});

/** The package that isn't installed, as a sentence. */
function missing(needs) {
  const absent = Object.entries(needs).find(([file]) => !fs.existsSync(file));
  return absent && `${absent[1]} isn't installed`;
}

const scratch = fs.mkdtempSync('/var/tmp/elfin-acceptance-');

function readyToRun({ name, argv, needs, seconds, status = 0, prepare = () => {}, ...rest }) {
  const cwd = path.join(scratch, name.replaceAll(/[^a-z0-9]+/gi, '-'));
  return {
    ...rest,
    name,
    argv: () => argv,
    cwd,
    status,
    seconds: { native: 120, elfin: seconds },
    missing: missing(needs),
    elfinOptions: ['--rw', '--cwd', cwd, ...(options.jit ? ['--jit', options.jit] : [])],
    env: { HOME: cwd, TMPDIR: cwd, ACCEPTANCE: path.join(TOP, 'tests/acceptance') },
    prepare: () => {
      fs.rmSync(cwd, { recursive: true, force: true });
      fs.mkdirSync(cwd);
      prepare(cwd);
    },
  };
}

const selected = CASES.filter(({ name, fast }) =>
  (fast || !options.fast) && (patterns.length === 0 || patterns.some((pattern) => name.includes(pattern))));
try {
  await runTests(selected.map(readyToRun), { jobs: Number(options.jobs), verbose: true });
} finally {
  fs.rmSync(scratch, { recursive: true });
}
