/**
 * What the machine's streams 0, 1 and 2 are connected to: the stream_* imports of kernel.wasm, and the
 * ends that work in any host. (node/standard_streams.js has those of a Node process.)
 *
 * An end is a StreamEnd of machine.d.ts: reads and writes never wait; one that answers -EAGAIN calls its
 * `onReady` later.
 */
import { ERRNO } from './errno.js';
import { toBytes } from './kernel_instance.js';

/** HostStreamKind of syscalls/kernel/host.h. */
export const STREAM_KIND = Object.freeze({ pipe: 0, terminal: 1, file: 2, null: 3 });

/** Both ends of nothing: like /dev/null. */
export class NullEnd {
  kind = STREAM_KIND.null;
  read() {
    return 0;
  }
  write(from) {
    return from.length;
  }
}

/** A queue that the page fills and the guest reads. */
export class InputQueue {
  kind = STREAM_KIND.pipe;
  onReady = () => {};
  #chunks = [];
  #ended = false;

  /** @param {string | Uint8Array} data */
  write(data) {
    const bytes = toBytes(data);
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.onReady();
  }

  /** The guest reads end of file after what is queued. */
  end() {
    this.#ended = true;
    this.onReady();
  }

  read(to) {
    const chunk = this.#chunks[0];
    if (chunk === undefined) return this.#ended ? 0 : -ERRNO.EAGAIN;
    const count = Math.min(chunk.length, to.length);
    to.set(chunk.subarray(0, count));
    if (count === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(count);
    return count;
  }
}

/** Hands each piece of output to a function. */
export class OutputCallback {
  kind = STREAM_KIND.pipe;
  /** @param {(bytes: Uint8Array) => void} callback gets bytes of its own */
  constructor(callback) {
    this.callback = callback;
  }
  write(from) {
    this.callback(from.slice());
    return from.length;
  }
}

/** Output as a web ReadableStream, without a bound: the guest is never stopped by a slow reader. */
export class OutputStream extends OutputCallback {
  constructor() {
    let controller;
    const readable = new ReadableStream({ start: (c) => void (controller = c) });
    super((bytes) => controller.enqueue(bytes));
    this.readable = readable;
    this.controller = controller;
  }
  /** The process has ended. */
  close() {
    this.controller.close();
  }
}

/** Fills a queue from an async iterable (a web ReadableStream is one) as it arrives. */
async function pumpInto(queue, source) {
  try {
    for await (const piece of source) queue.write(piece);
  } finally {
    queue.end();
  }
}

/** The end for spawn's `stdin` option; see machine.d.ts. */
export function makeInputEnd(option) {
  if (option === null) return new NullEnd();
  if (typeof option?.read === 'function') return option;
  const queue = new InputQueue();
  if (typeof option === 'string' || option instanceof Uint8Array) {
    queue.write(option);
    queue.end();
  } else if (option?.[Symbol.asyncIterator]) {
    pumpInto(queue, option).catch(() => {}); // a source that fails is end of input
  }
  return queue;
}

/** The end for spawn's `stdout` and `stderr` options. */
export function makeOutputEnd(option) {
  if (option === null) return new NullEnd();
  if (typeof option === 'function') return new OutputCallback(option);
  if (typeof option?.write === 'function') return option;
  return new OutputStream();
}

export class StreamTable {
  constructor() {
    /** @type {import('./machine.d.ts').StreamEnd[]} */
    this.ends = [new NullEnd(), new NullEnd(), new NullEnd()];
  }

  /** @param {(stream: number) => void} onReady */
  connect(ends, onReady) {
    this.ends = ends;
    ends.forEach((end, stream) => {
      end.onReady = () => onReady(stream);
    });
  }

  /** @param {import('./kernel_instance.js').KernelInstance} kernel */
  imports(kernel) {
    return {
      stream_kind: (stream) => this.ends[stream].kind,
      stream_read: (stream, to, size) =>
        this.ends[stream].read?.(kernel.slice(to, size)) ?? -ERRNO.EBADF,
      stream_write: (stream, from, size) =>
        this.ends[stream].write?.(kernel.slice(from, size)) ?? -ERRNO.EBADF,
      terminal_size: (stream) => {
        const { rows, columns } = this.ends[stream].terminalSize?.() ?? { rows: 24, columns: 80 };
        return (rows << 16) | (columns & 0xffff);
      },
    };
  }
}
