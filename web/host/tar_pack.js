/**
 * Tar archives (POSIX ustar, with pax headers for what doesn't fit) of the guest's folders, as any tar reads them. `files`
 * is a MachineFiles, or has its methods.
 */
import { readPieces } from './file_pieces.js';

const BLOCK = 512;
const NAME_SIZE = 100;
const MAX_OCTAL_SIZE = 0o77777777777;
const TYPE_FLAG = Object.freeze({ file: '0', link: '2', directory: '5' });
const ZEROS = new Uint8Array(1 << 16);

const encoder = new TextEncoder();

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

/** As many bytes as the header has said, whatever happens to the file meanwhile. */
async function* exactly(size, pieces) {
  let left = size;
  for await (const piece of pieces) {
    left -= piece.length;
    yield piece;
  }
  for (; left > 0; left -= Math.min(left, ZEROS.length)) yield ZEROS.slice(0, left);
}

async function* packEntry(files, path, name) {
  const stat = await files.lstat(path);
  const flag = TYPE_FLAG[stat.type];
  if (flag === undefined) return; // devices and sockets are of no use elsewhere
  const entry = { name, flag, mode: stat.mode, uid: stat.uid, gid: stat.gid, seconds: stat.modified.getTime() / 1000 };
  if (stat.type === 'file') {
    yield* headers({ ...entry, size: stat.size });
    yield* exactly(stat.size, readPieces(files, path, { length: stat.size }));
    yield padding(stat.size);
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
