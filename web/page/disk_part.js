/** The panel's part about the disk: how full it is, whether it lasts, and the way back to its beginning. */
import { STATE } from './computer.js';
import { button, make } from './elements.js';
import { chooseFiles, offerDownload } from './file_transfer.js';
import { chooseOwnDisk } from './own_disk.js';
import { bytesText } from './quantities.js';

const KEPT_TEXT = Object.freeze({
  files: 'What you write stays in this browser, on this computer.',
  session: 'What you write is gone when this page closes: this browser keeps no files here.',
  'read-only': 'The disk can only be read; what you write to /tmp is gone when this page closes.',
});
const THROW_AWAY_TEXT = 'This is a throw-away machine: what you write is gone when this page closes.';

export class DiskPart {
  title = 'Disk';
  element = make('section');
  #computer;
  #notices;
  #ask;
  #kept = make('p');
  #figures = make('dl.figures');
  #back = button('Back to the site\'s disk', () => this.#useSiteDisk());
  #persistence;
  #wholeDisk;
  #siteDisk;

  /**
   * @param {{computer: object, notices: object, ask: Function, persistence: object, wholeDisk?: object,
   *   siteDisk: import('./site_disk.js').SiteDisk}} services `wholeDisk`: of a site, where a service worker keeps what is fetched
   */
  constructor({ computer, notices, ask, persistence, wholeDisk, siteDisk }) {
    this.#siteDisk = siteDisk;
    this.#wholeDisk = wholeDisk;
    this.#computer = computer;
    this.#notices = notices;
    this.#ask = ask;
    this.#persistence = persistence;
    persistence.addEventListener('change', () => this.element.checkVisibility() && this.show());
    this.element.append(
      make('h2', {}, 'Use'), this.#figures, make('h2', {}, 'Keeping'), this.#kept,
      ...(wholeDisk ? [make('h2', {}, 'Without a network'),
        make('p.quiet', {}, 'What programs have read is here already. All of it can be fetched now' +
          `${wholeDisk.size ? `: ${bytesText(wholeDisk.size)}` : ''}.`),
        make('div.row', {}, button('Keep the whole disk offline', () => this.#keepAll()))] : []),
      make('h2', {}, 'Copy'), make('p.quiet', {}, 'The whole disk as one image file, for ', make('code', {}, 'elfin run --image'), ' or e2fsck.'),
      make('div.row', {}, button('Export the disk', () => this.#export())),
      make('h2', {}, 'Another disk'), make('p.quiet', {}, 'An ext2, ext3 or ext4 image of yours, kept in this browser.'),
      make('div.row', {}, button('Import an image', () => this.#import()), this.#back),
      make('h2', {}, 'Reset'), make('p.quiet', {}, 'The disk becomes what it was at first.'),
      make('div.row', {}, button('Reset the disk', () => this.#reset(), 'danger')));
  }

  async show() {
    const { kept, isThrowAway, disk, machine } = this.#computer;
    this.#kept.textContent = isThrowAway ? THROW_AWAY_TEXT : (KEPT_TEXT[kept] ?? '');
    this.#kept.className = kept === 'files' && !isThrowAway ? '' : 'warn';
    this.#back.hidden = this.#siteDisk.isUsed();
    const figures = [['Disk', disk.title ?? disk.name]];
    const usage = await machine?.diskUsage().catch(() => undefined);
    if (usage) {
      figures.push(['Used', `${bytesText(usage.usedBytes)} of ${bytesText(usage.totalBytes)}`]);
      figures.push(['Written by you', bytesText(usage.writtenBytes)]);
    }
    figures.push(['Safe from clean-ups', this.#persistence.text]);
    if (this.#wholeDisk) figures.push(['Here without a network', await this.#hereText()]);
    const estimate = await navigator.storage?.estimate?.().catch(() => undefined);
    if (estimate?.quota) figures.push(['Room in this browser', bytesText(estimate.quota - estimate.usage)]);
    this.#figures.replaceChildren(...figures.flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]));
  }

  async #hereText() {
    const { count } = this.#wholeDisk;
    const missing = (await this.#wholeDisk.missing()).length;
    return missing === 0 ? 'all of it' : `${count - missing} of ${count} pieces`;
  }

  async #keepAll() {
    const { count } = this.#wholeDisk;
    this.#persistence.ask();
    const notice = this.#notices.show('Fetching the disk', { progress: true });
    try {
      await this.#wholeDisk.keep((here) => notice.update(`Fetching the disk: ${here} of ${count} pieces`, here / count));
      await this.#wholeDisk.keepAlways();
      this.#notices.show('The whole disk is here: it works without a network now.');
    } catch (error) {
      this.#notices.show(`The whole disk is not here, but ${await this.#hereText()}: ${error.message}.`, { kind: 'bad' });
    } finally {
      notice.close();
      this.show();
    }
  }

  async #export() {
    const { machine, disk } = this.#computer;
    const notice = this.#notices.show('Exporting the disk', { progress: true });
    try {
      const parts = [];
      for await (const { bytes, offset, size } of machine.exportDisk()) {
        parts.push(new Blob([bytes])); // the browser may put it on its own disk
        notice.update(`Exporting the disk: ${bytesText(offset + bytes.length)} of ${bytesText(size)}`,
          (offset + bytes.length) / size);
      }
      offerDownload(parts, `${disk.name}.img`);
    } catch (error) {
      this.#notices.show(`The disk was not exported: ${error.message}`, { kind: 'bad' });
    } finally {
      notice.close();
    }
  }

  async #import() {
    const [file] = await chooseFiles({ multiple: false });
    if (file === undefined) return;
    const notice = this.#notices.show(`Keeping ${file.name}`, { progress: true });
    try {
      if (this.#computer.disk.kind === 'own') await this.#computer.stop('restart'); // its file is to be replaced
      const disk = await chooseOwnDisk(file, (loaded) =>
        notice.update(`Keeping ${file.name}: ${bytesText(loaded)} of ${bytesText(file.size)}`, loaded / file.size));
      await this.#computer.use(disk);
    } catch (error) {
      this.#notices.show(`The disk was not imported: ${error.message}`, { kind: 'bad' });
      if (this.#computer.state === STATE.stopped) await this.#computer.start();
    } finally {
      notice.close();
      this.show();
    }
  }

  async #useSiteDisk() {
    await this.#siteDisk.use();
    this.show();
  }

  async #reset() {
    const answer = await this.#ask({
      title: 'Reset the disk?',
      text: 'All that you have written to it is lost, and all programs end. There is no way back; export the disk ' +
        'first if there is anything that you want to keep.',
      answers: { no: 'Keep the disk', yes: 'Reset' }, danger: true,
    });
    if (answer !== 'yes') return;
    await this.#computer.reset();
    if (this.#computer.state === STATE.running) this.#notices.show('The disk is as it was at first.');
    this.show();
  }
}
