// Disk images from another origin than the page's: what a browser hides there, and what that leaves to tell versions by.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import { serveFaulty } from '../host/faulty_server.mjs';
import { launchChromium } from './chromium.mjs';
import { serveStatic } from './static_server.mjs';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const CHUNK = 131072;
const OPEN = { 'access-control-allow-origin': '*' };
const EXPOSED = { ...OPEN, 'access-control-expose-headers': 'ETag, Content-Range' };
const FIRST = { etag: '"one"', 'last-modified': 'Thu, 01 Jan 1970 00:00:10 GMT' };
const OTHER_TAG = { ...FIRST, etag: '"two"' };
const OTHER_TIME = { ...FIRST, 'last-modified': 'Fri, 02 Jan 1970 00:00:00 GMT' };
const IMAGE = Buffer.from(Array.from({ length: 9 * CHUNK + 1000 }, (_, i) => (i * 2654435761) >>> 24));
const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

/** One chunk after the other, as an image that has three times the same. */
function chunkedFiles() {
  const chunk = IMAGE.subarray(0, CHUNK);
  const manifest = Buffer.from(JSON.stringify(
    { elfinImage: 1, size: 3 * CHUNK, chunkSize: CHUNK, chunks: Array(3).fill(sha256(chunk)), entry: {}, packs: {} }));
  const objects = [chunk, manifest].map((bytes) => [`/objects/${sha256(bytes)}`, zlib.gzipSync(bytes)]);
  return new Map([...objects, ['/latest', Buffer.from(JSON.stringify({ elfinImage: 1, manifest: sha256(manifest) }))]]);
}

let pageServer;
let imageServer;
let browser;
let page;

before(async () => {
  const chunked = chunkedFiles();
  pageServer = await serveStatic((url) => {
    if (url === '/index.html') return Buffer.from('<!doctype html><title>images</title>');
    return /^\/web\/host\/[\w/]+\.js$/.test(url) ? path.join(CHECKOUT, url) : undefined;
  });
  imageServer = await serveFaulty((name) => (name === '/disk.img' ? IMAGE : chunked.get(name)), { ranges: true });
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(`${pageServer.origin}/index.html`);
});
after(async () => {
  await browser?.close();
  await imageServer?.close();
  pageServer?.close();
});

/** Opens an image in the page, as window.device. @returns {Promise<number | string>} its size, or what is wrong */
async function open(name) {
  imageServer.requests.length = 0;
  return page.evaluate(async (url) => {
    const { openImage } = await import('/web/host/images/open_image.js');
    try {
      window.device = await openImage(url, { retries: { attempts: 2, firstPauseMs: 1, timeoutMs: 120_000 } });
      return window.device.size;
    } catch (error) {
      return `${error.code}: ${error.message}`;
    }
  }, `${imageServer.origin}${name}`);
}

/** Bytes of the device as hexadecimal digits, or what is wrong. */
const read = (offset, size) => page.evaluate(async ([from, count]) => {
  const to = new Uint8Array(count);
  try {
    const promised = window.device.read(from, to);
    return Array.from(promised ? await promised : to, (byte) => byte.toString(16).padStart(2, '0')).join('');
  } catch (error) {
    return `${error.code}: ${error.message}`;
  }
}, [offset, size]);
const expected = (offset, size) => IMAGE.subarray(offset, offset + size).toString('hex');
const methods = () => imageServer.requests.map(({ method }) => method);

test('a server that lets no other origin in is refused', async () => {
  imageServer.headers = FIRST;
  assert.match(await open('/disk.img'), /^EIO: /);
});

test('exposed headers: any bytes, no request but the ranges, and a changed tag is an error', async () => {
  imageServer.headers = { ...EXPOSED, ...FIRST };
  assert.equal(await open('/disk.img'), IMAGE.length);
  assert.equal(await read(5 * CHUNK - 7, 20), expected(5 * CHUNK - 7, 20));
  assert.deepEqual([...new Set(methods())], ['GET'], 'no question beforehand');
  imageServer.headers = { ...EXPOSED, ...OTHER_TAG };
  assert.match(await read(7 * CHUNK, 20), /^EIO: the image has changed/);
  imageServer.headers = { ...EXPOSED, ...FIRST };
  assert.equal(await read(7 * CHUNK, 20), expected(7 * CHUNK, 20), 'the next read works');
});

test('hidden headers: the size is asked for, and a changed time is an error', async () => {
  imageServer.headers = { ...OPEN, ...FIRST };
  assert.equal(await open('/disk.img'), IMAGE.length);
  assert.deepEqual(methods(), ['GET', 'HEAD']);
  assert.equal(await read(5 * CHUNK - 7, 20), expected(5 * CHUNK - 7, 20));
  imageServer.headers = { ...OPEN, ...OTHER_TIME };
  assert.match(await read(8 * CHUNK, 20), /^EIO: the image has changed/);
});

test('a chunked image needs no header but the permission', async () => {
  imageServer.headers = OPEN;
  assert.equal(await open('/latest'), 3 * CHUNK);
  assert.equal(await read(CHUNK + 5, 30), expected(5, 30));
  assert.deepEqual([...new Set(methods())], ['GET']);
  imageServer.headers = {};
  assert.match(await open('/latest'), /^EIO: /);
});
