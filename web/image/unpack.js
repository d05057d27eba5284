/** Archives as they come: packed by gzip, zstd, xz or bzip2, or not at all. */
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { toolEnvironment } from './tool.js';

const MAGIC = {
  gzip: [0x1f, 0x8b],
  zstd: [0x28, 0xb5, 0x2f, 0xfd],
  xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a],
  bzip2: [0x42, 0x5a, 0x68],
};

function packingOf(file, offset) {
  const start = Buffer.alloc(6);
  const descriptor = fs.openSync(file, 'r');
  fs.readSync(descriptor, start, 0, start.length, offset);
  fs.closeSync(descriptor);
  return Object.keys(MAGIC).find((name) => MAGIC[name].every((byte, i) => start[i] === byte));
}

/** Through a program of the system's. */
async function unpackBy(command, input, to) {
  const child = spawn(command, ['-dc'], { stdio: ['pipe', 'pipe', 'pipe'], env: toolEnvironment() });
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  const ended = new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`${command}: ${error.code ?? error.message}`)));
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${command} failed: ${said.trim()}`))));
  });
  await Promise.all([
    ended,
    pipeline(input, child.stdin).catch(() => {}), // the program says why
    pipeline(child.stdout, fs.createWriteStream(to)),
  ]);
}

/** Passes bytes on and hashes them. */
function hashing(hash) {
  return new Transform({
    transform(piece, encoding, done) {
      hash.update(piece);
      done(null, piece);
    },
  });
}

/**
 * Writes what a part of a file holds, unpacked, to another file.
 * @param {{file: string, offset?: number, size?: number}} body
 * @param {string} to
 * @returns {Promise<string>} SHA-256 of the part as it came
 */
export async function unpack({ file, offset = 0, size = fs.statSync(file).size - offset }, to) {
  const hash = crypto.createHash('sha256');
  const input = size === 0
    ? fs.createReadStream('/dev/null')
    : fs.createReadStream(file, { start: offset, end: offset + size - 1 });
  const counted = input.pipe(hashing(hash));
  input.on('error', (error) => counted.destroy(error));
  const output = () => fs.createWriteStream(to);
  const packing = packingOf(file, offset);
  if (packing === undefined) await pipeline(counted, output());
  else if (packing === 'gzip') await pipeline(counted, zlib.createGunzip(), output());
  else if (packing === 'zstd') await pipeline(counted, zlib.createZstdDecompress(), output());
  else await unpackBy(packing, counted, to);
  return hash.digest('hex');
}

/** A small body's bytes. */
export function readBytes({ file, offset, size, bytes }) {
  if (bytes) return bytes;
  const read = Buffer.alloc(size);
  const descriptor = fs.openSync(file, 'r');
  try {
    if (fs.readSync(descriptor, read, 0, size, offset) < size) throw new Error(`${file} ends too early`);
  } finally {
    fs.closeSync(descriptor);
  }
  return read;
}
