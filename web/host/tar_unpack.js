/**
 * Unpacks tar archives (ustar, pax, GNU's) into the guest's folders, as they come: no more of them is in memory than a piece.
 * `files` is a MachineFiles, or has its methods.
 */
import { ArchiveError } from './errors.js';
import { readPieces, writePieces } from './file_pieces.js';

const BLOCK = 512;
const NAME_SIZE = 100;
/** Of long names and the like. */
const MOST_EXTRA = 1 << 20;
const NOTHING = new Uint8Array(0);

const decoder = new TextDecoder();

const textAt = (block, at, size) => {
  const field = block.subarray(at, at + size);
  const end = field.indexOf(0);
  return decoder.decode(end === -1 ? field : field.subarray(0, end));
};

/** A number in octal digits, or, where its first bit is set, in base 256. */
function numberAt(block, at, size) {
  if ((block[at] & 0x80) === 0) return parseInt(textAt(block, at, size).trim() || '0', 8);
  let value = block[at] & 0x7f;
  for (let i = at + 1; i < at + size; i++) value = value * 256 + block[i];
  return value;
}

function checkHeader(block) {
  let sum = 8 * 0x20 - block.subarray(148, 156).reduce((total, byte) => total + byte, 0);
  for (const byte of block) sum += byte;
  if (sum !== numberAt(block, 148, 8)) throw new ArchiveError('this is no tar archive, or it is damaged');
}

function parsePax(bytes) {
  const values = {};
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = parseInt(decoder.decode(bytes.subarray(at, space)), 10);
    if (!(length > 0) || space === -1) throw new ArchiveError('a pax header of the archive is damaged');
    const record = decoder.decode(bytes.subarray(space + 1, at + length - 1));
    const equals = record.indexOf('=');
    values[record.slice(0, equals)] = record.slice(equals + 1);
    at += length;
  }
  return values;
}

/** The bytes of an archive, as they are wanted. */
class ArchiveBytes {
  #pieces;
  /** What has come and was not taken yet. */
  #rest = NOTHING;

  /** @param {AsyncIterable<Uint8Array> | Iterable<Uint8Array>} pieces */
  constructor(pieces) {
    this.#pieces = pieces[Symbol.asyncIterator]?.() ?? pieces[Symbol.iterator]();
  }

  /** Of so many bytes, as they come; throws where the archive ends before. */
  async *take(size) {
    for (let left = size; left > 0;) {
      if (this.#rest.length === 0) await this.#fetch();
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** So many bytes as one; undefined where the archive ends before the first of them. */
  async takeWhole(size) {
    const bytes = new Uint8Array(size);
    let at = 0;
    try {
      for await (const piece of this.take(size)) {
        bytes.set(piece, at);
        at += piece.length;
      }
    } catch (error) {
      if (at === 0 && error instanceof ArchiveError) return undefined;
      throw error;
    }
    return bytes;
  }

  async skip(size) {
    for await (const piece of this.take(size)) void piece;
  }

  /** Nobody wants the rest. */
  async leave() {
    await this.#pieces.return?.();
  }

  async #fetch() {
    const { done, value } = await this.#pieces.next();
    if (done) throw new ArchiveError('the archive is cut off');
    this.#rest = value;
  }
}

/**
 * The entries of an archive: {name, flag, mode, uid, gid, seconds, link, size, pieces}. `pieces`: the file's bytes, until the
 * next entry is asked for.
 * @param {Uint8Array | Blob | AsyncIterable<Uint8Array>} archive
 */
export async function* readArchive(archive) {
  const source = new ArchiveBytes(piecesOf(archive));
  try {
    for (let extra = {}; ;) {
      const block = await source.takeWhole(BLOCK);
      if (block === undefined || block.every((byte) => byte === 0)) return;
      checkHeader(block);
      const size = Number(extra.size ?? numberAt(block, 124, 12));
      if (!(size >= 0)) throw new ArchiveError('the archive is damaged: an entry has no size');
      const padding = (BLOCK - (size % BLOCK)) % BLOCK;
      const flag = String.fromCharCode(block[156] || 0x30);
      if ('xLKg'.includes(flag)) {
        extra = { ...extra, ...extraOf(flag, await wholeExtra(source, size)) };
        await source.skip(padding);
        continue;
      }
      let left = size;
      const pieces = (async function* () {
        for await (const piece of source.take(size)) {
          left -= piece.length;
          yield piece;
        }
      })();
      yield { ...entryOf(block, flag, extra), size, pieces };
      await source.skip(left + padding);
      extra = {};
    }
  } finally {
    await source.leave();
  }
}

const piecesOf = (archive) =>
  (archive instanceof Uint8Array ? [archive] : archive instanceof Blob ? archive.stream() : archive);

/** What a header of headers holds; it is kept in memory. */
async function wholeExtra(source, size) {
  if (size > MOST_EXTRA) throw new ArchiveError('the archive is damaged: a header is too long');
  const bytes = size === 0 ? NOTHING : await source.takeWhole(size);
  if (bytes === undefined) throw new ArchiveError('the archive is cut off');
  return bytes;
}

/** What such a header says of the next entry. */
function extraOf(flag, bytes) {
  switch (flag) {
    case 'x':
      return parsePax(bytes);
    case 'L':
      return { path: textAt(bytes, 0, bytes.length) };
    case 'K':
      return { linkpath: textAt(bytes, 0, bytes.length) };
    default: // of the whole archive: nothing of it matters here
      return {};
  }
}

function entryOf(block, flag, extra) {
  const isUstar = textAt(block, 257, 5) === 'ustar';
  const prefix = isUstar ? textAt(block, 345, 155) : '';
  const name = textAt(block, 0, NAME_SIZE);
  return {
    name: extra.path ?? (prefix ? `${prefix}/${name}` : name),
    link: extra.linkpath ?? textAt(block, 157, NAME_SIZE),
    mode: numberAt(block, 100, 8) & 0o7777,
    uid: numberAt(block, 108, 8),
    gid: numberAt(block, 116, 8),
    seconds: Number(extra.mtime ?? numberAt(block, 136, 12)),
    flag,
  };
}

/** An entry's name within the folder that it is unpacked into; '' is the folder itself. */
function safeName(name) {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new ArchiveError(`the archive's entry ${name} leads out of its folder`);
  return parts.join('/');
}

/** Unpacks into a folder that is there. @returns {Promise<number>} how many entries */
export async function unpackTree(files, folder, archive) {
  let count = 0;
  for await (const entry of readArchive(archive)) {
    const name = safeName(entry.name);
    if (name === '') continue;
    const path = `${folder}/${name}`;
    await files.mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
    if (!(await unpackEntry(files, folder, path, entry))) continue;
    count++;
  }
  return count;
}

async function unpackEntry(files, folder, path, { flag, mode, uid, gid, link, pieces, seconds }) {
  if (flag === '5') await files.mkdir(path, { mode, recursive: true });
  else if (flag === '2') {
    await files.unlink(path).catch(() => {});
    await files.symlink(link, path);
    return true;
  } else if (flag === '1') await writePieces(files, path, readPieces(files, `${folder}/${safeName(link)}`), mode);
  else if (flag === '0' || flag === '7') await writePieces(files, path, pieces, mode);
  else return false;
  await files.chown(path, uid, gid);
  await files.chmod(path, mode);
  await files.setModified(path, new Date(seconds * 1000));
  return true;
}
