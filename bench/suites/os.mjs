// What system calls, processes and threads cost.
import {guestCommands} from '../guests.mjs';
import {dashLoop, findRow} from './apps.mjs';

// Program, full and quick size, what it counts, what it needs.
const programs = [
  ['getpid', 2000000, 20000, 'getpid', []],
  ['tmpfs', 200000, 2000, '4 KiB to a file in memory and back', []],
  ['pipe_ping_pong', 50000, 500, 'a byte to a child and back', ['fork']],
  ['futex_ping_pong', 50000, 500, 'turns of two threads by futex', ['threads']],
  ['pipe_throughput', 256, 2, 'MiB through a pipe', ['fork']],
  ['fork_wait', 1000, 5, 'fork, exit, wait', ['fork']],
  ['vfork_exec', 1000, 5, 'vfork, exec, wait', ['fork']],
];

export const os = {
  name: 'os',
  title: 'system calls, processes, threads',
  rows: ({quick}) => [
    ...programs.map(([name, full, brief, what, needs]) => {
      const count = quick ? brief : full;
      return {name: name.replaceAll('_', '-'), title: `${what}: ${count}`, needs, ...guestCommands(`os/${name}`, [`${count}`])};
    }),
    dashLoop(quick ? 5000 : 500000),
    {...findRow('/usr/share/doc'), title: 'find over a warm cache'},
  ],
};
