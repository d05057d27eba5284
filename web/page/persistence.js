/** Whether the browser may throw away what the disk keeps: asked for at the first write that matters. */

const TEXTS = Object.freeze({ unknown: 'not asked for yet', yes: 'yes', no: 'no: the browser may clear it when space runs out' });

export class Persistence {
  #answer = 'unknown';
  #asked = false;

  constructor() {
    navigator.storage?.persisted?.().then((persisted) => {
      if (persisted) this.#answer = 'yes';
    }, () => {});
  }

  get text() {
    return TEXTS[this.#answer];
  }

  /** Something was written that lasts. */
  async ask() {
    if (this.#asked || this.#answer === 'yes' || !navigator.storage?.persist) return;
    this.#asked = true;
    this.#answer = (await navigator.storage.persist().catch(() => false)) ? 'yes' : 'no';
  }
}
