/** Tells twice a second what a machine is doing, as long as it does something, to those who want to hear it. */

const INTERVAL_MS = 500;
/** Of the processor: less is the machine's own housekeeping. */
const QUIET_SHARE = 0.001;

/**
 * @typedef {object} Figures all since the machine's start
 * @property {number} busyMs processor time
 * @property {number} instructions that the guest has run
 * @property {number} diskRead bytes
 * @property {number} diskWritten
 * @property {number} diskFetches pieces that came from a server
 * @property {number} diskFetchMs how long they took, one added to the other
 * @property {number} networkFetched
 */

export class ActivityWatch {
  #measure;
  #loopbackBytes;
  #processCount;
  #listProcesses;
  #tell;
  #timer;
  /** Names of events that somebody listens to. */
  #wanted = new Set();
  #last;
  #wasQuiet = false;
  #isListing = false;
  #lastList = '';

  /**
   * @param {{measure: () => Figures, loopbackBytes: () => Promise<number | undefined>, processCount: () => number,
   *   listProcesses: () => Promise<object[]>, tell: (event: 'activity' | 'processes', detail: object) => void}} machine
   *   `loopbackBytes`: since its start, too, where that is known; details as in machine.d.ts
   */
  constructor({ measure, loopbackBytes, processCount, listProcesses, tell }) {
    this.#measure = measure;
    this.#loopbackBytes = loopbackBytes;
    this.#processCount = processCount;
    this.#listProcesses = listProcesses;
    this.#tell = tell;
  }

  /** From now on the event is told. */
  want(event) {
    this.#wanted.add(event);
    if (this.#timer === undefined) {
      const first = { ...this.#measure(), networkFetched: 0, time: performance.now(), loopback: 0 }; // the start's is told, too
      this.#last = first;
      this.#loopbackBytes().then((bytes = 0) => (first.loopback = bytes), () => {});
      this.#timer = setInterval(() => this.#look(), INTERVAL_MS);
      this.#timer.unref?.(); // whoever waits for the guest holds the process
    }
    if (event === 'processes') this.#tellProcesses();
  }

  end() {
    clearInterval(this.#timer);
    this.#wanted.clear();
  }

  async #look() {
    const last = this.#last;
    const now = { ...this.#measure(), time: performance.now(), loopback: last.loopback };
    this.#last = now;
    const hasRun = now.instructions > last.instructions;
    if (hasRun) now.loopback = (await this.#loopbackBytes().catch(() => {})) ?? last.loopback;
    const since = (figure) => now[figure] - last[figure];
    const activity = {
      // What looks at the machine from outside is not its activity.
      cpu: hasRun ? Math.min(1, since('busyMs') / since('time')) : 0,
      diskRead: since('diskRead'),
      diskWritten: since('diskWritten'),
      diskFetches: since('diskFetches'),
      diskFetchMs: since('diskFetchMs'),
      networkFetched: since('networkFetched'),
      networkLoopback: since('loopback'),
      processes: this.#processCount(),
    };
    const { cpu, diskRead, diskWritten, networkFetched, networkLoopback } = activity;
    const isQuiet = cpu < QUIET_SHARE && diskRead + diskWritten + networkFetched + networkLoopback === 0;
    if (!isQuiet || !this.#wasQuiet) {
      if (this.#wanted.has('activity')) this.#tell('activity', activity);
      if (this.#wanted.has('processes')) this.#tellProcesses();
    }
    this.#wasQuiet = isQuiet;
  }

  async #tellProcesses() {
    if (this.#isListing) return;
    this.#isListing = true;
    try {
      const list = await this.#listProcesses();
      const text = JSON.stringify(list);
      if (text !== this.#lastList && this.#wanted.has('processes')) this.#tell('processes', list);
      this.#lastList = text;
    } catch {
      // The machine is at its end; whoever waits for it hears of that.
    } finally {
      this.#isListing = false;
    }
  }
}
