/**
 * Files dropped onto the page: they land where the terminal's shell is, or in the folder that the panel shows when they
 * are dropped there. Nowhere does the browser open them in the page's place.
 */
import { copyIn, droppedFiles } from './file_transfer.js';

const hasFiles = ({ dataTransfer }) => dataTransfer.types.includes('Files');

export class Drops {
  #computer;
  #tabs;
  #notices;
  #filesPart;
  #marked;

  /**
   * @param {{computer: import('./computer.js').Computer, tabs: import('./terminal_tabs.js').TerminalTabs,
   *   notices: import('./notices.js').Notices, filesPart: import('./files_part.js').FilesPart}} parts
   */
  constructor({ computer, tabs, notices, filesPart }) {
    this.#computer = computer;
    this.#tabs = tabs;
    this.#notices = notices;
    this.#filesPart = filesPart;
    document.addEventListener('dragover', (event) => this.#onDrag(event));
    document.addEventListener('dragleave', ({ relatedTarget }) => relatedTarget === null && this.#mark(undefined));
    document.addEventListener('drop', (event) => this.#onDrop(event));
  }

  /** Text may be dropped into a field, as ever. */
  #onDrag(event) {
    if (!hasFiles(event)) return;
    event.preventDefault();
    this.#mark(this.#isForPanel(event) ? this.#filesPart.element : this.#tabs.current?.frame);
  }

  async #onDrop(event) {
    this.#mark(undefined);
    if (!hasFiles(event)) return;
    event.preventDefault();
    const isForPanel = this.#isForPanel(event);
    const files = await droppedFiles(event.dataTransfer);
    if (files.length === 0 || !this.#computer.machine) return;
    if (isForPanel) await this.#filesPart.copyIn(files);
    else await this.#intoTerminal(files);
  }

  async #intoTerminal(files) {
    const { machine } = this.#computer;
    const terminal = this.#tabs.current;
    if (terminal?.process) await copyIn(machine, (await terminal.folder()) ?? '/', files, this.#notices);
  }

  #isForPanel({ target }) {
    return this.#filesPart.element.contains(target);
  }

  #mark(element) {
    this.#marked?.classList.remove('dropping');
    element?.classList.add('dropping');
    this.#marked = element;
  }
}
