// Disk images from web servers: what devices read, and what they make of each fault.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import test from 'node:test';
import zlib from 'node:zlib';
import { ChunkedDevice } from '../../web/host/images/chunked_device.js';
import { HttpRangeDevice } from '../../web/host/images/http_range_device.js';
import { parseManifest } from '../../web/host/images/manifest.js';
import { openImage } from '../../web/host/images/open_image.js';
import { sha256InScript } from '../../web/host/images/sha256.js';
import { sendRange, serveFaulty } from './faulty_server.mjs';

const CHUNK = 131072;
/** A busy machine must not look like a server that stands still. */
const QUICK = { attempts: 3, firstPauseMs: 1, timeoutMs: 120_000 };
const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

/** Bytes without a pattern, the same in each run. */
function pattern(size, seed) {
  const bytes = Buffer.alloc(size);
  for (let i = 0, x = seed; i < size; i += 4) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    bytes.writeUInt32LE(x, Math.min(i, size - 4));
  }
  return bytes;
}

const IMAGE = Buffer.concat([pattern(CHUNK, 1), Buffer.alloc(3 * CHUNK), pattern(9 * CHUNK, 2), pattern(5000, 3)]);

async function read(device, offset, size) {
  const to = new Uint8Array(size);
  const promised = device.read(offset, to);
  return Buffer.from(promised ? await promised : to);
}

const eio = (message) => (error) => error.code === 'EIO' && message.test(error.message);

// ---- Ranges -------------------------------------------------------------------------------------

async function withRanges(use, content = IMAGE) {
  const server = await serveFaulty((path) => (path === '/disk.img' ? content : undefined), { ranges: true });
  server.headers = { etag: '"one"' };
  try {
    await use(server, `${server.origin}/disk.img`);
  } finally {
    await server.close();
  }
}

test('ranges: any bytes, each piece fetched once, runs in one request', () => withRanges(async (server, url) => {
  const device = await HttpRangeDevice.open(url, { retries: QUICK });
  assert.equal(device.size, IMAGE.length);
  assert.equal(device.readOnly, true);
  assert.deepEqual(await read(device, 1024, 1024), IMAGE.subarray(1024, 2048));
  assert.equal(server.requests.length, 1, 'the first piece came with the opening');
  const [begin, end] = [4 * CHUNK - 10, 7 * CHUNK + 10];
  assert.deepEqual(await read(device, begin, end - begin), IMAGE.subarray(begin, end));
  assert.equal(server.requests.length, 2);
  const { requests, answers, waitMs } = device.counters;
  assert.deepEqual([requests, answers], [2, 2]);
  assert.ok(waitMs > 0 && waitMs < 120_000, `${waitMs}`);
  assert.equal(device.read(5 * CHUNK, new Uint8Array(8)), undefined, 'at once, now that it is there');
  const tail = IMAGE.length - 6000;
  const both = await Promise.all([read(device, tail, 6000), read(device, tail + 100, 100)]);
  assert.deepEqual(both, [IMAGE.subarray(tail), IMAGE.subarray(tail + 100, tail + 200)]);
  assert.equal(server.requests.length, 3, 'one that is coming is not asked for again');
  assert.ok(server.requests.every(({ range }) => /^bytes=\d+-\d+$/.test(range)));
  assert.throws(() => device.read(IMAGE.length - 1, new Uint8Array(2)), eio(/beyond the end/));
  assert.throws(() => device.write(0, new Uint8Array(1)), (error) => error.code === 'EROFS');
}));

test('ranges: a file shorter than a piece', () => withRanges(async (server, url) => {
  const device = await HttpRangeDevice.open(url, { retries: QUICK });
  assert.equal(device.size, 3000);
  assert.deepEqual(await read(device, 2000, 1000), IMAGE.subarray(2000, 3000));
}, IMAGE.subarray(0, 3000)));

test('ranges: a server without them is refused after its header', async () => {
  const server = await serveFaulty(() => IMAGE);
  server.fault = (request, response) => {
    response.writeHead(200, { 'content-length': 1e9 });
    response.write('the body never ends');
    return true;
  };
  try {
    await assert.rejects(HttpRangeDevice.open(`${server.origin}/disk.img`, { retries: QUICK }),
      eio(/does not answer ranges/));
  } finally {
    await server.close();
  }
});

