/** What a machine's /proc tells of it: what runs (proc_pid_stat(5)), and what its network has carried. */

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

async function listPids(files) {
  const entries = await files.readdir('/proc');
  return entries.map(({ name }) => Number(name)).filter(Number.isInteger).sort((a, b) => a - b);
}

/**
 * @param {import('./machine_files.js').MachineFiles} files
 * @returns {Promise<object[]>} by pid; ProcessInfo of machine.d.ts
 */
export async function listProcesses(files) {
  const pids = await listPids(files);
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

/** Bytes that programs have sent each other over the machine's own network so far; undefined while none runs. */
export async function loopbackBytes(files) {
  const [pid] = await listPids(files); // there is one network for all, which each process sees as its own
  if (pid === undefined) return undefined;
  const text = decoder.decode(await files.readFile(`/proc/${pid}/net/dev`));
  return Number(/^ *lo: *(\d+)/m.exec(text)[1]);
}
