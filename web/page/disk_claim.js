/**
 * One machine a disk: who has it, among the tabs of this browser. A Web Lock says so for certain; a channel lets
 * another tab ask for it.
 */

const ANSWER_MS = 3000;

export class DiskClaim {
  #name;
  #channel;
  #release;

  /** @param {string} name the disk's */
  constructor(name) {
    this.#name = `elfin-disk-${name}`;
  }

  /** Whether this tab has it now. */
  get isHeld() {
    return this.#release !== undefined;
  }

  /**
   * @param {LockOptions} options of navigator.locks
   * @returns {Promise<boolean>} whether it is ours now
   */
  #request(options) {
    return new Promise((resolve) => {
      navigator.locks.request(this.#name, options, (lock) => {
        if (lock === null) return resolve(false);
        resolve(true);
        return new Promise((release) => void (this.#release = release)); // held until then
      }).catch(() => resolve(false)); // the signal came first
    });
  }

  /** Takes the disk if nobody has it. Where there are no locks the disk's own file tells. */
  async take() {
    if (!navigator.locks) return true;
    return this.#request({ ifAvailable: true });
  }

  /** Asks the tab that has it to let go. @returns {Promise<boolean>} false: no answer */
  async takeOver() {
    const channel = new BroadcastChannel(this.#name);
    channel.postMessage('let go');
    const taken = await this.#request({ signal: AbortSignal.timeout(ANSWER_MS) });
    channel.close();
    return taken;
  }

  /** @param {() => Promise<void>} letGo stops the machine and closes the disk; the lock goes after that */
  onAsked(letGo) {
    this.#channel?.close();
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = async () => {
      if (!this.isHeld) return;
      try {
        await letGo();
      } finally {
        this.release();
      }
    };
  }

  release() {
    this.#channel?.close();
    this.#release?.();
    this.#release = undefined;
  }
}
