// A translator from x86-64 to the machine's own code: what a native program of Elfin's kind does.
import {execFileSync} from 'node:child_process';

import {measure} from '../measure.mjs';
import {findProgram} from '../programs.mjs';

const name = 'qemu-x86_64';

export const qemuUser = {
  name: 'qemu-user',
  title: 'qemu-user',
  identity() {
    const file = findProgram(name);
    if (!file) return {missing: `${name} is not installed (Debian package qemu-user)`};
    return {version: execFileSync(file, ['--version'], {encoding: 'utf8'}).split('\n')[0]};
  },
  run: (row, {limit}) => measure([name, findProgram(row.command[0]), ...row.command.slice(1)], row.input, {limit}),
};
