// What starting costs, by wall time; Node's own start is in it.
import {findProgram, missing} from '../programs.mjs';

const programs = [
  {name: 'true', words: [], title: '/bin/true', debianPackage: 'coreutils'},
  {name: 'bc', words: ['-lq'], title: 'bc, no input', debianPackage: 'bc'},
  {name: 'dash', words: ['-c', 'echo started'], title: 'dash', debianPackage: 'dash'},
  {name: 'perl', words: ['-e', 'print "started\n"'], title: 'perl', debianPackage: 'perl'},
  {name: 'python3', words: ['-I', '-c', 'print("started")'], title: 'python3', debianPackage: 'python3'},
];

export const startup = {
  name: 'startup',
  title: 'from the command to its end, wall time with Node’s own start',
  rows: ({quick}) => [besideNode, ...(quick ? programs.slice(0, 1) : programs).map(beside)],
};

// The bound of docs/performance.md: Elfin's least beside an empty Node.
const besideNode = {
  name: 'true-beside-node', title: '/bin/true beside an empty Node', unit: 'wall', withStart: true,
  command: [process.execPath, '-e', '0'], guest: {root: '/', command: ['/bin/true']}, browser: false,
};

function beside({name, words, title, debianPackage}) {
  return {name, title, unit: 'wall', withStart: true, missing: missing(name, debianPackage),
          command: [findProgram(name), ...words], browser: !['perl', 'python3'].includes(name)};
}
