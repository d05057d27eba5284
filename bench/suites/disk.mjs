// The block filesystem: an ext4 image and, where something is written, an overlay, both files on this machine's filesystem;
// natively the same work on that filesystem itself. All is warm: in the page cache of this machine.
import {join} from 'node:path';

import {diskFiles} from '../disk_files.mjs';
import {buildGuest} from '../guests.mjs';
import {findProgram, missing} from '../programs.mjs';

const guests = ['read_calls', 'read_random', 'write_sync', 'small_files'];

export const disk = {
  name: 'disk',
  title: 'an ext4 filesystem on a disk image, beside the host’s own filesystem',
  rows({quick}) {
    const size = (full, brief) => (quick ? brief : full);
    const dataMib = size(1024, 32);
    const inodes = size(50000, 500);
    const data = (name, title, program, number) => ({name, title, program, path: '/data', number});
    const scratch = (name, title, program, number) => ({name, title, program, path: '/scratch/it', number, writes: true});
    const about = [
      data('read-128k', `${dataMib} MiB in calls of 128 KiB`, 'read_calls', 128 << 10),
      data('read-4k', `${dataMib} MiB in calls of 4 KiB`, 'read_calls', 4 << 10),
      data('read-random', '4 KiB anywhere', 'read_random', size(200000, 2000)),
      scratch('write-sync', '4 KiB and fsync', 'write_sync', size(5000, 50)),
      scratch('small-files', 'files made and removed', 'small_files', size(10000, 100)),
    ];
    const {files, fault} = makeFiles(dataMib, inodes);
    return [...about.map((row) => guestRow(row, files, fault)), findRow(inodes, files, fault)];
  },
};

// → {files}, or {fault}: the members of a row that say why there are none
function makeFiles(dataMib, inodes) {
  try {
    const programs = guests.map((name) => buildGuest(`disk/${name}`));
    const finders = [findProgram('find')].filter(Boolean);
    return {files: diskFiles({programs, finders, dataMib, inodes})};
  } catch (error) {
    return {fault: error.code === 'ENOENT' && error.syscall?.startsWith('spawn')
      ? {missing: `${error.path} is not installed`} : {broken: error.message.split('\n')[0]}};
  }
}

function guestRow({name, title, program, path, number, writes}, files, fault) {
  const row = {name, title: title === '4 KiB anywhere' || writes ? `${title}: ${number}` : title, browser: false};
  if (fault) return {...row, ...fault};
  return {
    ...row,
    command: [join(files.folder, program), join(files.folder, path), `${number}`],
    guest: {image: files.image, overlay: writes, command: [`/${program}`, path, `${number}`]},
  };
}

function findRow(inodes, files, fault) {
  const row = {name: 'find', title: `find over ${inodes} inodes`, browser: false, missing: missing('find', 'findutils')};
  if (row.missing || fault) return {...row, ...fault};
  const find = (tree) => [findProgram('find'), tree, '-type', 'f', '-printf', '%P %s\n'];
  return {...row, output: 'lines', command: find(join(files.folder, 'tree')),
          guest: {image: files.image, command: find('/tree')}};
}
