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

export class Paster {
  #notices;
  #ask;
  /** Of the paste that goes on. */
  #current;

  /**
   * @param {{notices: import('./notices.js').Notices, ask: typeof import('./notices.js').ask}} services
   */
  constructor({ notices, ask }) {
    this.#notices = notices;
    this.#ask = ask;
  }

  get isBusy() {
    return this.#current !== undefined;
  }

  /** What has not been sent yet never will be. */
  cancel() {
    if (this.#current) this.#current.cancelled = true;
    this.#current = undefined;
  }

  /** @param {{write: (bytes: Uint8Array) => void, taken: (atMost: number) => Promise<void>}} process */
  async paste(text, { process, bracketed }) {
    const { length } = text;
    if (length > ASK_ABOVE && !(await this.#isWanted(length))) return;
    this.cancel();
    const paste = { cancelled: false };
    this.#current = paste;
    const notice = length > SHOW_ABOVE ? this.#showProgress() : undefined;
    for (const { bytes, done } of pastePieces(text, bracketed)) {
      if (paste.cancelled) break;
      process.write(bytes);
      await process.taken(AHEAD);
      notice?.update(`Pasting ${Math.round((100 * done) / length)} %`, done / length);
    }
    // A program that looks for the end of the brackets should find it.
    if (paste.cancelled && bracketed) process.write(BRACKET_END);
    notice?.close();
    if (this.#current === paste) this.#current = undefined;
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
    const notice = this.#notices.show('Pasting', { progress: true, actions: { Stop: () => this.cancel() } });
    return notice;
  }
}
