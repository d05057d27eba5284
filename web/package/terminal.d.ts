/** The element <elfin-terminal>; importing this module defines it. */
import type { ExitStatus, WorkerMachine, WorkerProcess } from './browser.js';

export interface ElfinTerminalEvents extends HTMLElementEventMap {
  /** Its program has started: the first time, and each time that it starts again. */
  started: CustomEvent<WorkerProcess>;
  /** Its program has ended. */
  ended: CustomEvent<ExitStatus>;
}

/**
 * Attributes: `disk` (URL: a chunked image when it ends in a slash, else a file; without one SHELL_DISK), `name` (what is
 * written is kept under it; without one nothing is), `command` (words between spaces; `/bin/bash -l`, on SHELL_DISK `/bin/mksh -l`), `cwd`, `font-size`.
 * Events: `started`, `ended`; `error` (a CustomEvent whose detail is the Error): the machine or the program could not be started.
 * The program starts again when it ends; one that fails at once, and what could not be started, when the user presses Enter.
 * The element may be moved; when it is taken out of the document its machine is stopped, and put in again it starts afresh.
 */
export class ElfinTerminal extends HTMLElement {
  readonly machine: WorkerMachine | undefined;
  readonly process: WorkerProcess | undefined;
  /** xterm.js's Terminal. */
  readonly xterm: unknown;
  /** Types the text, in pieces as the program takes them; Ctrl-C gives the rest up. Resolves when all is out. */
  paste(text: string): Promise<void>;
  addEventListener<Type extends keyof ElfinTerminalEvents>(
    type: Type, listener: (event: ElfinTerminalEvents[Type]) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(
    type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'elfin-terminal': ElfinTerminal;
  }
}
