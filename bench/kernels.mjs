// The kernels of bench/guest: which there are, how much is a quick run of each, how they are built.
import {execFileSync} from 'node:child_process';
import {mkdirSync, readdirSync, renameSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const sources = fileURLToPath(new URL('guest', import.meta.url));
export const buildFolder = fileURLToPath(new URL('../build/bench', import.meta.url));

// Sizes for which a native run takes about 0.05 s; without one a kernel takes its full size. The
// units differ, each source says its own.
export const quickSizes = {
  base64: 20,
  byte_code: 14,
  crc32: 20,
  fib: 35,
  hash_map: 1500,
  inflate: 6,
  list: 3,
  lz77: 3,
  mandelbrot: 600,
  matrix: 7,
  n_body: 220,
  quicksort: 500000,
  sha256: 12,
  sieve: 5,
  string_search: 16,
};

export const kernelNames = Object.keys(quickSizes);

// Builds a kernel, static, unless that has been done since a source changed. → the program's path
export function buildKernel(name) {
  const program = join(buildFolder, name);
  const needed = readdirSync(sources).filter((file) => file === `${name}.c` || file.endsWith('.h'));
  const newest = Math.max(...needed.map((file) => statSync(join(sources, file)).mtimeMs));
  if (statSync(program, {throwIfNoEntry: false})?.mtimeMs > newest) return program;
  mkdirSync(buildFolder, {recursive: true});
  const unfinished = `${program}.${process.pid}`;
  execFileSync('gcc', ['-O2', '-static', '-Wall', '-Wextra', '-Werror', join(sources, `${name}.c`),
                       '-o', unfinished, '-lm']);
  renameSync(unfinished, program);
  return program;
}
