/** What runs in a machine, from its /proc: proc_pid_stat(5). */

/** sysconf(_SC_CLK_TCK) and the page size, as the kernel tells guests. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;
/** Fields of /proc/PID/stat, counted from 0 behind the name in parentheses. */
const FIELD = Object.freeze({ state: 0, parent: 1, terminal: 4, userTicks: 11, systemTicks: 12, threads: 17, pages: 21 });

const decoder = new TextDecoder();

function parseStat(pid, text) {
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).trim().split(' ');
  const number = (name) => Number(fields[FIELD[name]]);
  return {
    pid,
    name: text.slice(text.indexOf('(') + 1, end),
    state: fields[FIELD.state],
    parent: number('parent'),
    hasTerminal: number('terminal') !== 0,
    threads: number('threads'),
    seconds: (number('userTicks') + number('systemTicks')) / TICKS_PER_SECOND,
    memoryBytes: number('pages') * PAGE_BYTES,
  };
}

/**
 * @param {import('./machine_files.js').MachineFiles} files
 * @returns {Promise<object[]>} by pid; ProcessInfo of machine.d.ts
 */
export async function listProcesses(files) {
  const entries = await files.readdir('/proc');
  const pids = entries.map(({ name }) => Number(name)).filter(Number.isInteger).sort((a, b) => a - b);
  const read = async (pid, what) => decoder.decode(await files.readFile(`/proc/${pid}/${what}`));
  const list = [];
  for (const pid of pids) {
    try {
      const command = (await read(pid, 'cmdline')).replace(/\0+$/, '').replaceAll('\0', ' ');
      list.push({ ...parseStat(pid, await read(pid, 'stat')), command });
    } catch {
      // It has ended meanwhile.
    }
  }
  return list;
}
