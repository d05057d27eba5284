/**
 * The clipboard for programs of the guest (OSC 52): they may write to it when the user has said so, and read it
 * only when that is a setting.
 */
import { ClipboardAddon } from '../xterm/addon-clipboard.mjs';
import { readClipboard, writeClipboard } from './user_clipboard.js';

export class GuestClipboard {
  #settings;
  #ask;
  #denied = false;

  /** @param {{settings: import('./settings.js').Settings, ask: Function}} services */
  constructor({ settings, ask }) {
    this.#settings = settings;
    this.#ask = ask;
  }

  connect(xterm) {
    xterm.loadAddon(new ClipboardAddon(undefined, {
      readText: async () => (this.#settings.get('clipboard') === 'allow' ? (await readClipboard()) ?? '' : ''),
      writeText: async (selection, text) => {
        if (await this.#mayWrite()) await writeClipboard(text);
      },
    }));
  }

  async #mayWrite() {
    const setting = this.#settings.get('clipboard');
    if (setting !== 'ask') return setting === 'allow';
    if (this.#denied) return false;
    const answer = await this.#ask({
      title: 'Let programs use the clipboard?',
      text: 'A program in the terminal wants to copy text to your clipboard.',
      answers: { no: 'Not now', yes: 'Allow' },
    });
    this.#denied = answer !== 'yes';
    if (answer === 'yes') this.#settings.set('clipboard', 'allow');
    return answer === 'yes';
  }
}
