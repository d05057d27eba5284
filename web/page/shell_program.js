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

/** Starts the first terminal's shell, in a link's folder, and types a link's command once the user has agreed. */
export async function runRequest(terminal, machine, { shell, request: { cmd, cwd, image }, ask }) {
  await terminal.run(machine, shell);
  if (cwd || cmd) await terminal.hasSpoken(); // what is typed before a prompt shows twice
  if (cwd) terminal.typeText(`cd ${quoted(cwd)}\r`);
  if (!cmd) return;
  const answer = await ask({
    title: 'Run the command of this link?',
    text: image ? `${cmd}\n(on the disk ${image})` : cmd,
    answers: { no: 'Don\'t', type: 'Only type it', yes: 'Run' },
  });
  if (answer === 'type' || answer === 'yes') terminal.typeText(answer === 'yes' ? `${cmd}\r` : cmd);
}

/** As one word of a shell's. */
const quoted = (text) => `'${text.replaceAll('\'', '\'\\\'\'')}'`;
