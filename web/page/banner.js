/** What stands above the first prompt: where one is, and five commands that work on this disk. */

/** In the order of preference: what it needs, the command, what it does. */
const COMMANDS = Object.freeze([
  ['/usr/bin/bc', 'echo "scale=100; 4*a(1)" | bc -lq', 'π to 100 places'],
  ['/usr/bin/python3', 'python3 -c "print(2**521 - 1)"', 'a Mersenne prime'],
  ['/usr/bin/gcc', 'gcc --version', 'a compiler'],
  ['/usr/bin/vim', 'vim /etc/profile', 'an editor; :q leaves it'],
  ['/usr/bin/htop', 'htop', 'what is running'],
  ['/usr/bin/tmux', 'tmux', 'several shells in one terminal'],
  ['/usr/bin/sqlite3', 'sqlite3 :memory: "select sqlite_version()"', 'a database'],
  ['/bin/ls', 'ls -l /', 'the disk, which keeps what you write'],
  ['/bin/cat', 'cat /proc/cpuinfo', 'the processor that isn\'t there'],
  ['/bin/date', 'date > note; cat note', 'a file that is there after a reload'],
  ['/bin/sleep', 'sleep 100 & jobs', 'job control, as in any shell'],
  ['/bin/sh', 'echo $((6 * 7))', 'a sum'],
]);
const SHOWN = 5;

const bold = (text) => `\x1b[1m${text}\x1b[22m`;
const quiet = (text) => `\x1b[90m${text}\x1b[39m`; // dim text is too pale to read with ease

/** Those commands whose program is there. */
async function usable(machine) {
  const isThere = await Promise.all(COMMANDS.map(([path]) => machine.fs.stat(path).then(() => true, () => false)));
  return COMMANDS.filter((_, index) => isThere[index]).slice(0, SHOWN);
}

/**
 * @param {import('../host/browser/worker_machine.js').WorkerMachine} machine
 * @param {{title: string, columns: number}} options
 * @returns {Promise<string>} for the terminal; never rejects
 */
export async function makeBanner(machine, { title, columns }) {
  const commands = await usable(machine);
  const width = Math.max(0, ...commands.map(([, command]) => command.length));
  const fits = columns >= width + 36;
  const lines = commands.map(([, command, what]) =>
    (fits ? `  \x1b[32m${command.padEnd(width)}\x1b[39m  ${quiet(what)}` : `  \x1b[32m${command}\x1b[39m`));
  const head = columns >= 60 ? `${bold(title)} ${quiet('· Linux programs, run by this page. Nothing leaves it.')}` : bold(title);
  return [head, '', ...lines, '', ''].join('\r\n');
}
