/**
 * SHA-256. The engine's own where it has one: browsers keep crypto.subtle from pages that came without TLS,
 * and those need it the more.
 */
const ROUNDS = 64;

/** The first 32 bits behind the point of a root of each of the first primes. */
function rootBits(count, root) {
  const words = [];
  for (let candidate = 2; words.length < count; candidate++) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) prime &&= candidate % divisor !== 0;
    if (prime) words.push(Math.floor((root(candidate) % 1) * 2 ** 32));
  }
  return new Uint32Array(words);
}

const CONSTANTS = rootBits(ROUNDS, Math.cbrt);
const START = rootBits(8, Math.sqrt);

const rotate = (word, by) => (word >>> by) | (word << (32 - by));

/** One block of 64 bytes (FIPS 180-4, section 6.2.2). */
function compress(hash, view, at, schedule) {
  for (let t = 0; t < 16; t++) schedule[t] = view.getUint32(at + 4 * t);
  for (let t = 16; t < ROUNDS; t++) {
    const a = schedule[t - 15];
    const b = schedule[t - 2];
    const sigma0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
    const sigma1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
    schedule[t] = sigma1 + schedule[t - 7] + sigma0 + schedule[t - 16];
  }
  let [a, b, c, d, e, f, g, h] = hash;
  for (let t = 0; t < ROUNDS; t++) {
    const choice = (e & f) ^ (~e & g);
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + sum1 + choice + CONSTANTS[t] + schedule[t]) | 0;
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + sum0 + majority) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => (hash[index] += word));
}

/**
 * Without the engine's help; 128 KiB take about 1 ms.
 * @param {Uint8Array} bytes
 * @returns {Uint8Array}
 */
export function sha256InScript(bytes) {
  const whole = bytes.length - (bytes.length % 64);
  const tail = new Uint8Array(bytes.length - whole + 9 > 64 ? 128 : 64);
  tail.set(bytes.subarray(whole));
  tail[bytes.length - whole] = 0x80;
  const tailView = new DataView(tail.buffer);
  tailView.setUint32(tail.length - 8, Math.floor(bytes.length / 2 ** 29));
  tailView.setUint32(tail.length - 4, bytes.length * 8);

  const hash = START.slice();
  const schedule = new Uint32Array(ROUNDS);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < whole; at += 64) compress(hash, view, at, schedule);
  for (let at = 0; at < tail.length; at += 64) compress(hash, tailView, at, schedule);

  const digest = new Uint8Array(32);
  const digestView = new DataView(digest.buffer);
  hash.forEach((word, index) => digestView.setUint32(4 * index, word));
  return digest;
}

const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<string>} 64 hexadecimal digits
 */
export async function sha256(bytes) {
  const { subtle } = globalThis.crypto ?? {};
  return toHex(subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes)) : sha256InScript(bytes));
}
