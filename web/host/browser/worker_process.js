/** A program of a machine in a worker, as the page has it: keys in, output out at the pace of whoever shows it, its end. */

/** A program of a WorkerMachine: keys in, output out, its end. */
export class WorkerProcess {
  pid = 0;
  /** Bytes that `write` has sent and the program has not taken yet. */
  pending = 0;
  #machine;
  #terminal;
  #sent = 0;
  #unshown = 0;
  #exit = Promise.withResolvers();
  #onOutput;
  #whenTaken = [];

  constructor(machine, terminal, onOutput) {
    this.#machine = machine;
    this.#terminal = terminal;
    this.#onOutput = onOutput;
    this.#exit.promise.catch(() => {}); // whoever waits hears of it
  }

  /**
   * @param {string | Uint8Array} data keys
   * @param {{urgent?: boolean}} [how] `urgent`: in place of all that waits to be taken
   */
  write(data, { urgent = false } = {}) {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data.slice();
    this.#sent += bytes.length;
    this.pending += bytes.length;
    this.#tell('input', { bytes, urgent }, [bytes.buffer]);
  }

  /** Resolves when the program has taken all that was written but at most so many bytes, or has ended. */
  async taken(atMost = 0) {
    while (this.pending > atMost) await new Promise((resolve) => this.#whenTaken.push(resolve));
  }

  end() {
    this.#tell('end', {});
  }

  resize(rows, columns) {
    this.#tell('resize', { rows, columns });
  }

  /** @returns {Promise<boolean>} */
  kill(signal = 'SIGTERM') {
    return this.#machine.kill(this.pid, signal);
  }

  /** @returns {Promise<import('../machine.d.ts').ExitStatus>} */
  wait() {
    return this.#exit.promise;
  }

  /** Nobody looks any more: the program need not wait for that. */
  discardOutput() {
    this.#onOutput = (bytes, shown) => shown();
    this.#tellShown(this.#unshown);
  }

  #tellShown(count) {
    const still = Math.min(count, this.#unshown); // what was discarded has been told
    if (still === 0) return;
    this.#unshown -= still;
    this.#tell('shown', { count: still });
  }

  /** For the machine: an event of this program's terminal. */
  receive({ event, bytes, count, code, signal, message }) {
    if (event === 'output') {
      const { length } = bytes;
      this.#unshown += length;
      let told = false;
      const shown = () => {
        if (!told) this.#tellShown(length);
        told = true;
      };
      this.#onOutput(bytes, shown);
    } else if (event === 'taken') {
      this.pending = this.#sent - count;
      this.#wake();
    } else {
      this.pending = 0;
      this.#wake();
      this.#exit.resolve({ code, signal, message });
    }
  }

  fail(error) {
    this.pending = 0;
    this.#wake();
    this.#exit.reject(error);
  }

  #wake() {
    for (const resolve of this.#whenTaken.splice(0)) resolve();
  }

  #tell(tell, what, transfer = []) {
    this.#machine.post({ tell, terminal: this.#terminal, ...what }, transfer);
  }
}