test('ranges: compression by the server is refused by name', () => withRanges(async (server, url) => {
  server.headers['content-encoding'] = 'gzip';
  await assert.rejects(HttpRangeDevice.open(url, { retries: QUICK }), eio(/compresses it \(gzip\)/));
}));

test('ranges: an image that changes is an error', () => withRanges(async (server, url) => {
  const changes = [
    { etag: '"two"' },
    { etag: '"one"', 'last-modified': 'Thu, 01 Jan 1970 00:00:10 GMT' },
    { etag: '"one"', 'content-range': `bytes ${4 * CHUNK}-${5 * CHUNK - 1}/123456789` },
    { etag: '"one"', 'content-range': `bytes ${5 * CHUNK}-${6 * CHUNK - 1}/${IMAGE.length}` },
  ];
  for (const headers of changes) {
    server.headers = { etag: '"one"' };
    const device = await HttpRangeDevice.open(url, { retries: QUICK });
    server.headers = headers;
    await assert.rejects(read(device, 4 * CHUNK, 10), eio(/has changed|another range/));
    // A weak tag of the same name is the same contents.
    server.headers = { etag: 'W/"one"' };
    assert.deepEqual(await read(device, 4 * CHUNK, 10), IMAGE.subarray(4 * CHUNK, 4 * CHUNK + 10));
  }
}));

test('ranges: trouble that passes is passed over; what lasts is EIO, and the next read works', () =>
  withRanges(async (server, url) => {
    const reports = [];
    const report = (line) => reports.push(line);
    const device = await HttpRangeDevice.open(url, { retries: QUICK, report });
    const faults = {
      busy: (response) => response.writeHead(503).end('busy'),
      cut: (response) => response.destroy(),
      short: (response, content) => {
        response.writeHead(206, { 'content-length': CHUNK, etag: '"one"' });
        response.write(content.subarray(0, 100), () => response.destroy());
      },
    };
    let piece = 4;
    for (const [name, fault] of Object.entries(faults)) {
      const offset = piece * CHUNK;
      piece += 2;
      let left = 1;
      server.fault = (request, response, content) => left-- > 0 && (fault(response, content), true);
      assert.deepEqual(await read(device, offset, 99), IMAGE.subarray(offset, offset + 99), name);
      left = QUICK.attempts;
      const told = reports.length;
      await assert.rejects(read(device, offset + CHUNK, 99), (error) => error.code === 'EIO', name);
      assert.equal(reports.length, told + 1, 'with one line');
      assert.deepEqual(await read(device, offset + CHUNK, 99),
        IMAGE.subarray(offset + CHUNK, offset + CHUNK + 99), name);
    }
  }));

test('ranges: a server that stands still is given up, and tried again', () => withRanges(async (server, url) => {
  const device = await HttpRangeDevice.open(url, { retries: { attempts: 50, firstPauseMs: 1, timeoutMs: 300 } });
  let left = 1;
  server.fault = (request, response) =>
    left-- > 0 && (response.writeHead(206, { etag: '"one"' }).write('x'), true);
  assert.deepEqual(await read(device, 4 * CHUNK, 99), IMAGE.subarray(4 * CHUNK, 4 * CHUNK + 99));
  // One that does so again is not waited for fifty times.
  let asked = 0;
  server.fault = () => ++asked > 0;
  await assert.rejects(read(device, 6 * CHUNK, 99), eio(/nothing for 0.3 s/));
  assert.equal(asked, 2);
}));

test('ranges: where headers are hidden, size and Last-Modified count', () => withRanges(async (server, url) => {
  const modified = { 'last-modified': 'Thu, 01 Jan 1970 00:00:10 GMT' };
  server.fault = (request, response, content) => {
    const [, begin, end] = /(\d+)-(\d+)/.exec(request.range ?? '') ?? [];
    if (begin === undefined) return false;
    response.removeHeader('content-range');
    const bytes = content.subarray(Number(begin), Number(end) + 1);
    response.writeHead(206, { 'content-length': bytes.length, ...modified });
    response.end(bytes);
    return true;
  };
  const device = await HttpRangeDevice.open(url, { retries: QUICK });
  assert.equal(device.size, IMAGE.length);
  assert.deepEqual(await read(device, 6 * CHUNK, 10), IMAGE.subarray(6 * CHUNK, 6 * CHUNK + 10));
  server.fault = (request, response, content) => {
    const [, begin, end] = /(\d+)-(\d+)/.exec(request.range);
    sendRange(response, content, Number(begin), Number(end), { 'last-modified': 'Fri, 02 Jan 1970 00:00:00 GMT' });
    return true;
  };
  await assert.rejects(read(device, 8 * CHUNK, 10), eio(/has changed/));
}));

