// A terminal of the machine's own: keys in, screen out, as a page has it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Machine } from '../../web/host/machine.js';
import { NodeFolder } from '../../web/host/node/node_folder.js';
import { NodePlatform } from '../../web/host/node/platform.js';
import { BINARIES } from './binaries.mjs';

const makeMachine = async () => {
  const platform = new NodePlatform({ directory: BINARIES, report: () => {} });
  return { machine: await Machine.create({ platform, mounts: { '/': { folder: new NodeFolder('/'), readOnly: true } } }) };
};

/** An interactive shell and what it shows; waitFor(text) looks behind what was waited for before. */
async function openShell(size) {
  const { machine } = await makeMachine();
  let shown = '';
  let seen = 0;
  let wake = () => {};
  const decoder = new TextDecoder();
  const shell = await machine.spawn('/bin/bash', ['--norc', '--noprofile', '-i'], {
    pty: size,
    env: { PS1: 'ready> ', TERM: 'dumb', PATH: '/usr/bin:/bin', HISTFILE: '' },
    stdout: (bytes) => {
      shown += decoder.decode(bytes, { stream: true });
      wake();
    },
  });
  const waitFor = async (text) => {
    for (;;) {
      const at = shown.indexOf(text, seen);
      if (at >= 0) {
        const before = shown.slice(seen, at);
        seen = at + text.length;
        return before;
      }
      await new Promise((resolve) => (wake = resolve));
    }
  };
  await waitFor('ready> ');
  /** Types a line; what the command shows until the next prompt. */
  const run = async (line) => {
    shell.stdin.write(`${line}\n`);
    await waitFor(`${line}\r\n`);
    return waitFor('ready> ');
  };
  return { shell, run, waitFor, type: (keys) => shell.stdin.write(keys) };
}

test('a shell on a terminal', { timeout: 120_000 }, async () => {
  const { shell, run, waitFor, type } = await openShell({ rows: 30, columns: 100 });
  assert.equal(await run('tty'), '/dev/pts/0\r\n');
  assert.equal(await run('stty size'), '30 100\r\n');
  shell.resize(40, 120);
  assert.equal(await run('stty size'), '40 120\r\n');
  assert.equal(await run('echo one two | tr a-z A-Z | cat'), 'ONE TWO\r\n');
  assert.equal(await run('echo $((6 * 7)); false; echo $?'), '42\r\n1\r\n');

  // Keys count once that the program is in the foreground: it says so.
  const start = async (program) => {
    type(`sh -c 'echo started; exec ${program}'\n`);
    await waitFor('\r\nstarted\r\n');
  };
  await start('sleep 1000'); // ^C ends what runs in the foreground, not the shell
  type('\x03');
  await waitFor('ready> ');
  assert.equal(await run('echo $?'), '130\r\n');

  await start('cat');
  type('typo\x7f\x7fed\n\x04'); // the line is edited before cat sees it; ^D ends its input
  await waitFor('\r\ntyed\r\n');
  await waitFor('ready> ');

  await start('sleep 1000'); // ^Z stops it, fg goes on with it
  type('\x1a');
  await waitFor('Stopped');
  await waitFor('ready> ');
  assert.match(await run('jobs'), /^\[1\]\+ +Stopped .*sleep 1000/);
  type('fg\n');
  await waitFor('fg\r\n');
  await waitFor('sleep 1000');
  type('\x03');
  await waitFor('ready> ');
  assert.match(await run('jobs; sleep 0 & wait; echo done'), /^\[1\] \d+\r\n(.*Done.*\r\n)?done\r\n$/);

  type('exit 7\n');
  assert.equal((await shell.wait()).code, 7);
});

test('several programs at once, each with a terminal of its own', { timeout: 120_000 }, async () => {
  const { machine } = await makeMachine();
  const shown = ['', ''];
  const programs = await Promise.all([0, 1].map((n) => machine.spawn('/usr/bin/tty', [], {
    pty: true, stdout: (bytes) => (shown[n] += new TextDecoder().decode(bytes)),
  })));
  for (const program of programs) assert.equal((await program.wait()).code, 0);
  assert.deepEqual(shown, ['/dev/pts/0\r\n', '/dev/pts/1\r\n']);
  await assert.rejects(async () => (await machine.spawn('/bin/true', [], { stdin: null })).resize(1, 1), /pty/);
});

test('more than a buffer of lines waits for the program, and a signal for nobody', { timeout: 120_000 }, async () => {
  const { run, waitFor, type } = await openShell({ rows: 24, columns: 80 });
  const text = Array.from({ length: 5000 }, (_, i) => `${i} all work and no play\n`).join('');
  // Shows that it has begun, then reads slowly at first.
  type('stty -echo; (echo go; sleep 0.5; md5sum)\n');
  await waitFor('go\r\n');
  type(text);
  type('\x04');
  assert.equal((await waitFor('ready> ')).split(' ')[0], createHash('md5').update(text).digest('hex'));
  type('(echo go; exec sleep 1000)\n');
  await waitFor('go\r\n');
  type(text.slice(0, 30_000));
  type('\x03');
  await waitFor('ready> ');
  type('stty echo\n');
  await waitFor('ready> ');
  assert.equal(await run('echo fine'), 'fine\r\n');
});
