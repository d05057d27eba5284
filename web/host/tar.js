/**
 * Tar archives (POSIX ustar, with pax headers for what doesn't fit) of the guest's folders: what is packed is read
 * by any tar, and what any tar has packed is unpacked. `files` is a MachineFiles, or has its methods.
 */

const BLOCK = 512;
const NAME_SIZE = 100;
const MAX_OCTAL_SIZE = 0o77777777777;
const TYPE_FLAG = Object.freeze({ file: '0', link: '2', directory: '5' });

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A file that is no archive, or is cut off. */
export class ArchiveError extends Error {
  constructor(sentence) {
    super(sentence);
    this.name = 'ArchiveError';
  }
}

const octal = (number, size) => `${Math.max(0, Math.floor(number)).toString(8).padStart(size - 1, '0')}\0`;

/** One header block. */
function header({ name, mode, uid = 0, gid = 0, size = 0, seconds = 0, flag, link = '' }) {
  const block = new Uint8Array(BLOCK);
  const put = (at, text) => block.set(typeof text === 'string' ? encoder.encode(text) : text, at);
  put(0, encoder.encode(name).subarray(0, NAME_SIZE));
  put(100, octal(mode, 8));
  put(108, octal(Math.min(uid, 0o7777777), 8));
  put(116, octal(Math.min(gid, 0o7777777), 8));
  put(124, octal(Math.min(size, MAX_OCTAL_SIZE), 12));
  put(136, octal(seconds, 12));
  put(148, '        ');
  put(156, flag);
  put(157, encoder.encode(link).subarray(0, NAME_SIZE));
  put(257, 'ustar\x0000');
  put(148, `${block.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `);
  return block;
}

/** A pax record says its own length: "NN key=value\n". */
function paxRecord(key, value) {
  const rest = ` ${key}=${value}\n`;
  const size = encoder.encode(rest).length;
  let length = size + 1;
  while (String(length).length + size !== length) length = String(length).length + size;
  return `${length}${rest}`;
}

function padding(size) {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}

/** The headers of an entry: what ustar has no room for goes in front of it. */
function* headers(entry) {
  let records = '';
  if (encoder.encode(entry.name).length > NAME_SIZE) records += paxRecord('path', entry.name);
  if (encoder.encode(entry.link ?? '').length > NAME_SIZE) records += paxRecord('linkpath', entry.link);
  if (entry.size > MAX_OCTAL_SIZE) records += paxRecord('size', entry.size);
  if (records !== '') {
    const bytes = encoder.encode(records);
    yield header({ name: 'pax', mode: 0o644, size: bytes.length, flag: 'x' });
    yield bytes;
    yield padding(bytes.length);
  }
  yield header(entry);
}

async function* packEntry(files, path, name) {
  const stat = await files.lstat(path);
  const flag = TYPE_FLAG[stat.type];
  if (flag === undefined) return; // devices and sockets are of no use elsewhere
  const entry = { name, flag, mode: stat.mode, uid: stat.uid, gid: stat.gid, seconds: stat.modified.getTime() / 1000 };
  if (stat.type === 'file') {
    const bytes = await files.readFile(path);
    yield* headers({ ...entry, size: bytes.length });
    yield bytes;
    yield padding(bytes.length);
  } else if (stat.type === 'link') {
    yield* headers({ ...entry, link: await files.readlink(path) });
  } else {
    if (name !== '') yield* headers({ ...entry, name: `${name}/` });
    for (const child of await files.readdir(path)) {
      yield* packEntry(files, `${path}/${child.name}`, name === '' ? child.name : `${name}/${child.name}`);
    }
  }
}

/** The archive of what is in a folder. */
export async function* packTree(files, path) {
  yield* packEntry(files, path, '');
  yield new Uint8Array(2 * BLOCK);
}

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

/** The entries of an archive that is whole in memory: {name, flag, mode, uid, gid, seconds, link, bytes}. */
export function* readArchive(archive) {
  let extra = {};
  for (let at = 0; at + BLOCK <= archive.length;) {
    const block = archive.subarray(at, at + BLOCK);
    if (block.every((byte) => byte === 0)) return;
    checkHeader(block);
    const size = Number(extra.size ?? numberAt(block, 124, 12));
    const begin = at + BLOCK;
    if (!(size >= 0) || begin + size > archive.length) throw new ArchiveError('the archive is cut off');
    const bytes = archive.subarray(begin, begin + size);
    at = begin + Math.ceil(size / BLOCK) * BLOCK;
    const flag = String.fromCharCode(block[156] || 0x30);
    const longText = () => textAt(bytes, 0, bytes.length);
    if (flag === 'x') extra = { ...extra, ...parsePax(bytes) };
    else if (flag === 'L') extra.path = longText();
    else if (flag === 'K') extra.linkpath = longText();
    else if (flag !== 'g') {
      const isUstar = textAt(block, 257, 5) === 'ustar';
      const prefix = isUstar ? textAt(block, 345, 155) : '';
      const name = textAt(block, 0, NAME_SIZE);
      yield {
        name: extra.path ?? (prefix ? `${prefix}/${name}` : name),
        link: extra.linkpath ?? textAt(block, 157, NAME_SIZE),
        mode: numberAt(block, 100, 8) & 0o7777,
        uid: numberAt(block, 108, 8),
        gid: numberAt(block, 116, 8),
        seconds: Number(extra.mtime ?? numberAt(block, 136, 12)),
        flag,
        bytes,
      };
      extra = {};
    }
  }
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
  for (const entry of readArchive(archive)) {
    const name = safeName(entry.name);
    if (name === '') continue;
    const path = `${folder}/${name}`;
    await files.mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
    if (!(await unpackEntry(files, folder, path, entry))) continue;
    count++;
  }
  return count;
}

async function unpackEntry(files, folder, path, { flag, mode, uid, gid, link, bytes, seconds }) {
  if (flag === '5') await files.mkdir(path, { mode, recursive: true });
  else if (flag === '2') {
    await files.unlink(path).catch(() => {});
    await files.symlink(link, path);
    return true;
  } else if (flag === '1') await files.writeFile(path, await files.readFile(`${folder}/${safeName(link)}`), { mode });
  else if (flag === '0' || flag === '7') await files.writeFile(path, bytes, { mode });
  else return false;
  await files.chown(path, uid, gid);
  await files.chmod(path, mode);
  await files.setModified(path, new Date(seconds * 1000));
  return true;
}
