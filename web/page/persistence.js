/** Whether the browser may throw away what the disk keeps: asked for at the first write that matters. */

const TEXTS = Object.freeze({
  unasked: 'not asked for yet', asked: 'the browser is being asked', yes: 'yes',
  no: 'no: the browser may clear it when space runs out', unknown: 'this browser doesn\'t tell',
});

/** Event `change`: the answer is another one. */
export class Persistence extends EventTarget {
  #answer = navigator.storage?.persist ? 'unasked' : 'unknown';

  constructor() {
    super();
    navigator.storage?.persisted?.().then((persisted) => persisted && this.#set('yes'), () => {});
  }

  get text() {
    return TEXTS[this.#answer];
  }

  /** Something was written that lasts. */
  async ask() {
    if (this.#answer !== 'unasked') return;
    this.#set('asked');
    this.#set((await navigator.storage.persist().catch(() => false)) ? 'yes' : 'no');
  }

  #set(answer) {
    this.#answer = answer;
    this.dispatchEvent(new Event('change'));
  }
}
