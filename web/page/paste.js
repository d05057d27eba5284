/** Pasting: in pieces as the guest takes them, so that 20 MB neither stop the page nor get lost. */

const PIECE = 4096;
/** Characters that are made ready at once: all of 20 MB would take the page's thread for too long. */
const STRETCH = 1 << 16;
/** What may be on its way to the guest. */
const AHEAD = 16384;
/** Characters. */
const ASK_ABOVE = 1_000_000;
const SHOW_ABOVE = 64_000;
const BRACKET_BEGIN = '\x1b[200~';
const BRACKET_END = '\x1b[201~';

/** As a terminal sends it: Enter is a carriage return, and nothing in it ends the brackets. */
function typedText(text, bracketed) {
  const lines = text.replace(/\r?\n/g, '\r');
  return bracketed ? lines.replaceAll('\x1b', '') : lines;
}

/** Not within a line's end, nor within a character. */
function stretchEnd(text, begin) {
  const end = begin + STRETCH;
  const isWithin = /^(?:\r\n|[\ud800-\udbff][\udc00-\udfff])$/.test(text.slice(end - 1, end + 1));
  return isWithin ? end + 1 : end;
}

/**
 * What a paste sends to the guest, in its order.
 * @returns {Generator<{bytes: Uint8Array, done: number}>} `done`: characters of the text that are out then, about
 */
export function* pastePieces(text, bracketed) {
  const encoder = new TextEncoder();
  if (bracketed) yield { bytes: encoder.encode(BRACKET_BEGIN), done: 0 };
  for (let begin = 0; begin < text.length;) {
    const end = stretchEnd(text, begin);
    const bytes = encoder.encode(typedText(text.slice(begin, end), bracketed));
    for (let at = 0; at < bytes.length; at += PIECE) yield { bytes: bytes.subarray(at, at + PIECE), done: begin };
    begin = end;
  }
  if (bracketed) yield { bytes: encoder.encode(BRACKET_END), done: text.length };
}

/**
 * Sends a paste as the program takes it. Given up, it still ends its brackets: a program that looks for their end should find it.
 * @param {string} text
 * @param {{write: (bytes: Uint8Array) => void, taken: (atMost: number) => Promise<void>}} process
 * @param {{bracketed: boolean, isCancelled: () => boolean, onSent?: (characters: number) => void}} options
 */
export async function sendPaste(text, process, { bracketed, isCancelled, onSent }) {
  for (const { bytes, done } of pastePieces(text, bracketed)) {
    if (isCancelled()) break;
    process.write(bytes);
    await process.taken(AHEAD);
    onSent?.(done);
  }
  if (bracketed && isCancelled()) process.write(BRACKET_END);
}

/**
 * The pastes of one terminal, each whole and one after the other. What is typed meanwhile comes behind them, as it would
 * in a terminal that hands all of a paste over at once.
 */
export class Paster {
  #notices;
  #ask;
  /** What is under way and what waits, in their order. @type {{cancelled: boolean, done: Promise<void>}[]} */
  #jobs = [];

  /**
   * @param {{notices: import('./notices.js').Notices, ask: typeof import('./notices.js').ask}} services
   */
  constructor({ notices, ask }) {
    this.#notices = notices;
    this.#ask = ask;
  }

  get isBusy() {
    return this.#jobs.length > 0;
  }

  /** What has not been sent yet never will be; a paste that is under way still ends its brackets. */
  cancel() {
    for (const job of this.#jobs) job.cancelled = true;
  }

  /** Does it now, or when all that has been pasted is out. */
  afterwards(run) {
    if (this.isBusy) this.#add(run);
    else run();
  }

  /**
   * @param {string} text
   * @param {{write: (bytes: Uint8Array) => void, taken: (atMost: number) => Promise<void>}} process
   * @param {() => boolean} isBracketed asked when the paste begins
   */
  async paste(text, { process, isBracketed }) {
    if (text.length > ASK_ABOVE && !(await this.#isWanted(text.length))) return;
    await this.#add((job) => this.#send(text, job, { process, bracketed: isBracketed() }));
  }

  /** @returns {Promise<void>} resolves when it has been done, or is cancelled and would have its turn */
  #add(run) {
    const before = this.#jobs.at(-1);
    const job = { cancelled: false };
    this.#jobs.push(job);
    const work = async () => {
      await before?.done;
      if (!job.cancelled) await run(job);
      this.#jobs.shift(); // it is the first: all before it have done so
    };
    job.done = work();
    return job.done;
  }

  async #send(text, job, { process, bracketed }) {
    const { length } = text;
    const notice = length > SHOW_ABOVE ? this.#showProgress() : undefined;
    await sendPaste(text, process, {
      bracketed,
      isCancelled: () => job.cancelled,
      onSent: (done) => notice?.update(`Pasting ${Math.round((100 * done) / length)} %`, done / length),
    });
    notice?.close();
  }

  async #isWanted(size) {
    const answer = await this.#ask({
      title: `Paste ${(size / 1e6).toFixed(1)} MB?`,
      text: 'The program in the terminal gets it as if it were typed. Ctrl-C stops it.',
      answers: { no: 'Don\'t paste', yes: 'Paste' },
    });
    return answer === 'yes';
  }

  #showProgress() {
    return this.#notices.show('Pasting', { progress: true, actions: { Stop: () => this.cancel() } });
  }
}
