/** The panel's file browser: look around, download, copy in, make a folder, remove. */
import { button, icon, iconButton, make } from './elements.js';
import { blobsOf, chooseFiles, copyIn, offerDownload } from './file_transfer.js';
import { FoldersList } from './folders_list.js';
import { bytesText } from './quantities.js';
import { askForText } from './text_question.js';

const SHOWN_AT_MOST = 1000;

const join = (folder, name) => `${folder === '/' ? '' : folder}/${name}`;

/** Folders first, then by name. */
function inOrder(a, b) {
  const folders = (b.type === 'directory') - (a.type === 'directory');
  return folders || a.name.localeCompare(b.name);
}

export class FilesPart {
  title = 'Files';
  element = make('section');
  #computer;
  #notices;
  #ask;
  #folder = '/root';
  #path = make('div.path');
  #rows = make('tbody');
  #remark = make('p.quiet');

  constructor({ computer, notices, ask, folders }) {
    this.#computer = computer;
    this.#notices = notices;
    this.#ask = ask;
    this.element.append(this.#path,
      make('div.row', {}, button('Add files', () => this.#addFiles()), button('New folder', () => this.#makeFolder()),
        button('Download', () => this.#downloadFolder())),
      make('table.list', {}, this.#rows), this.#remark,
      new FoldersList({
        folders, notices, go: (path) => this.#go(path),
        unpack: (archive) => this.#attempt((files) => files.importTar(this.#folder, archive)),
      }).element);
  }

  show() {
    this.#list();
  }

  async #go(folder) {
    this.#folder = folder;
    await this.#list();
    this.#path.lastElementChild.focus();
  }

  /** Runs what may fail; the user hears why, and sees the folder as it is then. */
  async #attempt(action) {
    try {
      await action(this.#computer.machine.fs);
    } catch (error) {
      this.#notices.show(error.message, { kind: 'bad' });
    }
    await this.#list();
  }

  async #list() {
    const { machine } = this.#computer;
    if (!machine) return;
    const names = this.#folder.split('/').filter(Boolean);
    const steps = [['/', '/'], ...names.map((name, i) => [name, `/${names.slice(0, i + 1).join('/')}`])];
    this.#path.replaceChildren(...steps.map(([name, path]) => make('button', { click: () => this.#go(path) }, name)));
    try {
      const entries = (await machine.fs.readdir(this.#folder)).sort(inOrder);
      const shown = entries.slice(0, SHOWN_AT_MOST);
      const stats = await Promise.all(shown.map(({ name }) => machine.fs.lstat(join(this.#folder, name)).catch(() => {})));
      this.#rows.replaceChildren(...shown.map((entry, i) => this.#row(entry, stats[i])));
      const more = entries.length - shown.length;
      this.#remark.textContent = more > 0 ? `and ${more} more` : entries.length === 0 ? 'This folder is empty.' : '';
    } catch (error) {
      if (this.#folder !== '/') return void this.#go('/');
      this.#remark.textContent = error.message;
    }
  }

  #row({ name, type }, stat) {
    const path = join(this.#folder, name);
    const isFolder = type === 'directory';
    const open = () => (isFolder ? this.#go(path) : this.#open(path, name));
    return make('tr', {},
      make('td', {}, icon(isFolder ? 'folder' : 'file')),
      make('td.name', { title: name }, make('button.link', { click: open }, type === 'link' ? `${name} →` : name)),
      make('td.number.quiet', {}, isFolder || !stat ? '' : bytesText(stat.size)),
      make('td', {}, iconButton('close', `Remove ${name}`, () => this.#remove(path, name, isFolder))));
  }

  /** A folder behind a link is entered; a file comes as a download. */
  async #open(path, name) {
    await this.#attempt(async (files) => {
      const { type } = await files.stat(path);
      if (type === 'directory') this.#folder = path;
      else if (type === 'file') offerDownload(await blobsOf(files.readPieces(path)), name);
      else throw new Error(`${path} is a ${type}: there is nothing to download`);
    });
  }

  async #addFiles() {
    const files = await chooseFiles();
    if (files.length > 0) await this.copyIn(files.map((file) => ({ path: file.name, file })));
  }

  /** Into the folder that is shown. @param {{path: string, file: File}[]} files */
  async copyIn(files) {
    const { machine } = this.#computer;
    if (!machine) return;
    await copyIn(machine, this.#folder, files, this.#notices);
    await this.#list();
  }

  async #makeFolder() {
    const name = await askForText({ title: `New folder in ${this.#folder}`, label: 'Name', yes: 'Make it' });
    if (name !== undefined) await this.#attempt((files) => files.mkdir(join(this.#folder, name)));
  }

  async #downloadFolder() {
    const notice = this.#notices.show(`Packing ${this.#folder}`, { lasting: true });
    await this.#attempt(async (files) => {
      offerDownload(await blobsOf(files.exportTar(this.#folder)), `${this.#folder.split('/').at(-1) || 'root'}.tar`);
    });
    notice.close();
  }

  async #remove(path, name, isFolder) {
    const answer = await this.#ask({
      title: `Remove ${name}?`,
      text: isFolder ? 'The folder goes with all that is in it.' : 'The file is gone then.',
      answers: { no: 'Keep', yes: 'Remove' }, danger: true,
    });
    if (answer === 'yes') await this.#attempt((files) => files.remove(path));
  }
}
