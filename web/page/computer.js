/**
 * The machine of the page, from its start to whatever ends it. It is in one of a few states, and tells when that
 * changes; what the user sees of them is stage.js's.
 */
import { resetDisk } from '../host/browser/disk.js';
import { WorkerMachine } from '../host/browser/worker_machine.js';
import { DiskClaim } from './disk_claim.js';

/**
 * off → starting → running → stopped (by the user or another tab: `reason`)
 *          ├→ taken (another tab has the disk)        └→ failed (`error`; `reason`: broken down)
 *          └→ failed
 */
export const STATE = Object.freeze({
  off: 'off', starting: 'starting', running: 'running', taken: 'taken', stopped: 'stopped', failed: 'failed',
});

/** The first prompt goes before the translator, which a shell hardly needs. */
const TRANSLATOR_DELAY_MS = 1500;

/** Events: `state`; and of the running machine `loading`, `activity`, `report`, as CustomEvents. */
export class Computer extends EventTarget {
  state = STATE.off;
  /** @type {WorkerMachine | undefined} */
  machine;
  error;
  reason = '';
  /** Whether what is written lasts: `kept` of PROTOCOL.md. */
  kept;
  #binaries;
  #suffix;
  #memoryBytes;
  #disk;
  #claim;
  #throwAway = false;
  /** The start under way, or the last. */
  #start = Promise.resolve();
  #asked = Promise.withResolvers();

  /**
   * @param {{binaries: string, suffix: string, disk: {kind: string, url: string, name: string},
   *   memoryBytes: () => number | undefined}} options absolute URLs; `suffix`: what follows the binaries' names;
   *   `memoryBytes`: what all processes together may touch, asked for at each start
   */
  constructor({ binaries, suffix, disk, memoryBytes }) {
    super();
    this.#memoryBytes = memoryBytes;
    this.#suffix = suffix;
    this.#binaries = binaries;
    this.#disk = disk;
    this.#claim = new DiskClaim(disk.name);
  }

  get disk() {
    return this.#disk;
  }

  get isThrowAway() {
    return this.#throwAway;
  }

  start(options) {
    return this.#start = this.#startMachine(options);
  }

  /** Resolves when the first start has asked a worker for the machine, if it comes so far. */
  asked() {
    return this.#asked.promise;
  }

  /** Resolves when the start under way has come to its end, good or bad. */
  started() {
    return this.#start;
  }

  async #startMachine({ throwAway = false, takeOver = false } = {}) {
    this.#throwAway = throwAway;
    this.#set(STATE.starting);
    try {
      if (!throwAway && !(await this.#claimDisk(takeOver))) return;
      const disk = { ...this.#disk, throwAway };
      const options = {
        binaries: this.#binaries, suffix: this.#suffix, disk, memoryBytes: this.#memoryBytes(),
        translatorDelayMs: TRANSLATOR_DELAY_MS,
      };
      const creating = WorkerMachine.create(options, (machine) => this.#listen(machine));
      this.#asked.resolve();
      this.machine = await creating;
      this.kept = this.machine.kept;
      this.#set(STATE.running);
    } catch (error) {
      this.machine = undefined;
      this.#claim.release();
      if (error.name === 'DiskBusyError') {
        this.reason = takeOver ? 'no answer' : '';
        this.#set(STATE.taken);
      } else this.#fail(error);
    }
  }

  async #claimDisk(takeOver) {
    const taken = takeOver ? await this.#claim.takeOver() : await this.#claim.take();
    if (!taken) {
      this.reason = takeOver ? 'no answer' : '';
      this.#set(STATE.taken);
      return false;
    }
    this.#claim.onAsked(() => this.stop('taken over'));
    return true;
  }

  /** Writes everything back. @param {string} reason why it is stopped */
  async stop(reason) {
    await this.#start; // another tab may ask in its middle
    const { machine } = this;
    if (machine === undefined) return;
    this.machine = undefined;
    try {
      await machine.stop();
    } finally {
      this.reason = reason;
      this.#claim.release();
      this.#set(STATE.stopped);
    }
  }

  /** Another disk in place of this one. */
  async use(disk) {
    await this.stop('restart');
    this.#disk = disk;
    this.#claim = new DiskClaim(disk.name);
    await this.start();
  }

  async restart() {
    await this.stop('restart');
    await this.start({ throwAway: this.#throwAway });
  }

  /** The disk as it was made: what was written is gone. */
  async reset() {
    try {
      await this.stop('restart');
      await resetDisk(this.#disk.name);
    } catch (error) {
      return void this.#fail(error);
    }
    await this.start();
  }

  #listen(machine) {
    for (const type of ['loading', 'activity', 'report']) {
      machine.addEventListener(type, ({ detail }) => this.dispatchEvent(new CustomEvent(type, { detail })));
    }
    machine.addEventListener('failed', ({ detail }) => {
      if (this.state !== STATE.running) return; // start() hears of it
      this.machine = undefined;
      machine.terminate();
      this.#claim.release();
      this.#fail(new Error(detail.message), 'broken down');
    });
  }

  #fail(error, reason = '') {
    this.error = error;
    this.reason = reason;
    this.#set(STATE.failed);
  }

  #set(state) {
    this.state = state;
    this.dispatchEvent(new Event('state'));
  }
}
