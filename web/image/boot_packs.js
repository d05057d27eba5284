/**
 * Boot packs: which chunks a command touches up to its prompt or its end, in order. The command runs once,
 * on the image itself, and whoever runs it later fetches them as one object.
 */
import { entryEnvironment, userOf } from '../host/cli/image_entry.js';
import { spawnAlongPath } from '../host/cli/spawn_along_path.js';
import { Machine } from '../host/machine.js';
import { NodeBlockDevice } from '../host/node/node_block_device.js';
import { NodePlatform } from '../host/node/platform.js';

/** What a command may take; how long it must be silent to be at its prompt. */
const MOST_MS = 120_000;
const SILENCE_MS = 1500;

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

/** Resolves when the guest has ended, or has been silent after its first output. */
async function untilPrompt(guest) {
  let tick;
  const silent = new Promise((resolve) => {
    tick = () => {
      clearTimeout(tick.timer);
      tick.timer = setTimeout(resolve, SILENCE_MS);
    };
  });
  const most = new Promise((resolve) => (tick.most = setTimeout(resolve, MOST_MS)));
  const ended = guest.wait();
  const listening = (async () => {
    for await (const piece of guest.stdout) if (piece.length > 0) tick();
  })().catch(() => {});
  await Promise.race([silent, most, ended]);
  clearTimeout(tick.timer);
  clearTimeout(tick.most);
  guest.kill('SIGKILL');
  await Promise.all([ended, listening]);
}

/**
 * @param {string} image
 * @param {string[]} args the command
 * @param {{entry: object, chunkSize: number, binaries: URL, report: (line: string) => void}} options
 * @returns {Promise<number[]>} the chunks that it touches
 */
export async function recordBoot(image, args, { entry, chunkSize, binaries, report }) {
  const below = new NodeBlockDevice(image);
  try {
    const device = new RecordingDevice(below, chunkSize);
    const platform = new NodePlatform({ directory: binaries, report });
    const machine = await Machine.create({ platform, mounts: { '/': { image: device } }, jit: 'off' });
    const { uid, gid } = await userOf(machine, entry.user);
    const env = { ...entryEnvironment(entry), TERM: 'xterm-256color' };
    const guest = await spawnAlongPath(machine, args, {
      env, cwd: entry.cwd ?? '/', uid, gid, pty: { rows: 24, columns: 80 },
    });
    await untilPrompt(guest);
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
