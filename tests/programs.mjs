// Runs programs natively and in Elfin and compares standard output and exit status.
//
//   node tests/programs.mjs [--jobs N] [--verbose] [--jit MODE] [--jit-threshold N] [PATTERN…]
//
// Prints a table; a difference is shown below its row. tests/known_failures.txt names what is known to
// differ, with a reason; a listed program that agrees fails the run.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { GUESTS, NUMBERS, PROGRAMS, TEXT } from './guest/programs.mjs';
import { runTests, TOP } from './native_and_elfin.mjs';

const BUILD = path.join(TOP, 'build/guest');
const NATIVE_SECONDS = 60;
const ELFIN_SECONDS = 180;

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

/** An ext4 disk with nothing but a program, at its own place, and an empty /tmp. */
function makeDisk(folder, binary) {
  const tree = path.join(folder, 'tree');
  fs.mkdirSync(path.join(tree, path.dirname(binary)), { recursive: true });
  fs.mkdirSync(path.join(tree, 'tmp'));
  fs.chmodSync(path.join(tree, 'tmp'), 0o1777);
  fs.copyFileSync(binary, path.join(tree, binary));
  const image = path.join(folder, `${path.basename(binary)}.img`);
  execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', '-b', '4096', '-d', tree, image, '256M'], {
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });
  fs.rmSync(tree, { recursive: true });
  return image;
}

/** Where programs that make files make them: in a folder of this machine, in the guest's memory, on a disk. */
const FOLDER = { scratch: '/tmp', where: '' };
const MEMORY = { scratch: '/dev/shm', where: ' (memory)' };
const DISK = { scratch: '/tmp', where: ' (disk)', onDisk: true };
const NOWHERE = { where: '' };

function placesOf(guest, linkage) {
  if (!guest.scratch) return [NOWHERE];
  // A disk has no libraries.
  const disks = linkage === 'static' ? [DISK] : [];
  if (guest.scratch === 'disk') return disks;
  return [...(guest.scratch === 'own' ? [] : [FOLDER]), MEMORY, ...disks];
}

/** One entry for each run of our own guest programs. `folder`: for disks. */
function guestCases(folder) {
  const cases = [];
  for (const guest of GUESTS) {
    for (const linkage of guest.linkage ?? ['static', 'dynamic']) {
      for (const { scratch, where, onDisk } of placesOf(guest, linkage)) {
        for (const run of guest.runs) {
          const which = guest.runs.length > 1 ? ` ${guest.runs.indexOf(run)}` : '';
          const way = guest.name === 'fatal' ? ` ${run.args.join(' ')}` : which;
          cases.push({
            name: `${guest.name}.${linkage}${way}${where}`,
            argv: () => [buildGuest(guest, linkage), ...(run.args ?? [])],
            env: { ...run.env, ...(scratch ? { ELFIN_SCRATCH: scratch } : {}) },
            stdin: run.stdin,
            // The host's /tmp as it is: the checkout itself may be there.
            ...(onDisk
              ? { disk: () => ['--image', makeDisk(folder, buildGuest(guest, linkage))], elfinOptions: ['--uid', '0'] }
              : { elfinOptions: ['--rw'] }),
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
    argv: () => argv.map((word) => word.replaceAll('FIXTURE', fixture)),
    env: {},
    stdin,
    elfinOptions: [],
  }));
}

/** A test of this file as native_and_elfin.mjs wants it. */
function readyToRun(test) {
  return {
    ...test,
    elfinOptions: [...TIERS, ...test.elfinOptions],
    seconds: { native: NATIVE_SECONDS, elfin: ELFIN_SECONDS },
  };
}

async function main() {
  fs.mkdirSync(BUILD, { recursive: true });
  const fixture = makeFixture();
  const disks = fs.mkdtempSync('/var/tmp/elfin-disks-');
  const selected = [...programCases(fixture), ...guestCases(disks)].filter(
    ({ name }) => patterns.length === 0 || patterns.some((pattern) => name.includes(pattern)));
  await runTests(selected.map(readyToRun), { jobs: Number(options.jobs), verbose: options.verbose });
  for (const folder of [fixture, disks]) fs.rmSync(folder, { recursive: true });
}

await main();