// ---- Chunks -------------------------------------------------------------------------------------

/** The files of a chunked image. */
function chunksOf(image, wanted = {}) {
  const files = new Map();
  const add = (bytes) => {
    files.set(`/objects/${sha256(bytes)}`, zlib.gzipSync(bytes));
    return sha256(bytes);
  };
  const chunks = [];
  for (let at = 0; at < image.length; at += CHUNK) {
    const chunk = image.subarray(at, at + CHUNK);
    chunks.push(chunk.every((byte) => byte === 0) ? 1 : add(chunk));
  }
  const packs = {};
  for (const [name, indexes] of Object.entries(wanted)) {
    packs[name] = { object: add(Buffer.concat(indexes.map((i) => image.subarray(i * CHUNK, (i + 1) * CHUNK)))), chunks: indexes };
  }
  const manifest = { elfinImage: 1, size: image.length, chunkSize: CHUNK, chunks, entry: { args: ['/bin/x'] }, packs };
  const hash = add(Buffer.from(JSON.stringify(manifest)));
  files.set('/latest', Buffer.from(JSON.stringify({ elfinImage: 1, manifest: hash })));
  return { files, chunks, packs, hash };
}

async function withChunks(use, packs) {
  const made = chunksOf(IMAGE, packs);
  const server = await serveFaulty((path) => made.files.get(path));
  try {
    await use(server, made, `${server.origin}/`);
  } finally {
    await server.close();
  }
}

const openChunks = (url, options = {}) => openImage(url, { retries: QUICK, ...options });

test('chunks: every byte, zeros without a request, each chunk once', () => withChunks(async (server, made, url) => {
  const device = await openChunks(url);
  assert.ok(device instanceof ChunkedDevice);
  assert.equal(device.size, IMAGE.length);
  assert.match(device.identity, /^chunks [0-9a-f]{64}$/);
  assert.deepEqual(device.entry, { args: ['/bin/x'] });
  assert.equal(server.requests.length, 2);
  assert.deepEqual(await read(device, 0, IMAGE.length), IMAGE);
  assert.equal(server.requests.length, 2 + 1 + 9 + 1);
  assert.equal(device.read(IMAGE.length - 1, new Uint8Array(1)), undefined);
  const again = chunksOf(IMAGE, { entry: [4] });
  assert.notEqual(again.hash, made.hash);
  for (const [name, bytes] of again.files) made.files.set(name, bytes);
  assert.equal((await openChunks(url)).identity, device.identity, 'whatever packs there are');
}));

test('chunks: a server that unpacks them on the way', () => withChunks(async (server, made, url) => {
  for (const [path, bytes] of made.files) if (path !== '/latest') made.files.set(path, zlib.gunzipSync(bytes));
  const device = await openChunks(url);
  assert.deepEqual(await read(device, 5 * CHUNK, 100), IMAGE.subarray(5 * CHUNK, 5 * CHUNK + 100));
}));

test('chunks: a damaged one is fetched once more, then it is EIO', () => withChunks(async (server, made, url) => {
  const reports = [];
  const device = await openChunks(url, { report: (line) => reports.push(line) });
  const damaged = [
    zlib.gzipSync(Buffer.alloc(CHUNK, 7)), // another's contents
    zlib.gzipSync(Buffer.alloc(CHUNK * 100)), // much longer when unpacked
    Buffer.from('no gzip at all'),
    made.files.get(`/objects/${made.chunks[4]}`).subarray(0, 5000), // cut off
  ];
  for (const bytes of damaged) {
    const before = server.requests.length;
    server.fault = (request, response) => (response.end(bytes), true);
    await assert.rejects(read(device, 4 * CHUNK, 10), eio(/damaged/));
    assert.equal(server.requests.length, before + 2);
  }
  assert.equal(reports.length, damaged.length);
  let left = 1;
  server.fault = (request, response) => left-- > 0 && (response.end('bad'), true);
  assert.deepEqual(await read(device, 4 * CHUNK, 10), IMAGE.subarray(4 * CHUNK, 4 * CHUNK + 10));
}));

