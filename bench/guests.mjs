// The programs of bench/guest: how they are built.
import {execFileSync} from 'node:child_process';
import {mkdirSync, readdirSync, renameSync, statSync, existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const sources = fileURLToPath(new URL('guest', import.meta.url));
export const buildFolder = fileURLToPath(new URL('../build/bench', import.meta.url));

// Builds `name` (a source's path in guest/, without its suffix), static unless `dynamic`, with `libraries`
// besides libc and libm, unless that has been done since a source changed. → the program's path
export function buildGuest(name, {libraries = [], language = 'c', dynamic = false} = {}) {
  const program = join(buildFolder, name);
  const source = join(sources, `${name}.${language}`);
  const headers = [sources, dirname(source)].flatMap((folder) =>
    readdirSync(folder).filter((file) => file.endsWith('.h')).map((file) => join(folder, file)));
  const newest = Math.max(...[source, ...headers].map((file) => statSync(file).mtimeMs));
  if (existsSync(program) && statSync(program).mtimeMs > newest) return program;
  mkdirSync(dirname(program), {recursive: true});
  const unfinished = `${program}.${process.pid}`;
  execFileSync(language === 'c' ? 'gcc' : 'g++',
               ['-O2', ...(dynamic ? [] : ['-static']), '-pthread', '-Wall', '-Wextra', '-Werror', '-I', sources, source, '-o', unfinished,
                ...libraries.map((library) => `-l${library}`), '-lm']);
  renameSync(unfinished, program);
  return program;
}

// The members of a row that runs such a program: its commands natively and as the guest sees it, or why
// there are none.
export function guestCommands(name, words, options) {
  try {
    const command = [buildGuest(name, options), ...words];
    return options?.dynamic ? {command} : {command, guest: {root: buildFolder, command: [`/${name}`, ...words]}};
  } catch (error) {
    return error.code === 'ENOENT' ? {missing: `${error.path} is not installed`} : {broken: error.message.split('\n')[0]};
  }
}
