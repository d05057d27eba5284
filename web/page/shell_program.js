/** What runs in a terminal: the disk's shell, and what a link asks for. */

const SHELLS = ['/bin/bash', '/bin/sh', '/bin/busybox'];
const ENVIRONMENT = Object.freeze({
  TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'C.UTF-8', HOME: '/root', USER: 'root', LOGNAME: 'root',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
});
const HOMES = ['/root', '/'];

async function firstThere(machine, paths) {
  const isThere = await Promise.all(paths.map((path) => machine.fs.stat(path).then(() => true, () => false)));
  return paths[isThere.indexOf(true)];
}

/**
 * @param {object} manifest `shell` in it, {path, args, env, cwd}, goes before what is found
 * @returns {Promise<object>} for ShellTerminal.run
 */
export async function chooseShell(machine, { shell = {} }) {
  const [found, home] = await Promise.all([firstThere(machine, SHELLS), firstThere(machine, HOMES)]);
  const path = shell.path ?? found ?? '/bin/sh';
  const isBusybox = path.endsWith('/busybox');
  return {
    path,
    args: shell.args ?? ['-l'],
    argv0: isBusybox ? 'sh' : undefined,
    env: { ...ENVIRONMENT, SHELL: path, ...shell.env },
    cwd: shell.cwd ?? home,
  };
}

/**
 * Characters that a question would not show as what they are: control codes, which a shell's line editor obeys (Ctrl-U,
 * Enter), marks that turn the direction of writing, line ends.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** The folder of a link, if there is one; what it says is never typed. @returns {Promise<string | undefined>} */
async function linkFolder(machine, { cwd }, from) {
  const path = cwd.startsWith('/') ? cwd : `${from}/${cwd}`;
  const type = await machine.fs.stat(path).then((stat) => stat.type, () => undefined);
  return type === 'directory' ? path : undefined;
}

/**
 * Starts the first terminal's shell, in a link's folder, and types a link's command once the user has agreed.
 * @param {{shell: object, request: {cmd?: string, cwd?: string, image?: string}, ask: Function,
 *   notices: import('./notices.js').Notices}} services
 */
export async function runRequest(terminal, machine, { shell, request, ask, notices }) {
  const { cmd, cwd, image } = request;
  const folder = cwd ? await linkFolder(machine, request, shell.cwd) : undefined;
  await terminal.run(machine, { ...shell, cwd: folder ?? shell.cwd });
  if (cwd && !folder) notices.show(`The folder of this link isn't on the disk: ${cwd}`, { kind: 'warn' });
  if (!cmd) return;
  if (UNSEEN.test(cmd)) {
    notices.show('The command of this link holds characters that can\'t be seen. It is not run.', { kind: 'warn' });
    return;
  }
  await terminal.hasSpoken(); // what is typed before a prompt shows twice
  const answer = await ask({
    title: 'Run the command of this link?',
    text: image ? `${cmd}\n(on the disk ${image})` : cmd,
    answers: { no: 'Don\'t', type: 'Only type it', yes: 'Run' },
  });
  if (answer === 'type' || answer === 'yes') terminal.typeText(answer === 'yes' ? `${cmd}\r` : cmd);
}
