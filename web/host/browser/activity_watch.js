/** Tells a page twice a second what the machine is doing, as long as it does something. */

const INTERVAL_MS = 500;
const PROCESSOR_CLOCK = 2;

export class ActivityWatch {
  #platform;
  #disk;
  #machine;
  #send;
  #last;
  #wasQuiet = false;

  /**
   * @param {import('./platform.js').BrowserPlatform} platform
   * @param {{devices: import('./counted_device.js').CountedDevice[]}} disk
   * @param {() => import('../machine.js').Machine} machine
   * @param {(message: object) => void} send gets the event `activity` of PROTOCOL.md
   */
  constructor(platform, disk, machine, send) {
    this.#platform = platform;
    this.#disk = disk;
    this.#machine = machine;
    this.#send = send;
  }

  start() {
    this.#last = { ...this.#measure(), fetched: 0 }; // the start's is told, too
    setInterval(() => this.#tell(), INTERVAL_MS);
  }

  #measure() {
    const sum = (count) => this.#disk.devices.reduce((total, device) => total + device[count], 0);
    return {
      time: performance.now(),
      busy: this.#platform.now(PROCESSOR_CLOCK) / 1e6,
      read: sum('bytesRead'),
      written: sum('bytesWritten'),
      fetched: sum('bytesFetched'),
    };
  }

  #tell() {
    const [last, now] = [this.#last, this.#measure()];
    this.#last = now;
    const activity = {
      cpu: Math.min(1, (now.busy - last.busy) / (now.time - last.time)),
      diskRead: now.read - last.read,
      diskWritten: now.written - last.written,
      fetched: now.fetched - last.fetched,
      processes: this.#machine().processCount(),
    };
    const isQuiet = activity.cpu < 0.001 && activity.diskRead + activity.diskWritten + activity.fetched === 0;
    if (!isQuiet || !this.#wasQuiet) this.#send({ event: 'activity', ...activity });
    this.#wasQuiet = isQuiet;
  }
}
