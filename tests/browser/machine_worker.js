/**
 * A machine in a module worker. In: create, run, input, end; out: ready, started, output, ended,
 * report, failed.
 */
import { BrowserPlatform } from '../../web/host/browser/platform.js';
import { FetchedFolder } from '../../web/host/browser/fetched_folder.js';
import { Machine } from '../../web/host/machine.js';

let machine;
let guest;

const handlers = {
  /** Until the machine can start a program: binaries compiled, files there. */
  async create({ binaries, root, jit }) {
    const started = performance.now();
    const directory = new URL(binaries, self.location);
    const report = (message) => postMessage({ type: 'report', message });
    const folder = await FetchedFolder.fetch(new URL(root, self.location));
    const platform = new BrowserPlatform({ directory, report });
    machine = await Machine.create({ platform, mounts: { '/': { folder, readOnly: true } }, jit });
    postMessage({ type: 'ready', milliseconds: performance.now() - started });
  },

  async run({ path, args, input }) {
    const started = performance.now();
    const write = (bytes) => postMessage({ type: 'output', bytes }, [bytes.buffer]);
    guest = await machine.spawn(path, args, { stdin: input, stdout: write, stderr: write });
    postMessage({ type: 'started' });
    const status = await guest.wait();
    const milliseconds = performance.now() - started;
    postMessage({ type: 'ended', ...status, milliseconds, stats: machine.stats() });
  },

  async input({ text }) {
    guest.stdin.write(text);
  },

  async end() {
    guest.stdin.end();
  },
};

self.onmessage = ({ data }) => {
  handlers[data.type](data).catch((error) => {
    postMessage({ type: 'failed', message: String(error?.stack ?? error) });
  });
};
