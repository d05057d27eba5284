/** Pasting: in pieces as the guest takes them, so that 20 MB neither stop the page nor get lost. */

const PIECE = 4096;
/** What may be on its way to the guest. */
const AHEAD = 16384;
const ASK_ABOVE = 1_000_000;
const SHOW_ABOVE = 64_000;
const BRACKET_BEGIN = '\x1b[200~';
const BRACKET_END = '\x1b[201~';

/** As a terminal sends it: Enter is a carriage return, and nothing in it ends the brackets. */
export function pasteText(text, bracketed) {
  const lines = text.replace(/\r?\n/g, '\r');
  if (!bracketed) return lines;
  return BRACKET_BEGIN + lines.replaceAll('\x1b', '') + BRACKET_END;
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
    const bytes = new TextEncoder().encode(pasteText(text, bracketed));
    if (bytes.length > ASK_ABOVE && !(await this.#isWanted(bytes.length))) return;
    this.cancel();
    const paste = { cancelled: false };
    this.#current = paste;
    const notice = bytes.length > SHOW_ABOVE ? this.#showProgress(bytes.length) : undefined;
    for (let at = 0; at < bytes.length && !paste.cancelled; at += PIECE) {
      process.write(bytes.subarray(at, at + PIECE));
      await process.taken(AHEAD);
      notice?.update(`Pasting ${Math.round((100 * at) / bytes.length)} %`, at / bytes.length);
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
