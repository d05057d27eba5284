/** Has what programs have written reach the disk, again and again, whether or not they ask for it. */
export class CommitTimer {
  #everyMs;
  #sync;
  #report;
  #timer;
  /** The commit under way, or the last. */
  #committing;
  #hasEnded = false;
  /** What was told last. */
  #trouble;

  /** @param {{everyMs: number, sync: () => Promise<void>, report: (message: string) => void}} options */
  constructor({ everyMs, sync, report }) {
    this.#everyMs = everyMs;
    this.#sync = sync;
    this.#report = report;
  }

  start() {
    this.#timer = setTimeout(() => {
      this.#committing = this.#sync().then(
        () => (this.#trouble = undefined), (error) => this.#tell(error.message));
      this.#committing.then(() => this.#hasEnded || this.start());
    }, this.#everyMs);
    this.#timer.unref?.(); // whoever waits for the guest holds the process
  }

  /** Resolves when none is under way any more. */
  async end() {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    await this.#committing;
  }

  /** Once, as long as it stays the same. */
  #tell(message) {
    if (this.#hasEnded || message === this.#trouble) return;
    this.#trouble = message;
    this.#report(`writing the disk back failed: ${message}`);
  }
}
