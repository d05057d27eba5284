/** What kernel_spawn reads: five numbers, then strings that end with a zero byte (SpawnRequestReader of the kernel). */
import { toBytes } from './kernel_instance.js';

const COUNTS_BYTES = 20;

/** @returns {Uint8Array} Throws TypeError. */
export function packSpawnRequest(path, args, firstStream, { env = {}, cwd = '/', uid = 0, gid = 0 }) {
  const environment = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const strings = [path, cwd, ...args, ...environment].map(toBytes);
  if (strings.some((bytes) => bytes.includes(0))) {
    throw new TypeError('a path, argument or variable contains a zero byte');
  }
  const size = COUNTS_BYTES + strings.reduce((sum, bytes) => sum + bytes.length + 1, 0);
  const packed = new Uint8Array(size);
  const counts = new DataView(packed.buffer);
  [uid, gid, args.length, environment.length, firstStream].forEach(
    (n, i) => counts.setUint32(4 * i, n, true));
  let at = COUNTS_BYTES;
  for (const bytes of strings) {
    packed.set(bytes, at);
    at += bytes.length + 1;
  }
  return packed;
}
