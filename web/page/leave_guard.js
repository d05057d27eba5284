/**
 * Before the page goes while programs run, by Ctrl-W out of habit say, the browser asks. Shells that wait don't count: what
 * they have is on the disk.
 */

export class LeaveGuard {
  #computer;
  #tabs;
  #processes = 0;
  #isOn = false;

  /** @param {{computer: import('./computer.js').Computer, tabs: import('./terminal_tabs.js').TerminalTabs}} parts */
  constructor({ computer, tabs }) {
    this.#computer = computer;
    this.#tabs = tabs;
    computer.addEventListener('activity', ({ detail: { processes } }) => {
      this.#processes = processes;
      this.#look();
    });
    computer.addEventListener('state', () => this.#look());
  }

  /** The browser is told ahead of time: it doesn't wait for an answer of the machine's. */
  #look() {
    const shells = this.#tabs.all.filter(({ process }) => process !== undefined).length;
    const isWanted = this.#computer.machine !== undefined && this.#processes > shells;
    if (isWanted === this.#isOn) return;
    this.#isOn = isWanted;
    // A page that listens is not kept for the way back; so it listens only then.
    if (isWanted) addEventListener('beforeunload', this.#ask);
    else removeEventListener('beforeunload', this.#ask);
  }

  #ask = (event) => {
    event.preventDefault();
    event.returnValue = true; // for browsers that know no other way
  };
}
