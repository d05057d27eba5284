// A small root for a guest out of files of this machine: the programs named and what they load.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

/** The absolute paths of the shared objects that a program loads; none for a static one. */
function sharedObjects(program) {
  let listing;
  try {
    listing = execFileSync('ldd', [program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return [];
  }
  return [...listing.matchAll(/(?:^|=>)\s*(\/\S+) \(0x/gm)].map((match) => match[1]);
}

function entryOf(guestPath, hostPath) {
  const stat = fs.lstatSync(hostPath);
  const entry = { path: guestPath.slice(1), mode: stat.mode, mtime: stat.mtimeMs / 1000 };
  if (stat.isSymbolicLink()) entry.target = fs.readlinkSync(hostPath);
  if (stat.isFile()) entry.size = stat.size;
  return entry;
}

export class GuestRoot {
  /** @type {Map<string, object>} */
  #entries = new Map();
  /** @type {Map<string, string>} URL path of a file → where it is */
  #files = new Map();

  /** A program of this machine's at its own path, with its shared objects. */
  addProgram(path) {
    for (const file of [path, ...sharedObjects(path)]) this.#addTree(file);
  }

  /** A static program of this machine's at another path. */
  addFile(guestPath, hostPath) {
    this.#entries.set(guestPath, entryOf(guestPath, hostPath));
    this.#files.set(guestPath, hostPath);
  }

  /** A path with the directories and symbolic links on the way to it. */
  #addTree(path) {
    let at = '';
    const rest = path.split('/').filter(Boolean);
    while (rest.length > 0) {
      at += `/${rest.shift()}`;
      const entry = entryOf(at, at);
      this.#entries.set(at, entry);
      if (entry.target !== undefined) {
        const folder = at.slice(0, at.lastIndexOf('/'));
        const target = entry.target.startsWith('/') ? entry.target : `${folder}/${entry.target}`;
        const names = [...target.split('/').filter(Boolean), ...rest];
        return void this.#addTree(new URL(names.join('/'), 'file:///').pathname);
      }
    }
    this.#files.set(at, at);
  }

  /** What FetchedFolder wants to know. */
  manifest() {
    return JSON.stringify({ elfinFolder: 1, entries: [...this.#entries.values()] });
  }

  /** The file behind a guest path; undefined: not in this root. */
  fileOf(guestPath) {
    return this.#files.get(guestPath);
  }
}
