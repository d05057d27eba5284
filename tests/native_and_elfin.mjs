// A program natively and in Elfin: both runs, what differs, the table's row.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const TOP = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const ELFIN = path.join(TOP, 'elfin');
const ENVIRONMENT = {
  PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/', TERM: 'dumb', LANG: 'C.UTF-8',
};
/** After a limit of `elfin run --timeout` Elfin itself is given up so much later. */
const GRACE_SECONDS = 20;

/**
 * Runs a command to its end: output, status as a shell's $?, seconds. Whoever started the tests has no say in it:
 * the command has a session of its own and every signal's default action. One that doesn't end is killed.
 */
function runCommand(argv, { env, cwd, stdin, seconds }) {
  const started = performance.now();
  return new Promise((resolve) => {
    // Core files of programs that die on purpose help nobody.
    const wrapped = ['--default-signal', '/bin/sh', '-c', 'ulimit -c 0; exec "$@"', 'sh', ...argv];
    const child = spawn('/usr/bin/env', wrapped, { env, cwd: cwd ?? '/', detached: true });
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

/**
 * Runs a test in both worlds, one after the other.
 *
 * @param {object} test
 * @param {string} test.name
 * @param {() => string[]} test.argv built, where it has to be, when it is called
 * @param {Object<string, string>} [test.env] beside ENVIRONMENT
 * @param {string | Buffer} [test.stdin]
 * @param {string} [test.cwd] / if not given
 * @param {string[]} [test.elfinOptions] of `elfin run`
 * @param {() => string[]} [test.disk] what is its /, as options of `elfin run`, made when it is called; this machine's /
 *   if not given
 * @param {string[]} [test.driver] a program of the host that runs the command that its arguments are, and prints
 *   what is compared; it gets `elfin run` as it gets the native command
 * @param {{native: number, elfin: number}} test.seconds the limits
 * @param {number} [test.status] the native exit status, where a program that fails shows nothing
 * @param {() => void} [test.prepare] what comes before each of the runs
 * @returns {Promise<{name: string, native: object, elfin: object, problems: string[]}>}
 */
async function compare({ name, argv: command, env: added = {}, stdin, cwd, elfinOptions = [], disk = () => ['--root', '/'], driver = [], seconds, status, prepare = () => {} }) {
  const argv = command();
  const env = { ...ENVIRONMENT, ...added };
  // The launcher keeps its own home, where translations are kept.
  const launcherEnv = { ...process.env, ...ENVIRONMENT, HOME: process.env.HOME };
  const options = [...elfinOptions, ...Object.entries({ HOME: ENVIRONMENT.HOME, ...added }).flatMap(([key, value]) => ['--env', `${key}=${value}`])];
  const inElfin = [ELFIN, 'run', ...disk(), '--timeout', String(seconds.elfin), ...options, '--', ...argv];
  prepare();
  const native = await runCommand([...driver, ...argv], { env, cwd, stdin, seconds: seconds.native });
  prepare();
  const elfin = await runCommand(
    [...driver, ...inElfin], { env: launcherEnv, cwd, stdin, seconds: seconds.elfin + GRACE_SECONDS });
  const problems = [];
  if (native.problem) problems.push(`native: ${native.problem}`);
  if (elfin.problem) problems.push(`elfin: ${elfin.problem}`);
  if (status !== undefined && native.status !== status) problems.push(`native: status ${native.status}: ${native.errors.trim().split('\n').at(-1)}`);
  if (native.status !== elfin.status) problems.push(`status: native ${native.status}, elfin ${elfin.status}`);
  if (!native.output.equals(elfin.output)) problems.push(firstDifference(native.output, elfin.output));
  const lastWords = elfin.errors.trim().split('\n').slice(-3).join('\n      ');
  if (problems.length > 0 && lastWords) problems.push(`standard error: ${lastWords}`);
  return { name, native, elfin, problems };
}

/** 'ok', 'DIFFERS', or what known_failures.txt says of it. */
function verdict(result, known) {
  const reason = known.get(result.name);
  if (result.problems.length === 0) return reason ? 'LISTED, but agrees' : 'ok';
  return reason ? `known: ${reason}` : 'DIFFERS';
}

function printRow(name, native, elfin, word) {
  console.log(`${name.padEnd(36)} ${native.padStart(8)} ${elfin.padStart(8)}  ${word}`);
}

function printResult({ name, native, elfin, problems }, word, verbose) {
  const [a, b] = [native, elfin].map(({ seconds }) => seconds.toFixed(2));
  printRow(name, a, b, word);
  if (word !== 'DIFFERS' && !(verbose && word !== 'ok')) return;
  for (const problem of problems) console.log(`    ${problem}`);
}

/**
 * Runs tests, prints the table and the counts; the exit status says whether all is well.
 *
 * @param {object[]} tests what `compare` takes; `missing`: a sentence if it can't run on this machine
 * @param {{jobs: number, verbose?: boolean}} options verbose: shows the differences of known failures, too
 */
export async function runTests(tests, { jobs, verbose = false }) {
  const known = readKnownFailures();
  const counts = { passed: 0, failed: 0, skipped: 0 };
  printRow('program', 'native s', 'elfin s', '');
  const queue = tests.values();
  const worker = async () => {
    for (const test of queue) {
      if (test.missing) {
        counts.skipped++;
        printRow(test.name, '', '', `skipped: ${test.missing}`);
        continue;
      }
      const result = await compare(test);
      const word = verdict(result, known);
      counts[word === 'ok' ? 'passed' : word.startsWith('known') ? 'skipped' : 'failed']++;
      printResult(result, word, verbose);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exitCode = counts.failed === 0 && tests.length > 0 ? 0 : 1;
}
