/** Of the panel's file browser: the folders of the user's computer that are mounted, and ways to mount one. */
import { button, icon, make } from './elements.js';
import { chooseFiles } from './file_transfer.js';
import { MountedFolders } from './mounted_folders.js';

export class FoldersList {
  element = make('div.folders');
  #folders;
  #notices;
  #go;
  #rows = make('tbody');
  /** The question about each folder that waits. */
  #asked = new Map();

  /**
   * @param {{folders: MountedFolders, notices: import('./notices.js').Notices, go: (path: string) => void,
   *   unpack: (archive: Blob) => Promise<void>}} options `go` shows a folder of the machine; `unpack`: into the
   *   one that is shown
   */
  constructor({ folders, notices, go, unpack }) {
    this.#folders = folders;
    this.#notices = notices;
    this.#go = go;
    const way = MountedFolders.isSupported
      ? button('Mount a folder of this computer…', () => this.#choose())
      : button('Unpack a tar archive…', () => this.#unpack(unpack));
    const hint = MountedFolders.isSupported
      ? 'Programs read and write it in place, under /mnt.'
      : 'This browser can\'t share a folder; pack it as a tar archive, and unpack that here.';
    this.element.append(make('h2', {}, 'Folders of this computer'), make('p.quiet', {}, hint),
      make('table.list', {}, this.#rows), make('div.row', {}, way));
    folders.addEventListener('change', () => this.#show());
  }

  #show() {
    this.#rows.replaceChildren(...this.#folders.all.map((folder) => this.#row(folder)));
    for (const folder of this.#folders.waiting) this.#askFor(folder);
    for (const [folder, notice] of this.#asked) {
      if (this.#folders.waiting.includes(folder)) continue;
      notice.close();
      this.#asked.delete(folder);
    }
  }

  #row(folder) {
    const { path, isMounted } = folder;
    const name = isMounted ? make('button.link', { click: () => this.#go(path) }, path) : make('span.quiet', {}, path);
    const allow = isMounted ? undefined : button('Allow', () => this.#attempt(() => this.#allow(folder)));
    const remove = button(isMounted ? 'Unmount' : 'Forget', () => this.#attempt(() => this.#folders.remove(folder)));
    return make('tr', {}, make('td', {}, icon('folder')), make('td.name', { title: path }, name),
      make('td', {}, make('div.row', {}, allow, remove)));
  }

  /** Once a folder: after a reload the browser wants a click. */
  #askFor(folder) {
    if (this.#asked.has(folder)) return;
    this.#asked.set(folder, this.#notices.show(`${folder.path} waits: the browser asks again whether this page may use it.`, {
      kind: 'warn', actions: { Allow: () => this.#attempt(() => this.#allow(folder)) },
    }));
  }

  async #allow(folder) {
    if (!(await this.#folders.allow(folder))) this.#notices.show(`${folder.path} stays away: the browser was told not to allow it.`);
  }

  async #choose() {
    await this.#attempt(async () => {
      const path = await this.#folders.choose();
      if (path === undefined) return;
      this.#notices.show(`The folder is mounted on ${path}.`);
      this.#go(path);
    });
  }

  async #unpack(unpack) {
    const [file] = await chooseFiles({ accept: '.tar', multiple: false });
    if (file !== undefined) await this.#attempt(() => unpack(file));
  }

  async #attempt(action) {
    try {
      await action();
    } catch (error) {
      this.#notices.show(error.message, { kind: 'bad' });
    }
  }
}