test('chunks: a missing one is EIO, and so is a server that stays away', () => withChunks(async (server, made, url) => {
  const device = await openChunks(url);
  const path = `/objects/${made.chunks[5]}`;
  const packed = made.files.get(path);
  made.files.delete(path);
  await assert.rejects(read(device, 5 * CHUNK, 10), eio(/answers 404/));
  made.files.set(path, packed);
  await read(device, 5 * CHUNK, 10);
  await server.close();
  await assert.rejects(read(device, 6 * CHUNK, 10), eio(/can't be fetched/));
}));

test('packs: of the entry at once, of another once two of its chunks are wanted', () => withChunks(async (server, made, url) => {
  const device = await openChunks(url);
  assert.deepEqual(await read(device, 9 * CHUNK, 2 * CHUNK), IMAGE.subarray(9 * CHUNK, 11 * CHUNK));
  assert.equal(await read(device, 0, 10).then((bytes) => bytes.length), 10);
  assert.equal(server.requests.length, 3, 'latest, manifest, pack');
  await read(device, 4 * CHUNK, 10);
  assert.equal(server.requests.length, 4, 'one chunk alone');
  await read(device, 12 * CHUNK, 10);
  assert.equal(server.requests.at(-1).path, `/objects/${made.packs.other.object}`);
  const before = server.requests.length;
  assert.deepEqual(await read(device, 5 * CHUNK, CHUNK), IMAGE.subarray(5 * CHUNK, 6 * CHUNK));
  assert.equal(server.requests.length, before);
}, { entry: [10, 0, 9], other: [12, 5, 4, 6] }));

test('packs: without one, each chunk comes alone', () => withChunks(async (server, made, url) => {
  made.files.delete(`/objects/${made.packs.entry.object}`);
  const reports = [];
  const device = await openChunks(url, { report: (line) => reports.push(line) });
  assert.deepEqual(await read(device, 9 * CHUNK, 2 * CHUNK), IMAGE.subarray(9 * CHUNK, 11 * CHUNK));
  assert.match(reports.join(), /pack entry of the image: .*answers 404/);
}, { entry: [10, 0, 9] }));

test('chunks: what is no chunked image is refused', async () => {
  const latest = { '/none/latest': 'hello', '/old/latest': '{"elfinImage": 7}', '/odd/latest': '{"elfinImage":1,"manifest":"../x"}' };
  const server = await serveFaulty((path) => latest[path] && Buffer.from(latest[path]));
  try {
    await assert.rejects(openChunks(`${server.origin}/none/`), eio(/no `latest` file/));
    await assert.rejects(openChunks(`${server.origin}/old/latest`), eio(/no chunked image of version 1/));
    await assert.rejects(openChunks(`${server.origin}/odd/`), eio(/names no manifest/));
    await assert.rejects(openChunks(`${server.origin}/missing/`), eio(/answers 404/));
  } finally {
    await server.close();
  }
});

test('manifests whose numbers make no sense are refused', () => {
  const good = { elfinImage: 1, size: 5 * CHUNK, chunkSize: CHUNK, chunks: [5] };
  assert.deepEqual(parseManifest(JSON.stringify(good)).chunks, Array(5).fill(undefined));
  const bad = [
    { elfinImage: 2 }, { size: -1 }, { size: 1e18 }, { size: 'x' }, { chunkSize: 100 }, { chunkSize: 2 ** 40 },
    { chunks: [4] }, { chunks: [6] }, { chunks: [5, 1] }, { chunks: ['../../etc'] }, { chunks: {} },
    { chunks: [4, 'A'.repeat(64)] }, { chunks: [-1, 6] },
    { packs: { x: { object: 'y', chunks: [] } } }, { packs: { x: { object: 'a'.repeat(64), chunks: [5] } } },
    { packs: { x: { object: 'a'.repeat(64), chunks: [1, 1] } } }, { packs: { x: { object: 'a'.repeat(64) } } },
  ];
  for (const change of bad) {
    assert.throws(() => parseManifest(JSON.stringify({ ...good, ...change })), eio(/manifest/), JSON.stringify(change));
  }
  assert.throws(() => parseManifest('null'), eio(/manifest/));
  assert.throws(() => parseManifest('{'), eio(/manifest/));
});

test('SHA-256 without the engine’s help', () => {
  for (const size of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 131072]) {
    const bytes = pattern(Math.max(size, 4), size + 1).subarray(0, size);
    assert.equal(Buffer.from(sha256InScript(bytes)).toString('hex'), sha256(bytes), `${size} bytes`);
  }
});
