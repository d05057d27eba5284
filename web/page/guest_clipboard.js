/**
 * The clipboard for programs of the guest (OSC 52): they may write to it when the user has said so, and read it
 * only when that is a setting: whoever allows a program to copy hasn't shown it what is there.
 */
import { ClipboardAddon } from '../xterm/addon-clipboard.mjs';
import { readClipboard, writeClipboard } from './user_clipboard.js';

export class GuestClipboard {
  #settings;
  #ask;
  #denied = false;
  #latest;
  /** The question while it is open. */
  #asking;

  /** @param {{settings: import('./settings.js').Settings, ask: Function}} services */
  constructor({ settings, ask }) {
    this.#settings = settings;
    this.#ask = ask;
  }

  connect(xterm) {
    xterm.loadAddon(new ClipboardAddon(undefined, {
      readText: async () => (this.#settings.get('clipboard') === 'allow' ? (await readClipboard()) ?? '' : ''),
      writeText: async (selection, text) => void this.#copy(text), // what is printed next doesn't wait for an answer
    }));
  }

  async #copy(text) {
    this.#latest = text;
    if (!(await this.#mayWrite()) || text !== this.#latest) return;
    await writeClipboard(text);
  }

  async #mayWrite() {
    const setting = this.#settings.get('clipboard');
    if (setting !== 'ask') return setting === 'write' || setting === 'allow';
    if (this.#denied) return false;
    this.#asking ??= this.#askUser();
    return this.#asking;
  }

  async #askUser() {
    const answer = await this.#ask({
      title: 'Let programs copy to the clipboard?',
      text: 'A program in the terminal wants to copy text to your clipboard. What is there they can\'t read.',
      answers: { yes: 'Allow', no: 'Not now' }, // a key that is meant for the terminal allows nothing
    });
    this.#asking = undefined;
    this.#denied = answer !== 'yes';
    if (answer === 'yes') this.#settings.set('clipboard', 'write');
    return answer === 'yes';
  }
}
