/**
 * A machine in a dedicated module worker, for a page that only draws: the worker's side of PROTOCOL.md.
 * worker_machine.js is the page's side.
 */
import { describeError } from '../errors.js';
import { Machine } from '../machine.js';
import { PacedInput, PacedOutput } from '../paced_streams.js';
import { gathered } from '../gathered.js';
import { openDisk } from './disk.js';
import { DoorbellListener } from './doorbell.js';
import { MemoryFolder } from './memory_folder.js';
import { BrowserPlatform } from './platform.js';
import { WebFolder } from './web_folder.js';

const TAR_PIECE = 1 << 20;

/** @type {Machine} */
let machine;
let isStopping = false;
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

/** What a page asks for by pieces, since there may be more of it than memory: by its name, an async iterable. */
const SOURCES = {
  disk: () => machine.exportDisk(),
  tar: (path) => gathered(machine.fs.exportTar(path), TAR_PIECE),
};
/** What a page gives so: what is done with it. */
const SINKS = {
  tar: (pieces, path) => machine.fs.importTar(path, pieces),
};
/** The ways in of those that are being given, by the page's numbers. @type {Map<number, WritableStreamDefaultWriter>} */
const given = new Map();

/** What ends the watching of files, by the page's numbers. */
const watches = new Map();

/** Those that are being read, by the numbers that the page has for them. */
const reading = new Map();
let lastReading = 0;

const send = (message, transfer) => postMessage(message, { transfer });
const sendBytes = (message) => send(message, [message.bytes.buffer]);

/** Of an answer that is bytes, or a piece with bytes in it: nobody here needs them any more. */
function wholeBuffers(value) {
  const parts = [value, value?.value, value?.value?.bytes];
  return parts.filter((part) => part instanceof Uint8Array && part.length === part.buffer.byteLength).map(({ buffer }) => buffer);
}

async function whenEnded(terminal, process) {
  try {
    const status = await process.wait();
    // What was written in the last turn goes out first.
    queueMicrotask(() => send({ event: 'ended', terminal, ...status }));
  } catch (error) {
    if (!isStopping) send({ event: 'failed', message: error.message });
  } finally {
    terminals.delete(terminal);
  }
}

/** Events of the machine's that the page wants to hear of. */
const told = new Set(['activity']);

function tellOf(event) {
  machine.addEventListener(event, ({ detail }) => send({ event, detail }));
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
    machine = await Machine.create({ platform, mounts: { '/': disk.mount }, jit });
    for (const event of told) tellOf(event);
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
  files: async ({ method, args }) => machine.fs[method](...args),
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

  async begin({ source, args }) {
    reading.set(++lastReading, SOURCES[source](...args)[Symbol.asyncIterator]());
    return lastReading;
  },

  next: async ({ reading: number }) => reading.get(number).next(),

  async leave({ reading: number }) {
    await reading.get(number).return?.();
    reading.delete(number);
  },

  touched: async () => disk.touched(),

  async take({ giving, sink, args }) {
    const { readable, writable } = new TransformStream();
    given.set(giving, writable.getWriter());
    try {
      return await SINKS[sink](readable, ...args);
    } finally {
      readable.cancel().catch(() => {}); // what is on its way is not wanted any more
    }
  },

  async give({ giving, bytes, failure }) {
    const writer = given.get(giving);
    if (bytes !== undefined) return writer.write(bytes);
    given.delete(giving);
    await (failure === undefined ? writer.close() : writer.abort(new Error(failure)));
    return undefined;
  },

  diskUsage: async () => machine.diskUsage(),

  async stop() {
    isStopping = true;
    await machine?.stop();
    await disk?.close();
  },
};

const messages = {
  input: ({ stdin }, { bytes, urgent }) => (urgent ? stdin.replace(bytes) : stdin.write(bytes)),
  end: ({ stdin }) => stdin.end(),
  resize: ({ process }, { rows, columns }) => process?.resize(rows, columns),
  shown: ({ output }, { count }) => output.shown(count),
};

/** Those that are about no terminal. */
const machineMessages = {
  hear({ event }) {
    if (told.has(event)) return;
    told.add(event);
    if (machine) tellOf(event);
  },
  watch: ({ watch, path }) =>
    void watches.set(watch, machine.fs.watch(path, (changed) => send({ event: 'changed', watch, path: changed }))),
  unwatch({ watch }) {
    watches.get(watch)();
    watches.delete(watch);
  },
};

function hear(data) {
  if (data.tell in machineMessages) return machineMessages[data.tell](data);
  const terminal = terminals.get(data.terminal); // it may have ended meanwhile
  return terminal && messages[data.tell](terminal, data);
}

self.addEventListener('message', async ({ data }) => {
  doorbell?.hear(data.ring);
  if (data.prepare !== undefined) return void fetchBinaries(data.prepare);
  if (data.tell !== undefined) return void hear(data);
  try {
    const value = await calls[data.call](data);
    send({ answer: data.id, value }, wholeBuffers(value));
  } catch (error) {
    send({ answer: data.id, error: describeError(error) });
  }
});

send({ event: 'started' });
