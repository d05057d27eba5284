/**
 * One machine a disk: who has it, among the tabs of this browser. A Web Lock says so for certain; a channel lets other
 * tabs ask.
 *
 *   another tab: WHO      the tab that has it: HERE
 *   another tab: LET_GO   the tab that has it: LETTING_GO at once; its lock goes when everything is written back
 */
const WHO = 'who';
const HERE = 'here';
const LET_GO = 'let go';
const LETTING_GO = 'letting go';

/** A tab that has not answered by then is frozen, or has just ended, and the lock would have come. */
const ANSWER_MS = 3000;
/** A machine may have much to write back. */
const LET_GO_MS = 60_000;

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
   * Takes the disk if nobody has it. (A tab that has just ended, or this one before it was loaded again, may have it for
   * a moment.) Where there are no locks, or a browser forbids them, the
   * disk's own file tells.
   */
  async take() {
    return this.#request(WHO, (answer, within) => answer === HERE && within(0));
  }

  /** Asks the tab that has it to let go. @returns {Promise<boolean>} false: no answer */
  takeOver() {
    return this.#request(LET_GO, (answer, within) => answer === LETTING_GO && within(LET_GO_MS));
  }

  /** @param {() => Promise<void>} letGo stops the machine and closes the disk; the lock goes after that */
  onAsked(letGo) {
    this.#channel?.close();
    const channel = new BroadcastChannel(this.#name);
    this.#channel = channel;
    channel.onmessage = async ({ data }) => {
      if (!this.isHeld) return;
      if (data === WHO) channel.postMessage(HERE);
      if (data !== LET_GO) return;
      channel.postMessage(LETTING_GO);
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

  /**
   * Waits for the lock, as long as `onAnswer` says of what other tabs answer to `question`.
   * @param {(answer: string, within: (ms: number) => void) => void} onAnswer
   * @returns {Promise<boolean>} whether it is ours now
   */
  async #request(question, onAnswer) {
    if (!navigator.locks) return true;
    const patience = new AbortController();
    let timer;
    const within = (ms) => {
      clearTimeout(timer);
      timer = setTimeout(() => patience.abort(), ms);
    };
    const channel = new BroadcastChannel(this.#name);
    channel.onmessage = ({ data }) => onAnswer(data, within);
    within(ANSWER_MS);
    channel.postMessage(question);
    try {
      return await this.#lock({ signal: patience.signal });
    } finally {
      clearTimeout(timer);
      channel.close();
    }
  }

  /**
   * @param {LockOptions} options of navigator.locks
   * @returns {Promise<boolean>} whether it is ours now
   */
  #lock(options) {
    return new Promise((resolve) => {
      navigator.locks.request(this.#name, options, () => {
        resolve(true);
        return new Promise((release) => void (this.#release = release)); // held until then
      }).catch(({ name }) => resolve(name !== 'AbortError')); // the patience came to its end; or locks are forbidden
    });
  }
}
