/**
 * The worker that translates for a machine: one batch at a time, and a new worker after one that has
 * ended, however that came.
 */
export class TranslationWorker {
  #platform;
  #report;
  #worker;
  /** Waits for the answer to the batch that the worker has. */
  #done;
  #isOver = false;

  /**
   * @param {import('./machine.d.ts').Platform} platform
   */
  constructor(platform) {
    this.#platform = platform;
    this.#report = (message) => platform.report(message);
  }

  get isBusy() {
    return this.#done !== undefined;
  }

  /**
   * @param {Uint8Array} batch given away
   * @param {(result: {answer?: Uint8Array, error?: string, milliseconds: number, hasEnded?: boolean}) => void} done
   *   called once, later: the answer, or why there is none
   */
  translate(batch, done) {
    if (this.#isOver) return; // the machine's end: nobody waits
    this.#done = done;
    try {
      this.#worker ??= this.#start();
      this.#worker.post({ batch }, [batch.buffer]);
    } catch (error) {
      queueMicrotask(() => this.#onEnd(error.message));
    }
  }

  /** The machine is at its end. */
  end() {
    this.#isOver = true;
    const worker = this.#worker;
    this.#worker = this.#done = undefined;
    worker?.end?.();
  }

  #start() {
    const worker = this.#platform.startTranslationWorker(
      (message) => {
        if (this.#worker === worker) this.#onMessage(message);
      },
      (reason) => {
        if (this.#worker === worker) this.#onEnd(reason);
      },
    );
    return worker;
  }

  #onMessage({ report, ...result }) {
    if (report !== undefined) this.#report(report);
    else this.#finish(result);
  }

  #onEnd(reason) {
    this.#worker = undefined;
    this.#finish({ error: `the translator's worker has ended: ${reason}`, milliseconds: 0, hasEnded: true });
  }

  #finish(result) {
    const done = this.#done;
    this.#done = undefined;
    done?.(result);
  }
}
