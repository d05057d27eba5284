/** What the machine did in the last minutes: two samples a second, and none while it is quiet. */

const SAMPLE_MS = 500;
export const HISTORY_SAMPLES = 120;

const QUIET = Object.freeze({ cpu: 0, diskRead: 0, diskWritten: 0, fetched: 0 });

/** Of a sample. */
export const diskBytes = ({ diskRead, diskWritten }) => diskRead + diskWritten;
const perSecond = (bytes) => (bytes * 1000) / SAMPLE_MS;

/** Event `change`, twice a second while something happens or the last samples still show it. */
export class ActivityHistory extends EventTarget {
  /** Oldest first. */
  samples = Array.from({ length: HISTORY_SAMPLES }, () => QUIET);
  processes = 0;
  totals = { diskRead: 0, diskWritten: 0, fetched: 0 };
  #next = QUIET;

  constructor() {
    super();
    setInterval(() => this.#shift(), SAMPLE_MS);
  }

  /** @param {import('../host/machine.d.ts').Activity} activity */
  add(activity) {
    this.#next = { ...activity, fetched: activity.networkFetched };
    this.processes = activity.processes;
    this.totals.diskRead += activity.diskRead;
    this.totals.diskWritten += activity.diskWritten;
    this.totals.fetched += activity.networkFetched;
  }

  get latest() {
    return this.samples.at(-1);
  }

  /** Bytes a second. */
  get diskRate() {
    return perSecond(diskBytes(this.latest));
  }

  get netRate() {
    return perSecond(this.latest.fetched);
  }

  #shift() {
    if (this.#next === QUIET && this.samples.every((sample) => sample === QUIET)) return;
    this.samples.push(this.#next);
    this.samples.shift();
    this.#next = QUIET;
    this.dispatchEvent(new Event('change'));
  }
}
