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
  #closed = false;

  /** @param {string | Uint8Array} data */
  write(data) {
    const bytes = toBytes(data);
    if (bytes.length === 0 || this.#closed) return;
    this.#chunks.push(bytes);
    this.onReady();
  }

  /** What waits is dropped. @returns {number} how many bytes */
  forget() {
    return this.#chunks.splice(0).reduce((sum, { length }) => sum + length, 0);
  }

  /** Nobody reads any more: what waits is dropped, and so is what comes. */
  close() {
    this.#closed = true;
    this.forget();
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

/**
 * Output as a web ReadableStream, without a bound: the guest is never stopped by a slow reader. It ends when nobody in the
 * machine can write any more. A reader that cancels it is a pipe's reader that has gone.
 */
export class OutputStream {
  kind = STREAM_KIND.pipe;
  #controller;
  #closed = false;

  constructor() {
    this.readable = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      cancel: () => void (this.#closed = true),
    });
  }
  write(from) {
    if (this.#closed) return -ERRNO.EPIPE;
    this.#controller.enqueue(from.slice());
    return from.length;
  }
  close() {
    if (!this.#closed) this.#controller.close();
    this.#closed = true;
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

/**
 * A terminal's side of a page or program: keys come from an input end, what is shown goes to an output end. The
 * machine's line discipline is between them and the guest.
 */
export class TerminalEnd {
  kind = STREAM_KIND.terminal;
  onReady = () => {};
  onResize = () => {};
  #size;

  constructor(input, output, { rows = 24, columns = 80 } = {}) {
    this.input = input;
    this.output = output;
    this.readable = output.readable;
    this.#size = { rows, columns };
    input.onReady = output.onReady = () => this.onReady();
  }
  read(to) {
    return this.input.read(to);
  }
  write(from) {
    return this.output.write(from);
  }
  terminalSize() {
    return this.#size;
  }
  /** Another size: SIGWINCH for the guest's foreground. */
  resize(rows, columns) {
    this.#size = { rows, columns };
    this.onResize();
  }
  close() {
    this.output.close?.();
  }
}

/** The three ends of spawn's options. */
export function makeEnds({ stdin, stdout, stderr, pty }) {
  if (!pty) return [makeInputEnd(stdin), makeOutputEnd(stdout), makeOutputEnd(stderr)];
  const terminal = new TerminalEnd(makeInputEnd(stdin), makeOutputEnd(stdout), pty === true ? {} : pty);
  return [terminal, terminal, terminal];
}

export class StreamTable {
  /** @type {Map<number, import('./machine.d.ts').StreamEnd>} */
  #ends = new Map();
  #next = 0;

  /**
   * Gives a program's three ends their numbers; the first of them.
   * @param {{ ready: (stream: number) => void, resized: (stream: number) => void }} events
   */
  connect(ends, { ready, resized }) {
    const first = this.#next;
    this.#next += ends.length;
    ends.forEach((end, n) => this.#ends.set(first + n, end));
    for (const end of new Set(ends)) {
      const isOpen = (stream) => this.#ends.get(stream) === end;
      const all = ends.map((_, n) => first + n).filter(isOpen);
      end.onReady = () => all.filter(isOpen).forEach(ready);
      end.onResize = () => all.filter(isOpen).slice(0, 1).forEach(resized);
    }
    return first;
  }

  /** A program that was not started has had none of them. */
  forget(first, count) {
    for (let stream = first; stream < first + count; stream++) this.#ends.delete(stream);
  }

  /** How many are open. */
  get size() {
    return this.#ends.size;
  }

  /** Nobody in the machine has it any more; an end that was several streams is closed with the last of them. */
  close(stream) {
    const end = this.#ends.get(stream);
    this.#ends.delete(stream);
    if (end !== undefined && ![...this.#ends.values()].includes(end)) end.close?.();
  }

  /** @param {import('./kernel_instance.js').KernelInstance} kernel */
  imports(kernel) {
    return {
      stream_kind: (stream) => this.#ends.get(stream).kind,
      stream_read: (stream, to, size) =>
        this.#ends.get(stream).read?.(kernel.slice(to, size)) ?? -ERRNO.EBADF,
      stream_write: (stream, from, size) =>
        this.#ends.get(stream).write?.(kernel.slice(from, size)) ?? -ERRNO.EBADF,
      stream_close: (stream) => this.close(stream),
      terminal_size: (stream) => {
        const { rows, columns } = this.#ends.get(stream).terminalSize?.() ?? { rows: 24, columns: 80 };
        return (rows << 16) | (columns & 0xffff);
      },
    };
  }
}
