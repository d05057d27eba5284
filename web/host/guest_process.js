/** A process that Machine.spawn has started: its streams, its end. See machine.d.ts. */
import { STREAM_KIND } from './streams.js';

const SIGNALS = Object.freeze({
  SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8,
  SIGKILL: 9, SIGUSR1: 10, SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15,
  SIGCHLD: 17, SIGCONT: 18, SIGSTOP: 19, SIGTSTP: 20, SIGTTIN: 21, SIGTTOU: 22, SIGWINCH: 28,
});

/** @returns {number} Linux's number of a signal given by name or number */
export function signalNumber(signal) {
  const number = typeof signal === 'number' ? signal : SIGNALS[signal];
  if (!Number.isInteger(number)) throw new TypeError(`unknown signal: ${signal}`);
  return number;
}

export class GuestProcess {
  #ends;
  #kill;
  #exit = Promise.withResolvers();

  constructor(pid, ends, kill) {
    this.pid = pid;
    this.#ends = ends;
    this.#kill = kill;
    this.stdin = ends[0].input ?? ends[0]; // of a terminal: its keys
    this.stdout = ends[1].readable;
    this.stderr = ends[2].readable;
    this.#exit.promise.catch(() => {}); // whoever waits hears of a failure
  }

  /** Resolves when the process has ended; rejects when the machine has failed. */
  wait() {
    return this.#exit.promise;
  }

  /** @returns {boolean} whether there was a process to send it to */
  kill(signal = 'SIGTERM') {
    return this.#kill(signalNumber(signal));
  }

  /** The terminal has another size; only with `pty`. */
  resize(rows, columns) {
    if (!this.#ends[0].resize) throw new Error('resize: the program was not started with `pty`');
    this.#ends[0].resize(rows, columns);
  }

  /** For the machine: the wait status of wait4(2) and the line about a fatal signal. */
  finish(status, message) {
    // Terminals outlive programs in the machine; other ends close when nobody has them open.
    this.#close((end) => end.kind === STREAM_KIND.terminal);
    const signal = status & 0x7f;
    const code = signal === 0 ? (status >> 8) & 0xff : 128 + signal;
    this.#exit.resolve({ code, signal, message });
  }

  fail(error) {
    this.#close(() => true);
    this.#exit.reject(error);
  }

  #close(which) {
    for (const end of new Set(this.#ends)) if (which(end)) end.close?.();
  }
}
