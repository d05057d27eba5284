// Runs programs natively and in Elfin and compares standard output and exit status.
//
//   node tests/programs.mjs [--jobs N] [--verbose] [--jit MODE] [--jit-threshold N] [PATTERN…]
//
// Prints a table; a difference is shown below its row. tests/known_failures.txt names what is known to
// differ, with a reason; a listed program that agrees fails the run.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { GUESTS, NUMBERS, PROGRAMS, TEXT } from './guest/programs.mjs';

const TOP = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const ELFIN = path.join(TOP, 'elfin');
const BUILD = path.join(TOP, 'build/guest');
const ENVIRONMENT = {
  PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/', TERM: 'dumb', LANG: 'C.UTF-8',
};
const NATIVE_SECONDS = 60;
const ELFIN_SECONDS = 180;
/** … and then Elfin itself is given up. */
const GRACE_SECONDS = 20;

const { values: options, positionals: patterns } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: 'string', default: '2' },
    verbose: { type: 'boolean' },
    jit: { type: 'string' },
    'jit-threshold': { type: 'string' },
  },
});
/** What is passed on to `elfin run`. */
const TIERS = ['jit', 'jit-threshold'].flatMap((name) => (options[name] ? [`--${name}`, options[name]] : []));

/**
 * Runs a command to its end: output, status as a shell's $?, seconds. Whoever started the tests has no say in it:
 * the command has a session of its own and every signal's default action. One that doesn't end is killed.
 */
function runCommand(argv, env, stdin, seconds) {
  const started = performance.now();
  return new Promise((resolve) => {
    // Core files of programs that die on purpose help nobody.
    const wrapped = ['--default-signal', '/bin/sh', '-c', 'ulimit -c 0; exec "$@"', 'sh', ...argv];
    const child = spawn('/usr/bin/env', wrapped, { env, cwd: '/', detached: true });
    const output = [];
    const errors = [];
    const end = (status, problem) => {
      clearTimeout(timer);
      resolve({
        output: Buffer.concat(output),
        errors: Buffer.concat(errors).toString(),
        status,
        problem,
        seconds: (performance.now() - started) / 1000,
      });
    };
    const timer = setTimeout(() => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended; others hold its output.
      }
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      end(undefined, `not ended after ${seconds} s`);
    }, seconds * 1000);
    child.stdout.on('data', (bytes) => output.push(bytes));
    child.stderr.on('data', (bytes) => errors.push(bytes));
    child.stdin.on('error', () => {}); // it need not read everything
    child.stdin.end(stdin ?? '');
    child.on('close', (code, signal) => {
      end(signal === null ? code : 128 + os.constants.signals[signal]);
    });
  });
}

/** A folder of fixed content and times, where a read-only guest still sees the host's files. */
function makeFixture() {
  const folder = fs.mkdtempSync('/var/tmp/elfin-programs-');
  const file = (name, content) => fs.writeFileSync(path.join(folder, name), content, { mode: 0o644 });
  file('a.txt', TEXT);
  file('numbers.txt', NUMBERS);
  file('empty', '');
  file('a.gz', gzipSync(TEXT));
  fs.mkdirSync(path.join(folder, 'sub'));
  file('sub/leaf', 'leaf\n');
  fs.symlinkSync('sub/leaf', path.join(folder, 'link'));
  const times = [new Date('2001-02-03T04:05:06Z'), new Date('2002-03-04T05:06:07Z')];
  for (const name of ['a.txt', 'numbers.txt', 'empty', 'a.gz', 'sub/leaf', 'sub', '']) {
    fs.utimesSync(path.join(folder, name), ...times);
  }
  fs.lutimesSync(path.join(folder, 'link'), ...times);
  return folder;
}

/** Builds a guest program unless that has been done since its source changed. */
function buildGuest(guest, linkage) {
  const source = path.join(TOP, 'tests/guest', guest.source ?? `${guest.name}.c`);
  const binary = path.join(BUILD, `${guest.name}.${linkage}`);
  const headers = [source, path.join(TOP, 'tests/guest/scratch.h')];
  const newest = Math.max(...headers.map((file) => fs.statSync(file).mtimeMs));
  if (fs.statSync(binary, { throwIfNoEntry: false })?.mtimeMs > newest) return binary;
  const compiler = source.endsWith('.cc') ? 'g++' : 'gcc';
  const flags = ['-O1', '-w', ...(linkage === 'static' ? ['-static'] : [])];
  execFileSync(compiler, [...flags, source, '-o', binary, '-lm']);
  return binary;
}

