// A thousand corrupted ELF files, each run in Elfin: whatever the file says, Elfin itself neither
// crashes nor hangs. A guest may die by any signal, end with any status, or run until its time is up.
//
//   node tests/elf_fuzz.mjs [--count N] [--seed N] [--only N]
//
// A file that brings Elfin down is kept in build/elf-fuzz/ and named in the output.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const TOP = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const ELFIN = path.join(TOP, 'elfin');
const KEPT = path.join(TOP, 'build/elf-fuzz');
const GUEST_SECONDS = 2;
const HANG_SECONDS = 60;

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});

// xorshift32; every file has a generator of its own, so that --only makes the same file again.
function randomNumbers(seed) {
  let state = (seed * 2654435761) >>> 0 || 1;
  for (let i = 0; i < 8; i++) next();
  function next() {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  }
  return { below: (limit) => next() % limit, pick: (list) => list[next() % list.length] };
}

const INTERESTING = [
  0n, 1n, 7n, 0xfffn, 0x1000n, 0x1001n, 0x1fffffn, 0x200000n, 0x7fffffffn, 0x80000000n, 0xffffffffn,
  0x100000000n, 0x7fffffffffffn, 0x800000000000n, 0x7fffffffffffffffn, 0x8000000000000000n,
  0xfffffffffffff000n, 0xffffffffffffffffn,
];

const EHDR_SIZE = 64;
const PHDR_SIZE = 56;
// Offsets and widths of the fields that a loader believes.
const EHDR_FIELDS = [[4, 1], [5, 1], [6, 1], [16, 2], [18, 2], [20, 4], [24, 8], [32, 8], [52, 2], [54, 2], [56, 2]];
const PHDR_FIELDS = [[0, 4], [4, 4], [8, 8], [16, 8], [32, 8], [40, 8], [48, 8]];

function writeField(file, offset, width, value) {
  if (offset + width > file.length) return;
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  bytes.copy(file, offset, 0, width);
}

function programHeaders(file) {
  return { start: Number(file.readBigUInt64LE(32)), count: file.readUInt16LE(56) };
}

const CORRUPTIONS = {
  'cut off': (file, random) => file.subarray(0, random.below(random.pick([EHDR_SIZE, 1024, file.length]))),
  'ELF header field': (file, random) => {
    const [offset, width] = random.pick(EHDR_FIELDS);
    writeField(file, offset, width, random.pick(INTERESTING));
    return file;
  },
  'ELF header byte': (file, random) => {
    file[random.below(EHDR_SIZE)] = random.below(256);
    return file;
  },
  'program header field': (file, random) => {
    const { start, count } = programHeaders(file);
    for (let changes = 1 + random.below(3); changes > 0; changes--) {
      const [offset, width] = random.pick(PHDR_FIELDS);
      writeField(file, start + PHDR_SIZE * random.below(count) + offset, width, random.pick(INTERESTING));
    }
    return file;
  },
  'program header bytes': (file, random) => {
    const { start, count } = programHeaders(file);
    for (let changes = 1 + random.below(8); changes > 0; changes--) {
      file[start + random.below(PHDR_SIZE * count)] = random.below(256);
    }
    return file;
  },
  'first pages': (file, random) => {
    for (let changes = 1 + random.below(64); changes > 0; changes--) file[random.below(8192)] = random.below(256);
    return file;
  },
  'anywhere': (file, random) => {
    for (let changes = file.length >> (4 + random.below(8)); changes > 0; changes--) {
      file[random.below(file.length)] = random.below(256);
    }
    return file;
  },
};

// A root with what a dynamic program needs, and the sound files that are corrupted.
function prepareRoot(root) {
  const source = path.join(root, 'sound.c');
  fs.writeFileSync(source, '#include <stdio.h>\nint main(void) { puts("sound"); return 0; }\n');
  const sound = [['-static'], ['-static-pie'], ['-no-pie'], ['-pie']].map((flags) => {
    const output = path.join(root, 'sound');
    execFileSync('gcc', ['-O1', '-s', ...flags, source, '-o', output]);
    return { name: flags.join(' '), bytes: fs.readFileSync(output) };
  });
  for (const library of ['/lib64/ld-linux-x86-64.so.2', '/lib/x86_64-linux-gnu/libc.so.6']) {
    fs.mkdirSync(path.join(root, path.dirname(library)), { recursive: true });
    fs.copyFileSync(library, path.join(root, library));
  }
  return sound;
}

function runElfin(root, name) {
  return new Promise((resolve) => {
    const child = spawn(ELFIN, ['run', '--root', root, '--cwd', '/', '--timeout', String(GUEST_SECONDS), '--', `/${name}`],
                        { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (data) => { if (errors.length < 1e5) errors += data; });
    const hang = setTimeout(() => child.kill('SIGKILL'), HANG_SECONDS * 1000);
    child.on('close', (status, signal) => {
      clearTimeout(hang);
      resolve({ status, signal, errors });
    });
  });
}

// Why a run counts as Elfin's own failure, or undefined.
function complaint({ status, signal, errors }) {
  if (signal === 'SIGKILL') return `no end within ${HANG_SECONDS} s`;
  if (signal) return `Elfin died by ${signal}`;
  if (status === 125) return "status 125, Elfin's own trouble";
  if (/RuntimeError|RangeError|TypeError|wasm:\/\/|node:internal|CHECK/.test(errors)) return "Elfin's own error";
  if ((status === 126 || status === 127) && errors.trim() === '') return `status ${status} without a sentence`;
  return undefined;
}

function makeFile(sound, number) {
  const random = randomNumbers(Number(options.seed) * 1_000_003 + number);
  const base = random.pick(sound);
  const kind = random.pick(Object.keys(CORRUPTIONS));
  const bytes = CORRUPTIONS[kind](Buffer.from(base.bytes), random);
  return { bytes, what: `${base.name}, ${kind}` };
}

async function fuzz(root, numbers) {
  const sound = prepareRoot(root);
  const statuses = new Map();
  let failed = 0, next = 0, done = 0;
  async function worker() {
    while (next < numbers.length) {
      const number = numbers[next++];
      const name = `file${number}`;
      const { bytes, what } = makeFile(sound, number);
      fs.writeFileSync(path.join(root, name), bytes, { mode: 0o755 });
      const result = await runElfin(root, name);
      statuses.set(result.status, (statuses.get(result.status) ?? 0) + 1);
      const reason = complaint(result);
      if (reason) {
        failed++;
        fs.mkdirSync(KEPT, { recursive: true });
        fs.copyFileSync(path.join(root, name), path.join(KEPT, name));
        console.log(`FAILED: file ${number} (${what}): ${reason}\n  kept as build/elf-fuzz/${name}` +
                    `\n  ${result.errors.trim().split('\n').slice(0, 5).join('\n  ')}`);
      }
      fs.unlinkSync(path.join(root, name));
      if (++done % 100 === 0) console.log(`${done} of ${numbers.length} files`);
    }
  }
  await Promise.all(Array.from({ length: os.availableParallelism() }, worker));
  const counted = [...statuses].sort((a, b) => b[1] - a[1]).map(([status, count]) => `${status}: ${count}`);
  console.log(`exit statuses: ${counted.join(', ')}`);
  console.log(`${numbers.length - failed} passed, ${failed} failed`);
  return failed;
}

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-elf-fuzz-'));
try {
  const numbers = options.only !== undefined
    ? [Number(options.only)] : Array.from({ length: Number(options.count) }, (_, index) => index);
  process.exitCode = (await fuzz(root, numbers)) === 0 ? 0 : 1;
} finally {
  fs.rmSync(root, { recursive: true, force: true });
}
