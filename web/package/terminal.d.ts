/** The element <elfin-terminal>; importing this module defines it. */
import type { WorkerMachine, WorkerProcess } from './browser.js';

/**
 * Attributes: `disk` (URL: a chunked image when it ends in a slash, else a file; without one SHELL_DISK), `name` (what is
 * written is kept under it; without one nothing is), `command` (words between spaces; `/bin/bash -l`, on SHELL_DISK `/bin/mksh -l`), `cwd`, `font-size`.
 * Events: `started` (detail: the WorkerProcess), `ended` (ExitStatus), `error` (Error).
 */
export class ElfinTerminal extends HTMLElement {
  readonly machine: WorkerMachine | undefined;
  readonly process: WorkerProcess | undefined;
  /** xterm.js's Terminal. */
  readonly xterm: unknown;
}

declare global {
  interface HTMLElementTagNameMap {
    'elfin-terminal': ElfinTerminal;
  }
}
