// The headline: π by two programs named bc, at several lengths. A table for each: environments by lengths.
import {findProgram, identify, missing} from '../programs.mjs';

const programs = [
  {name: 'gnu-bc', title: 'GNU bc', program: 'bc', words: [], version: ['--version'], debianPackage: 'bc'},
  {name: 'busybox-bc', title: 'busybox bc', program: 'busybox', words: ['bc'], version: ['--help'],
   debianPackage: 'busybox-static'},
];

const fullScales = [500, 1000, 5000];
const quickScales = [100];

export const pi = {
  name: 'pi',
  title: 'echo "scale=N; 4*a(1)" | bc -lq',
  peers: true,
  later: true,
  // `scales`: the lengths asked for, if any were
  rows: ({quick, scales}) => programs.flatMap(
    (about) => (scales ?? (quick ? quickScales : fullScales)).map((scale) => piRow(about, scale))),
  programs: () => Object.fromEntries(programs.filter(({program}) => findProgram(program)).map(
    ({name, program, version}) => [name, identify(findProgram(program), version)])),
};

export function piRow({name, title, program, words, debianPackage}, scale) {
  return {
    name: `${name}-${scale}`, title: `${title}, N = ${scale}`,
    cell: {table: title, column: `N = ${scale}`},
    missing: missing(program, debianPackage),
    command: [findProgram(program), ...words, '-lq'],
    input: `scale=${scale}; 4*a(1)\n`,
  };
}

export const gnuBc = programs[0];
