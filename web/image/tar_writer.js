/** Writing tar, with pax headers for all that ustar has no room for. Names are latin1 strings, as in tar_reader.js. */
const BLOCK = 512;

const octal = (value, length) => value.toString(8).padStart(length - 1, '0');

/** What a field of an octal number can hold. */
const fits = (value, length) => Number.isInteger(value) && value >= 0 && value < 8 ** (length - 1);

function paxRecord(key, value) {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (length !== rest.length + String(length).length) length = rest.length + String(length).length;
  return `${length}${rest}`;
}

const padding = (size) => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);

function header(entry, type, size) {
  const block = Buffer.alloc(BLOCK);
  const put = (text, at) => block.latin1Write(text, at);
  const number = (value, at, length) => put(octal(fits(value, length) ? value : 0, length), at);
  put(entry.name.slice(0, 100), 0);
  number(entry.mode, 100, 8);
  number(entry.uid, 108, 8);
  number(entry.gid, 116, 8);
  number(size, 124, 12);
  number(Math.floor(entry.mtime), 136, 12);
  put('        ', 148);
  put(type, 156);
  put(entry.linkName.slice(0, 100), 157);
  put('ustar\u000000', 257);
  number(entry.major, 329, 8);
  number(entry.minor, 337, 8);
  put(`${octal(block.reduce((sum, byte) => sum + byte, 0), 7)}\0 `, 148);
  return block;
}

function paxOf(entry) {
  const records = [];
  const add = (key, value) => records.push(paxRecord(key, value));
  if (entry.name.length > 100) add('path', entry.name);
  if (entry.linkName.length > 100) add('linkpath', entry.linkName);
  if (!fits(entry.size, 12)) add('size', entry.size);
  if (!fits(entry.uid, 8)) add('uid', entry.uid);
  if (!fits(entry.gid, 8)) add('gid', entry.gid);
  if (!fits(entry.mtime, 12)) add('mtime', entry.mtime);
  for (const [name, value] of Object.entries(entry.xattrs)) add(`SCHILY.xattr.${name}`, value);
  return Buffer.from(records.join(''), 'latin1');
}

/**
 * The bytes in front of an entry's body.
 * @param {import('./tar_reader.js').TarEntry} entry
 */
export function packHeader(entry) {
  const pax = paxOf(entry);
  const own = header(entry, entry.type, entry.size);
  if (pax.length === 0) return own;
  const about = { ...entry, name: 'pax', linkName: '', mode: 0o644 };
  return Buffer.concat([header(about, 'x', pax.length), pax, padding(pax.length), own]);
}

/** The zeros behind a body. */
export const packPadding = padding;

/** The end of an archive. */
export const TAR_END = Buffer.alloc(2 * BLOCK);
