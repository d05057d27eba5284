/**
 * A doorbell between a page and its machine's worker, where they can share memory: a word with the number of the last
 * message that should not wait for the end of the machine's turn. Messages themselves go by postMessage, each with its
 * number; so a number that the worker has not had yet means that one is on its way.
 */
const WORD = 0;

/** The page's side. */
export class Doorbell {
  #word = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #rung = 0;

  /** @returns {Doorbell | undefined} undefined: the page is not isolated, so it shares nothing */
  static make() {
    return globalThis.crossOriginIsolated ? new Doorbell() : undefined;
  }

  /** @returns {SharedArrayBuffer} for the other side */
  get memory() {
    return this.#word.buffer;
  }

  /** Right before the message goes out. @returns {number} what it is to carry as its `ring` */
  ring() {
    this.#rung = (this.#rung + 1) | 0;
    Atomics.store(this.#word, WORD, this.#rung);
    return this.#rung;
  }
}

/** The worker's side. */
export class DoorbellListener {
  #word;
  #heard = 0;

  /** @param {SharedArrayBuffer} memory */
  constructor(memory) {
    this.#word = new Int32Array(memory);
  }

  /** Whether a message is on its way. Costs about as much as a load. */
  get isRung() {
    return Atomics.load(this.#word, WORD) !== this.#heard;
  }

  /** A message has come. @param {number | undefined} ring of it */
  hear(ring) {
    if (ring !== undefined) this.#heard = ring; // they come in order
  }
}
