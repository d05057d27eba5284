/** The disk that the site came with, and the way back to it from one of the user's own or of a link. */
import { forgetOwnDisk } from './own_disk.js';
import { siteDisk } from './site_manifest.js';

export class SiteDisk {
  #computer;
  #disk;
  #settings;

  /** @param {{computer: import('./computer.js').Computer, manifest: object, settings: import('./settings.js').Settings}} options */
  constructor({ computer, manifest, settings }) {
    this.#computer = computer;
    this.#disk = siteDisk(manifest);
    this.#settings = settings;
  }

  isUsed() {
    const { kind, url } = this.#computer.disk;
    return kind === this.#disk.kind && url === this.#disk.url;
  }

  /** From now on, also when the page is loaded again. */
  async use() {
    if (this.#computer.disk.kind === 'own') forgetOwnDisk();
    this.#settings.dropImage();
    await this.#computer.use(this.#disk);
  }
}
