// The files that suite `disk` works on: a folder of this machine's filesystem, and an ext4 image of the same.
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
  closeSync, copyFileSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync,
  writeSync,
} from 'node:fs';
import {basename, dirname, join} from 'node:path';

import {buildFolder} from './guests.mjs';
import {sharedObjects} from './programs.mjs';

const folders = join(buildFolder, 'inputs');
const filesInFolder = 50;
const foldersInFolder = 10;
const dataPiece = 1 << 20;
const block = 4096;

// Makes them once, whole or not at all; those of other programs or sizes go, for they are large.
// `programs`: paths, static ones; they come to / of both. `finders`: dynamic ones, to where they are here, in the image
// alone. `dataMib`: size of /data. `inodes`: below /tree, empty files and their directories.
// → {folder, image}: paths; in both a directory /scratch to be written to. Throws an Error, its code ENOENT where a
// program of the system's is missing.
export function diskFiles({programs, finders, dataMib, inodes}) {
  const version = createHash('sha256').update(`${dataMib} ${inodes}`);
  for (const program of [...programs, ...finders]) version.update(program).update(readFileSync(program));
  const kind = `disk-${dataMib}-`;
  const place = join(folders, kind + version.digest('hex').slice(0, 12));
  if (!existsSync(place)) make(place, kind, {programs, finders, dataMib, inodes});
  return {folder: join(place, 'files'), image: join(place, 'disk.img')};
}

function make(place, kind, {programs, finders, dataMib, inodes}) {
  mkdirSync(folders, {recursive: true});
  for (const old of readdirSync(folders)) {
    if (old.startsWith(kind)) rmSync(join(folders, old), {recursive: true});
  }
  const unfinished = join(folders, `unfinished-${process.pid}-${basename(place)}`);
  const root = join(unfinished, 'files');
  mkdirSync(join(root, 'scratch'), {recursive: true});
  for (const program of programs) copyFileSync(program, join(root, basename(program)));
  writeData(join(root, 'data'), dataMib);
  writeTree(join(root, 'tree'), inodes);
  writeImage(join(unfinished, 'disk.img'), root, finders, dataMib, inodes);
  renameSync(unfinished, place);
}

// No two blocks are alike.
function writeData(path, mib) {
  const bytes = Buffer.from(Uint8Array.from({length: dataPiece}, (_, i) => Math.imul(i, i + 7919) >> 5));
  const file = openSync(path, 'w');
  for (let piece = 0; piece < mib; piece++) {
    for (let at = 0; at < dataPiece; at += block) bytes.writeUInt32LE(piece * dataPiece / block + at / block, at);
    writeSync(file, bytes);
  }
  closeSync(file);
}

function writeTree(path, inodes) {
  mkdirSync(path);
  for (let made = 0, outer = 0; made < inodes; outer++) {
    for (let inner = 0; inner < foldersInFolder && made < inodes; inner++) {
      const folder = join(path, `directory-${outer}`, `part-${inner}`);
      mkdirSync(folder, {recursive: true});
      for (let i = 0; i < filesInFolder; i++) writeFileSync(join(folder, `file-${i}`), '');
      made += filesInFolder + 1 + (inner === 0 ? 1 : 0);
    }
  }
}

// The files of `root` with the `finders` and what they load.
function writeImage(image, root, finders, dataMib, inodes) {
  const system = `${root}-of-image`;
  cpSync(root, system, {recursive: true, mode: 2}); // COPYFILE_FICLONE: no second gigabyte where the filesystem can
  for (const file of finders.flatMap((program) => [program, ...sharedObjects(program)])) {
    mkdirSync(join(system, dirname(file)), {recursive: true});
    copyFileSync(file, join(system, file));
  }
  for (const folder of ['proc', 'dev', 'tmp']) mkdirSync(join(system, folder));
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-b', `${block}`, '-N', `${2 * inodes + 20000}`, '-d', system, image,
                          `${2 * dataMib + 64}M`],
               {env: {...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`}, stdio: ['ignore', 'ignore', 'inherit']});
  rmSync(system, {recursive: true});
}
