/**
 * Boot packs: which chunks a command touches up to its prompt or its end, in order. The command runs once,
 * on the image itself, and whoever runs it later fetches them as one object.
 */
import { entryEnvironment, userOf } from '../host/cli/image_entry.js';
import { spawnAlongPath } from '../host/cli/spawn_along_path.js';
import { Machine } from '../host/machine.js';
import { NodeBlockDevice } from '../host/node/node_block_device.js';
import { NodePlatform } from '../host/node/platform.js';

/** What a command may take; how often we look, and how often nothing may have happened. */
const MOST_MS = 300_000;
const POLL_MS = 100;
const STILL_POLLS = 8;

/** A device that notes which chunks are read. */
class RecordingDevice {
  readOnly = true;
  /** In the order of their first use. @type {Set<number>} */
  chunks = new Set();
  #below;
  #chunkSize;

  constructor(below, chunkSize) {
    this.#below = below;
    this.#chunkSize = chunkSize;
    this.size = below.size;
  }

  read(offset, to) {
    const last = Math.floor((offset + to.length - 1) / this.#chunkSize);
    for (let chunk = Math.floor(offset / this.#chunkSize); chunk <= last; chunk++) this.chunks.add(chunk);
    return this.#below.read(offset, to);
  }

  write() {
    throw Object.assign(new Error('the image is read-only'), { code: 'EROFS' });
  }

  flush() {}
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Resolves when the guest has ended, or waits for somebody: no instruction has run for a while, though the
 * machine had its turns, however busy this computer is.
 */
async function untilPrompt(machine, guest) {
  let hasEnded = false;
  const ended = guest.wait().then(() => (hasEnded = true));
  const shown = (async () => {
    for await (const piece of guest.stdout) piece.length; // a full terminal would make it wait
  })().catch(() => {});
  const limit = performance.now() + MOST_MS;
  let instructions = -1;
  for (let still = 0; !hasEnded && still < STILL_POLLS && performance.now() < limit;) {
    await pause(POLL_MS);
    const now = machine.stats().guestInstructions;
    still = now === instructions ? still + 1 : 0;
    instructions = now;
  }
  guest.kill('SIGKILL');
  await Promise.all([ended, shown]);
}

/**
 * What a command is to an image with this entry, for recordBoot.
 * @param {string[]} args
 */
export const asEntry = (args, entry) => async (machine) => ({
  command: args, env: { ...entryEnvironment(entry), TERM: 'xterm-256color' }, cwd: entry.cwd ?? '/',
  ...(await userOf(machine, entry.user)),
});

/**
 * @param {string} image
 * @param {(machine: Machine) => Promise<{command: string[], env: object, cwd: string, uid?: number, gid?: number,
 *   argv0?: string}>} choose what runs
 * @param {{chunkSize: number, binaries: URL, report: (line: string) => void}} options
 * @returns {Promise<number[]>} the chunks that are touched, by `choose`, too
 */
export async function recordBoot(image, choose, { chunkSize, binaries, report }) {
  const below = new NodeBlockDevice(image);
  try {
    const device = new RecordingDevice(below, chunkSize);
    const platform = new NodePlatform({ directory: binaries, report });
    const machine = await Machine.create({ platform, mounts: { '/': { image: device } }, jit: 'off' });
    const { command, ...settings } = await choose(machine);
    const guest = await spawnAlongPath(machine, command, { ...settings, pty: { rows: 24, columns: 80 } });
    await untilPrompt(machine, guest);
    return [...device.chunks];
  } finally {
    below.close();
  }
}

/**
 * Packs of several commands, each without what those before it have.
 * @param {{name: string, args: string[]}[]} commands
 * @param {(string | undefined)[]} chunks the image's
 * @param {(indexes: number[]) => Promise<string>} addPack makes an object of chunks; returns its hash
 * @param {(args: string[]) => Promise<number[]>} record
 * @returns {Promise<Record<string, {object: string, chunks: number[]}>>}
 */
export async function makePacks(commands, chunks, addPack, record) {
  const packs = {};
  const packed = new Set();
  for (const { name, args } of commands) {
    const fresh = (await record(args)).filter((chunk) => chunks[chunk] !== undefined && !packed.has(chunk));
    for (const chunk of fresh) packed.add(chunk);
    if (fresh.length > 0) packs[name] = { object: await addPack(fresh), chunks: fresh };
  }
  return packs;
}
