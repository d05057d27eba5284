/**
 * Reading tar: ustar, pax and GNU's long names. Names and values are bytes, held in strings of one character
 * each (latin1), for they need not be UTF-8. The archive is a file, so that bodies can stay where they are.
 */
import fs from 'node:fs';

const BLOCK = 512;
/** Headers of headers (long names, pax) are small; a body of one is read whole. */
const MAX_EXTENSION = 1 << 20;

export class TarError extends Error {}

/** A number of a header: octal digits, or binary where the first bit is set. */
function numberAt(block, at, length) {
  if ((block[at] & 0x80) !== 0) {
    let value = BigInt(block[at] & 0x3f);
    for (let i = 1; i < length; i++) value = (value << 8n) | BigInt(block[at + i]);
    if ((block[at] & 0x40) !== 0) value -= 1n << BigInt(8 * length - 2);
    return Number(value);
  }
  const text = textAt(block, at, length).trim();
  if (!/^[0-7]*$/.test(text)) throw new TarError('a header has a number that is none');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function textAt(block, at, length) {
  const text = block.latin1Slice(at, at + length);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

function checkSum(block) {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : block[i];
  if (sum !== numberAt(block, 148, 8)) throw new TarError('a header has a wrong checksum');
}

/** "LENGTH KEY=VALUE\n", again and again. */
function parsePax(bytes) {
  const records = {};
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 ? NaN : Number(bytes.latin1Slice(at, space));
    if (!(length > space - at + 1) || at + length > bytes.length) {
      throw new TarError('a pax header is damaged');
    }
    const record = bytes.latin1Slice(space + 1, at + length - 1);
    const equals = record.indexOf('=');
    records[record.slice(0, equals)] = record.slice(equals + 1);
    at += length;
  }
  return records;
}

const XATTR = 'SCHILY.xattr.';

/** What pax says overrides what the header says. */
function applyPax(entry, pax) {
  for (const [key, value] of Object.entries(pax)) {
    if (key === 'path') entry.name = value;
    else if (key === 'linkpath') entry.linkName = value;
    else if (key === 'size') entry.size = Number(value);
    else if (key === 'uid') entry.uid = Number(value);
    else if (key === 'gid') entry.gid = Number(value);
    else if (key === 'mtime') entry.mtime = Number(value);
    else if (key.startsWith(XATTR)) entry.xattrs[key.slice(XATTR.length)] = value;
    else if (key.startsWith('GNU.sparse.')) throw new TarError(`${entry.name}: a sparse file`);
  }
  return entry;
}

function parseHeader(block) {
  checkSum(block);
  const prefix = block.latin1Slice(257, 262) === 'ustar' ? textAt(block, 345, 155) : '';
  const name = textAt(block, 0, 100);
  // GNU's own format has times in the place of the prefix.
  const gnu = block.latin1Slice(257, 265) === 'ustar  \0';
  return {
    name: prefix && !gnu ? `${prefix}/${name}` : name,
    mode: numberAt(block, 100, 8) & 0o7777,
    uid: numberAt(block, 108, 8),
    gid: numberAt(block, 116, 8),
    size: numberAt(block, 124, 12),
    mtime: numberAt(block, 136, 12),
    type: String.fromCharCode(block[156] || 0x30),
    linkName: textAt(block, 157, 100),
    major: numberAt(block, 329, 8),
    minor: numberAt(block, 337, 8),
    xattrs: {},
  };
}

/**
 * @typedef {{name: string, mode: number, uid: number, gid: number, size: number, mtime: number, type: string,
 *   linkName: string, major: number, minor: number, xattrs: Record<string, string>, offset: number}} TarEntry
 *   `type` is tar's letter; `offset`: where the body begins in the file
 */

/**
 * The entries of an archive in a file, from `begin` on.
 * @param {string} file
 * @returns {Generator<TarEntry>} Throws TarError.
 */
export function* readTar(file) {
  const descriptor = fs.openSync(file, 'r');
  try {
    const total = fs.fstatSync(descriptor).size;
    const read = (at, size) => {
      const bytes = Buffer.alloc(size);
      if (fs.readSync(descriptor, bytes, 0, size, at) < size) {
        throw new TarError('the archive ends too early');
      }
      return bytes;
    };
    let globals = {};
    let pax = {};
    for (let at = 0; at + BLOCK <= total;) {
      const block = read(at, BLOCK);
      at += BLOCK;
      if (block.every((byte) => byte === 0)) return;
      const entry = parseHeader(block);
      if ('xgLK'.includes(entry.type)) {
        if (entry.size > MAX_EXTENSION) throw new TarError('a header is too long');
        const body = read(at, entry.size);
        if (entry.type === 'x') pax = { ...pax, ...parsePax(body) };
        else if (entry.type === 'g') globals = { ...globals, ...parsePax(body) };
        else pax[entry.type === 'L' ? 'path' : 'linkpath'] = textAt(body, 0, body.length);
      } else {
        applyPax(entry, { ...globals, ...pax });
        pax = {};
        if ('12345'.includes(entry.type) && entry.type !== '1') entry.size = 0;
        if (entry.type === '1') entry.size = 0;
        if (at + entry.size > total) throw new TarError(`${entry.name}: the archive ends within it`);
        yield { ...entry, offset: at };
      }
      at += Math.ceil(entry.size / BLOCK) * BLOCK;
    }
  } finally {
    fs.closeSync(descriptor);
  }
}
