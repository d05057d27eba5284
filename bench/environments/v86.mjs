// v86, an emulator of a whole 32-bit PC in WebAssembly, with a Debian i386 system that knows bc
// (launcher/v86.sh). It boots once, which takes most of a minute; each run goes on from there in a process of its
// own, and what is told is from the line that bc gets to the end of its answer.
import {existsSync} from 'node:fs';
import {basename} from 'node:path';
import {fileURLToPath} from 'node:url';

import {measure} from '../measure.mjs';

const machine = fileURLToPath(new URL('v86_machine.mjs', import.meta.url));
const bootLimit = 600;
// v86 takes minutes for more.
const mostPlaces = 1000;

export function openV86({long = false, folder = process.env.ELFIN_V86} = {}) {
  const start = (words, limit) => measure([process.execPath, machine, folder, ...words], '', {limit});
  let isBooted = false;
  return {
    name: 'v86',
    title: 'v86',
    identity: () => folder && existsSync(folder) ? {version: basename(folder)}
      : {missing: 'v86 and its Debian i386 system could not be fetched'},
    refuses: (row) => refusal(row, long),
    run(row, {limit}) {
      if (!isBooted) {
        const {status, timedOut} = start([], bootLimit);
        if (timedOut || status !== 0) throw new Error('the Debian i386 system does not boot in v86');
        isBooted = true;
      }
      const result = start([row.input.trim()], limit);
      return result.timedOut || result.status !== 0 ? result : parseAnswer(result.output.toString());
    },
  };
}

function refusal({command, input}, long) {
  if (basename(command[0]) !== 'bc' || !/^scale=\d+; [^\n]*\n$/.test(input)) return 'its system has only GNU bc';
  const places = Number(/\d+/.exec(input)[0]);
  return places > mostPlaces && !long ? `more than ${mostPlaces} places only with --long` : undefined;
}

function parseAnswer(text) {
  const {status, output, cpu, wall} = JSON.parse(text);
  return {status, output: Buffer.from(output), cpu, wall};
}
