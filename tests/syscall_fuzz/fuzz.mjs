// Runs the system-call fuzzer's guest in Elfin, again and again, over each kind of filesystem in turn.
//
//   node tests/syscall_fuzz/fuzz.mjs [--seconds N] [--seed N] [--runs N] [--processes N] [--calls N] [--rounds N]
//
// `--seconds`: of processor time, after which no new run is started. A run that goes wrong is named with its seed, and its
// messages are kept in build/syscall-fuzz/.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const TOP = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const ELFIN = path.join(TOP, 'elfin');
const KEPT = path.join(TOP, 'build/syscall-fuzz');
const GUEST_SECONDS = 240;
const HANG_SECONDS = 300;
/** What the kernel's heap may grow by after the first round of a run: caches, tables that stay long. */
const HEAP_SLACK_KB = 512;

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1000000' },
    processes: { type: 'string', default: '40' },
    calls: { type: 'string', default: '400' },
    rounds: { type: 'string', default: '2' },
  },
});

function prepareRoot(folder) {
  const root = path.join(folder, 'root');
  for (const name of ['tmp', 'etc', 'proc', 'dev']) fs.mkdirSync(path.join(root, name), { recursive: true, mode: 0o777 });
  fs.chmodSync(path.join(root, 'tmp'), 0o1777);
  const sources = ['main.c', 'child.c', 'arguments.c'].map((name) => path.join(TOP, 'tests/syscall_fuzz', name));
  execFileSync('gcc', ['-O1', '-static', `-I${TOP}`, ...sources, '-o', path.join(root, 'fuzz')]);
  const image = path.join(folder, 'image.ext4');
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', root, image, '64M'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Where the guest's files are to be, and what `elfin run` is told: memory, a host folder or an image. Each run has its own. */
const PLACES = {
  memory: (folder) => ['--root', path.join(folder, 'root')],
  folder: (folder) => {
    fs.rmSync(path.join(folder, 'copy'), { recursive: true, force: true });
    fs.cpSync(path.join(folder, 'root'), path.join(folder, 'copy'), { recursive: true, mode: fs.constants.COPYFILE_FICLONE });
    fs.chmodSync(path.join(folder, 'copy/tmp'), 0o1777);
    return ['--root', path.join(folder, 'copy'), '--rw'];
  },
  image: (folder) => {
    const overlay = path.join(folder, 'overlay');
    for (const name of fs.readdirSync(folder)) if (name.startsWith('overlay')) fs.rmSync(path.join(folder, name));
    return ['--image', path.join(folder, 'image.ext4'), '--overlay', overlay];
  },
};

function runElfin(seed, where) {
  const argv = ['run', ...where, '--timeout', String(GUEST_SECONDS), '--',
    '/fuzz', String(seed), options.processes, options.calls, options.rounds];
  return new Promise((resolve) => {
    const child = spawn(ELFIN, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (errors = (errors + data).slice(-200_000)));
    const hang = setTimeout(() => child.kill('SIGKILL'), HANG_SECONDS * 1000);
    child.on('close', (status, signal) => {
      clearTimeout(hang);
      resolve({ status, signal, output, errors });
    });
  });
}

/** Why a run counts as a failure, or undefined. */
function complaint({ status, signal, output, errors }) {
  if (signal === 'SIGKILL') return `no end within ${HANG_SECONDS} s`;
  if (signal) return `Elfin died by ${signal}`;
  if (/RuntimeError|RangeError|TypeError|wasm:\/\/|node:internal|CHECK|processor failed/.test(errors)) return "Elfin's own error";
  if (status !== 0) return `status ${status}`;
  const lines = output.trim().split('\n');
  if (lines.at(-1) !== 'end') return 'the end is missing';
  const heap = lines.flatMap((line) => /^kernel heap: (\d+) kB$/.exec(line)?.[1] ?? []);
  if (heap.length !== Number(options.rounds)) return 'no figure of the heap';
  if (heap.at(-1) - heap[0] > HEAP_SLACK_KB) return `the kernel's heap has grown: ${heap.join(', ')} kB`;
  return lines.find((line) => !line.startsWith('kernel heap: ') && line !== 'end');
}

/** Processor seconds of the runs so far. */
function usedSeconds() {
  const fields = fs.readFileSync('/proc/self/stat', 'utf8').replace(/^.*\) /, '').split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100; // cutime, cstime
}

async function fuzz(folder) {
  prepareRoot(folder);
  const places = Object.entries(PLACES);
  let [passed, failed] = [0, 0];
  const first = Number(options.seed);
  for (let run = 0; run < Number(options.runs) && usedSeconds() < Number(options.seconds); run++) {
    const seed = first + run;
    const [name, prepare] = places[seed % places.length];
    const result = await runElfin(seed, prepare(folder));
    const reason = complaint(result);
    if (reason === undefined) {
      passed++;
      console.log(`seed ${seed} (${name}): ${result.output.trim().replaceAll('\n', ', ')}`);
      continue;
    }
    failed++;
    fs.mkdirSync(KEPT, { recursive: true });
    fs.writeFileSync(path.join(KEPT, `${seed}.txt`), result.output + result.errors);
    console.log(`FAILED: seed ${seed} (${name}): ${reason}\n  kept as build/syscall-fuzz/${seed}.txt`);
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed + (passed === 0);
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-syscall-fuzz-'));
try {
  process.exitCode = (await fuzz(folder)) === 0 ? 0 : 1;
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
