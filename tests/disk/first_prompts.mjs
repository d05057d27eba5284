// bash's and then python3's first prompt on a terminal of a machine whose disk is far away: what was asked for.
import { entryEnvironment, userOf } from '../../web/host/cli/image_entry.js';
import { openImage } from '../../web/host/images/open_image.js';
import { Machine } from '../../web/host/machine.js';
import { NodePlatform } from '../../web/host/node/platform.js';
import { BINARIES } from '../host/binaries.mjs';

const PATIENCE_MS = 120_000;

/** Reads until the terminal shows the text. */
async function untilShown(output, text) {
  let shown = '';
  const limit = AbortSignal.timeout(PATIENCE_MS);
  while (!shown.includes(text)) {
    const late = new Promise((_, reject) => limit.addEventListener('abort', () => reject(new Error(`no '${text}', but: ${shown}`))));
    const { done, value } = await Promise.race([output.next(), late]);
    if (done) throw new Error(`it ended with: ${shown}`);
    shown += Buffer.from(value).toString('latin1');
  }
}

/**
 * @param {string} url of the image
 * @param {() => Promise<object>} counts of the server, since it was asked last
 * @returns {Promise<Record<'bash' | 'python3', {requests: number, bytes: number, atOnce: number, seconds: number}>>}
 */
export async function firstPrompts(url, counts) {
  let began = performance.now();
  const soFar = async () => {
    const seconds = (performance.now() - began) / 1000;
    const counted = { ...(await counts()), seconds };
    began = performance.now();
    return counted;
  };
  const device = await openImage(url, {});
  const machine = await Machine.create({ platform: new NodePlatform({ directory: BINARIES, report: () => {} }), mounts: { '/': { image: device } } });
  const entry = { user: 'user', cwd: '/home/user', env: { HOME: '/home/user', USER: 'user', LANG: 'C.UTF-8' }, ...device.entry };
  const guest = await machine.spawn('/bin/bash', ['--login', '-i'], {
    env: { ...entryEnvironment(entry), TERM: 'xterm-256color' }, cwd: entry.cwd, ...(await userOf(machine, entry.user)),
    pty: { rows: 24, columns: 80 },
  });
  const output = guest.stdout[Symbol.asyncIterator]();
  await untilShown(output, '$ ');
  const bash = await soFar();
  await guest.stdin.write('python3\n');
  await untilShown(output, '>>> ');
  const python3 = await soFar();
  guest.kill('SIGKILL');
  await guest.wait();
  await machine.stop();
  return { bash, python3 };
}
