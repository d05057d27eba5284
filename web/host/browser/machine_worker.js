/**
 * A machine in a dedicated module worker, for a page that only draws: the worker's side of PROTOCOL.md.
 * worker_machine.js is the page's side.
 */
import { Machine } from '../machine.js';
import { OverlayImage } from '../overlay_image.js';
import { PacedInput, PacedOutput } from '../paced_streams.js';
import { ActivityWatch } from './activity_watch.js';
import { openDisk } from './disk.js';
import { DoorbellListener } from './doorbell.js';
import { MemoryFolder } from './memory_folder.js';
import { BrowserPlatform } from './platform.js';
import { WebFolder } from './web_folder.js';

/** What `readDisk` gives at once. */
const DISK_PIECE = 4 << 20;

/** @type {Machine} */
let machine;
let disk;
/** @type {DoorbellListener | undefined} */
let doorbell;
/** What a page calls a terminal → its streams and process. */
const terminals = new Map();
/** Folders in memory, by where they are mounted. @type {Map<string, MemoryFolder>} */
const memoryFolders = new Map();

/** The binaries that are on their way, and from where. */
let fetched;

const placeOf = ({ binaries, suffix }) =>
  ({ ...(typeof binaries === 'string' ? { directory: binaries } : { binaries }), suffix });

/** Once for each place. They come while the page and the disk do; Machine.create hears of trouble. */
function fetchBinaries(place) {
  const name = JSON.stringify(place);
  if (fetched?.name !== name) {
    fetched = { name, coming: new BrowserPlatform(placeOf(place)).loadBinaries() };
    fetched.coming.catch(() => {});
  }
  return fetched.coming;
}

async function packTar(path) {
  const pieces = [];
  for await (const piece of machine.fs.exportTar(path)) pieces.push(piece);
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

const send = (message, transfer) => postMessage(message, { transfer });
const sendBytes = (message) => send(message, [message.bytes.buffer]);

/** @returns an error as plain data */
function described(error) {
  return { name: error?.name ?? 'Error', message: error?.message ?? String(error), errno: error?.errno };
}

async function whenEnded(terminal, process) {
  try {
    const status = await process.wait();
    // What was written in the last turn goes out first.
    queueMicrotask(() => send({ event: 'ended', terminal, ...status }));
  } catch (error) {
    send({ event: 'failed', message: error.message });
  } finally {
    terminals.delete(terminal);
  }
}

const calls = {
  async create({ binaries, suffix, disk: wish, jit, memoryBytes, translatorDelayMs, doorbell: memory }) {
    if (memory) doorbell = new DoorbellListener(memory);
    const progress = (what, { loaded, total }) => send({ event: 'loading', what, loaded, total });
    const report = (message) => send({ event: 'report', message });
    const coming = fetchBinaries({ binaries, suffix });
    const platform = new BrowserPlatform({
      ...placeOf({ binaries, suffix }), coming, translator: true, translatorDelayMs, report, doorbell,
    });
    platform.memoryBytes = memoryBytes;
    disk = await openDisk(wish, { report, progress: (done) => progress('disk', done) });
    const activity = new ActivityWatch(platform, disk, () => machine, send);
    machine = await Machine.create({ platform, mounts: { '/': disk.mount }, jit });
    activity.start();
    return { kept: disk.kept };
  },

  async spawn({ terminal, path, args, options: { input, ...options } }) {
    const output = new PacedOutput((bytes) => sendBytes({ event: 'output', terminal, bytes }));
    const stdin = input ?? new PacedInput((count) => send({ event: 'taken', terminal, count }));
    terminals.set(terminal, { output, stdin });
    try {
      const process = await machine.spawn(path, args, { ...options, stdin, stdout: output, stderr: output });
      terminals.get(terminal).process = process;
      whenEnded(terminal, process);
      return process.pid;
    } catch (error) {
      terminals.delete(terminal);
      throw error;
    }
  },

  kill: async ({ pid, signal }) => machine.kill(pid, signal),
  files: async ({ method, args }) => (method === 'exportTar' ? packTar(...args) : machine.fs[method](...args)),
  processes: async () => machine.processes(),
  stats: async () => machine.stats(),

  async mountWeb({ path, url }) {
    await machine.fs.mkdir(path, { recursive: true });
    await machine.mount(path, { folder: new WebFolder(url), readOnly: true });
  },

  async mountMemory({ path }) {
    const folder = new MemoryFolder();
    await machine.fs.mkdir(path, { recursive: true });
    await machine.mount(path, { folder, readOnly: true });
    memoryFolders.set(path, folder);
  },

  putFile: async ({ path, name, bytes }) => memoryFolders.get(path).put(name, bytes),

  async mountFolder({ path, handle, readOnly, owner }) {
    await machine.fs.mkdir(path, { recursive: true });
    await machine.mount(path, { folder: handle, readOnly, owner });
  },

  unmount: ({ path }) => machine.unmount(path),

  async readDisk({ offset }) {
    if (disk.devices.length === 0) throw new Error('a folder is no disk that could be exported');
    const image = new OverlayImage(...disk.devices);
    const bytes = new Uint8Array(Math.min(DISK_PIECE, image.size - offset));
    await image.read(offset, bytes);
    return { bytes, size: image.size };
  },

  touched: async () => disk.touched(),

  async writtenBytes() {
    return disk.devices.length === 0 ? 0 : new OverlayImage(...disk.devices).writtenBytes();
  },

  async stop() {
    await machine?.close();
    await disk?.close();
  },
};

const messages = {
  input: ({ stdin }, { bytes, urgent }) => (urgent ? stdin.replace(bytes) : stdin.write(bytes)),
  end: ({ stdin }) => stdin.end(),
  resize: ({ process }, { rows, columns }) => process?.resize(rows, columns),
  shown: ({ output }, { count }) => output.shown(count),
};

self.addEventListener('message', async ({ data }) => {
  doorbell?.hear(data.ring);
  if (data.prepare !== undefined) return void fetchBinaries(data.prepare);
  if (data.tell !== undefined) {
    const terminal = terminals.get(data.terminal); // it may have ended meanwhile
    if (terminal !== undefined) messages[data.tell](terminal, data);
    return;
  }
  try {
    send({ answer: data.id, value: await calls[data.call](data) });
  } catch (error) {
    send({ answer: data.id, error: described(error) });
  }
});

send({ event: 'started' });