/** One entry for each run of our own guest programs. */
function guestCases() {
  const cases = [];
  for (const guest of GUESTS) {
    for (const linkage of guest.linkage ?? ['static', 'dynamic']) {
      for (const scratch of guest.scratch ? ['/tmp', '/dev/shm'] : [undefined]) {
        for (const run of guest.runs) {
          const where = scratch === '/dev/shm' ? ' (memory)' : '';
          const which = guest.runs.length > 1 ? ` ${guest.runs.indexOf(run)}` : '';
          const way = guest.name === 'fatal' ? ` ${run.args.join(' ')}` : which;
          cases.push({
            name: `${guest.name}.${linkage}${way}${where}`,
            prepare: () => [buildGuest(guest, linkage), ...(run.args ?? [])],
            env: { ...run.env, ...(scratch ? { ELFIN_SCRATCH: scratch } : {}) },
            stdin: run.stdin,
            // The host's /tmp as it is: the checkout itself may be there.
            elfinOptions: ['--rw'],
          });
        }
      }
    }
  }
  return cases;
}

function programCases(fixture) {
  return PROGRAMS.map(({ name, argv, stdin }) => ({
    name,
    prepare: () => argv.map((word) => word.replaceAll('FIXTURE', fixture)),
    env: {},
    stdin,
    elfinOptions: [],
  }));
}

/** Names with reasons: "NAME: reason" on each line. */
function readKnownFailures() {
  const text = fs.readFileSync(path.join(TOP, 'tests/known_failures.txt'), 'utf8');
  const known = new Map();
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const at = line.indexOf(': ');
    if (at < 0) throw new Error(`known_failures.txt: no reason in '${line}'`);
    known.set(line.slice(0, at), line.slice(at + 2));
  }
  return known;
}

/** The first line in which two outputs differ, as text for people. */
function firstDifference(native, elfin) {
  const [a, b] = [native.toString('latin1').split('\n'), elfin.toString('latin1').split('\n')];
  const at = a.findIndex((line, i) => line !== b[i]);
  const n = at < 0 ? a.length : at;
  return `line ${n + 1}:\n      native ${JSON.stringify(a[n])}\n      elfin  ${JSON.stringify(b[n])}`;
}

async function compare(test) {
  const argv = test.prepare();
  const env = { ...ENVIRONMENT, ...test.env };
  const added = Object.entries(test.env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const elfinArgv = [
    ELFIN, 'run', '--root', '/', '--timeout', String(ELFIN_SECONDS), ...TIERS, ...test.elfinOptions, ...added, '--',
    ...argv,
  ];
  const native = await runCommand(argv, env, test.stdin, NATIVE_SECONDS);
  const elfin = await runCommand(
    elfinArgv, { ...process.env, ...env }, test.stdin, ELFIN_SECONDS + GRACE_SECONDS);
  const problems = [];
  if (native.problem) problems.push(`native: ${native.problem}`);
  if (elfin.problem) problems.push(`elfin: ${elfin.problem}`);
  if (native.status !== elfin.status) problems.push(`status: native ${native.status}, elfin ${elfin.status}`);
  if (!native.output.equals(elfin.output)) problems.push(firstDifference(native.output, elfin.output));
  const lastWords = elfin.errors.trim().split('\n').slice(-3).join('\n      ');
  if (problems.length > 0 && lastWords) problems.push(`standard error: ${lastWords}`);
  return { name: test.name, native, elfin, problems };
}

function verdict(result, known) {
  const reason = known.get(result.name);
  if (result.problems.length === 0) return reason ? 'LISTED, but agrees' : 'ok';
  return reason ? `known: ${reason}` : 'DIFFERS';
}

function printRow(result, word) {
  const seconds = (value) => value.seconds.toFixed(2).padStart(8);
  console.log(`${result.name.padEnd(36)} ${seconds(result.native)} ${seconds(result.elfin)}  ${word}`);
  if (word === 'DIFFERS' || (options.verbose && word !== 'ok')) {
    for (const problem of result.problems) console.log(`    ${problem}`);
  }
}

async function main() {
  fs.mkdirSync(BUILD, { recursive: true });
  const fixture = makeFixture();
  const known = readKnownFailures();
  const selected = [...programCases(fixture), ...guestCases()].filter(
    ({ name }) => patterns.length === 0 || patterns.some((pattern) => name.includes(pattern)));
  const counts = { passed: 0, failed: 0, skipped: 0 };
  console.log(`${'program'.padEnd(36)} ${'native s'.padStart(8)} ${'elfin s'.padStart(8)}`);
  const queue = selected.values();
  const worker = async () => {
    for (const test of queue) {
      const result = await compare(test);
      const word = verdict(result, known);
      counts[word === 'ok' ? 'passed' : word.startsWith('known') ? 'skipped' : 'failed']++;
      printRow(result, word);
    }
  };
  await Promise.all(Array.from({ length: Number(options.jobs) }, worker));
  fs.rmSync(fixture, { recursive: true });
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exitCode = counts.failed === 0 && selected.length > 0 ? 0 : 1;
}

await main();
