/**
 * A folder that a web server has, as a HostFolder: read-only, whole in memory. What is in it stands in a
 * manifest (FORMAT.md); all files are fetched before the machine starts.
 */
import { MemoryFolder } from './memory_folder.js';

/** st_mode's types. */
const TYPE_MASK = 0o170000;
const FILE = 0o100000;
const FORMAT_VERSION = 1;

async function fetchBytes(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: the server answers ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** A file's bytes; its length must be what the manifest says. */
async function fetchFile({ path, size, url }, base) {
  const place = url ?? path.split('/').map(encodeURIComponent).join('/');
  const bytes = await fetchBytes(new URL(place, base));
  if (bytes.length !== size) {
    throw new Error(`${path}: ${bytes.length} bytes came, the manifest says ${size}`);
  }
  return bytes;
}

export class FetchedFolder extends MemoryFolder {
  /**
   * Fetches the manifest and every file that it names.
   * @param {URL | string} manifestUrl absolute
   */
  static async fetch(manifestUrl) {
    const manifest = JSON.parse(new TextDecoder().decode(await fetchBytes(manifestUrl)));
    if (manifest?.elfinFolder !== FORMAT_VERSION || !Array.isArray(manifest.entries)) {
      throw new Error(`${manifestUrl} is no manifest of a folder, or of another version`);
    }
    const withBytes = async (entry) => {
      const isFile = (entry.mode & TYPE_MASK) === FILE;
      return isFile ? { ...entry, bytes: await fetchFile(entry, manifestUrl) } : entry;
    };
    return new FetchedFolder(await Promise.all(manifest.entries.map(withBytes)));
  }

  /** @param {object[]} entries the manifest's; those of files with their `bytes` */
  constructor(entries) {
    super();
    try {
      for (const entry of entries) this.add(entry);
    } catch (error) {
      throw new Error(`a folder's manifest: ${error.message}`);
    }
  }
}
