/**
 * The Node process's own streams 0, 1 and 2 as the machine's. Output is written at once and in order.
 * Input from a file is read at once, exactly as much as the guest asks for, so that a program that runs
 * after Elfin on the same descriptor goes on where the guest stopped; input from pipes and terminals
 * comes through process.stdin, which is opened when the guest first asks for it.
 */
import { fs, loadBuiltin } from './builtin.js';
import { ERRNO, negativeErrno } from '../errno.js';
import { InputQueue, STREAM_KIND } from '../streams.js';

/** How soon a full output is tried again. */
const RETRY_MS = 2;
/** /dev/null on Linux. */
const NULL_DEVICE = 0x103;

const isTerminal = (fd) => loadBuiltin('tty').isatty(fd);

function streamKind(fd) {
  const stat = fs.fstatSync(fd);
  if (stat.isFile()) return STREAM_KIND.file;
  if (!stat.isCharacterDevice()) return STREAM_KIND.pipe;
  if (stat.rdev === NULL_DEVICE) return STREAM_KIND.null;
  return isTerminal(fd) ? STREAM_KIND.terminal : STREAM_KIND.file;
}

function terminalSize() {
  for (const stream of [process.stdout, process.stderr, process.stdin]) {
    if (stream.isTTY && stream.rows) return { rows: stream.rows, columns: stream.columns };
  }
  return { rows: 24, columns: 80 };
}

/** Keys and output as they are, until the process ends: the machine has its own line discipline. */
function makeRaw(terminal) {
  terminal.setRawMode(true);
  // What libuv calls raw still makes CR LF of a LF, which programs use to go straight down. Without stty that stays so.
  loadBuiltin('child_process').spawnSync('stty', ['-opost'], { stdio: [0, 'ignore', 'ignore'] });
  process.on('exit', () => terminal.setRawMode(false));
}

class OutputDescriptor {
  onReady = () => {};
  onResize = () => {};

  constructor(fd) {
    this.fd = fd;
    this.kind = streamKind(fd);
    this.terminalSize = terminalSize;
    const stream = [process.stdin, process.stdout, process.stderr][fd];
    if (this.kind === STREAM_KIND.terminal) stream.on('resize', () => this.onResize());
  }

  write(from) {
    try {
      return fs.writeSync(this.fd, from, 0, from.length);
    } catch (error) {
      // Somebody else has made the descriptor non-blocking, and its reader is slow.
      if (error.code === 'EAGAIN') setTimeout(() => this.onReady(), RETRY_MS);
      return negativeErrno(error);
    }
  }
}

/** A file or a device that never makes a reader wait. */
class FileInput {
  constructor(fd, kind) {
    this.fd = fd;
    this.kind = kind;
  }
  read(to) {
    try {
      return fs.readSync(this.fd, to, 0, to.length, null);
    } catch (error) {
      return negativeErrno(error);
    }
  }
}

/** A pipe, socket or terminal. */
class StreamInput extends InputQueue {
  constructor(kind) {
    super();
    this.kind = kind;
    this.terminalSize = terminalSize;
    this.source = undefined;
    this.wanted = false; // whether the guest has asked for more since the last piece
  }

  read(to) {
    const count = super.read(to);
    if (count === -ERRNO.EAGAIN) this.#listen();
    return count;
  }

  /** What is shown where standard output and error are no terminal. */
  write(from) {
    try {
      return fs.writeSync(0, from, 0, from.length);
    } catch (error) {
      return negativeErrno(error);
    }
  }

  /** Takes one piece from process.stdin, which then stops until the guest wants more. */
  #listen() {
    if (this.source === undefined) {
      this.source = process.stdin;
      if (this.kind === STREAM_KIND.terminal) makeRaw(this.source);
      this.source.on('data', (bytes) => {
        this.wanted = false;
        super.write(bytes);
        if (!this.wanted) this.source.pause();
      });
      this.source.on('end', () => this.end());
      this.source.on('error', () => this.end());
    }
    this.wanted = true;
    this.source.resume();
  }
}

function standardInput() {
  const kind = streamKind(0);
  const waits = kind === STREAM_KIND.pipe || kind === STREAM_KIND.terminal;
  return waits ? new StreamInput(kind) : new FileInput(0, kind);
}

/** Options for Machine.spawn that connect the guest to this process's streams. */
export function standardStreams() {
  return { stdin: standardInput(), stdout: new OutputDescriptor(1), stderr: new OutputDescriptor(2) };
}
