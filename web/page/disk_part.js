/** The panel's part about the disk: how full it is, whether it lasts, and the way back to its beginning. */
import { button, make } from './elements.js';
import { offerDownload } from './file_transfer.js';
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
  #persistence;

  constructor({ computer, notices, ask, persistence }) {
    this.#computer = computer;
    this.#notices = notices;
    this.#ask = ask;
    this.#persistence = persistence;
    this.element.append(
      make('h2', {}, 'Use'), this.#figures, make('h2', {}, 'Keeping'), this.#kept,
      make('h2', {}, 'Copy'), make('p.quiet', {}, 'The whole disk as one image file, for elfin run --image or e2fsck.'),
      make('div.row', {}, button('Export the disk', () => this.#export())),
      make('h2', {}, 'Reset'), make('p.quiet', {}, 'The disk becomes what it was at first.'),
      make('div.row', {}, button('Reset the disk', () => this.#reset(), 'danger')));
  }

  async show() {
    const { kept, isThrowAway, disk, machine } = this.#computer;
    this.#kept.textContent = isThrowAway ? THROW_AWAY_TEXT : (KEPT_TEXT[kept] ?? '');
    this.#kept.className = kept === 'files' && !isThrowAway ? '' : 'warn';
    const figures = [['Disk', disk.title ?? disk.name]];
    const usage = await machine?.diskUsage().catch(() => undefined);
    if (usage) {
      figures.push(['Used', `${bytesText(usage.usedBytes)} of ${bytesText(usage.totalBytes)}`]);
      figures.push(['Written by you', bytesText(usage.writtenBytes)]);
    }
    figures.push(['Safe from clean-ups', this.#persistence.text]);
    const estimate = await navigator.storage?.estimate?.().catch(() => undefined);
    if (estimate?.quota) figures.push(['Room in this browser', bytesText(estimate.quota - estimate.usage)]);
    this.#figures.replaceChildren(...figures.flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]));
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

  async #reset() {
    const answer = await this.#ask({
      title: 'Reset the disk?',
      text: 'All that you have written to it is lost, and all programs end. There is no way back; export the disk ' +
        'first if there is anything that you want to keep.',
      answers: { no: 'Keep the disk', yes: 'Reset' }, danger: true,
    });
    if (answer !== 'yes') return;
    await this.#computer.reset();
    this.#notices.show('The disk is as it was at first.');
    this.show();
  }
}
