// The page's server: media types, ranges, validators, headers, and nothing beside its list.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { parseRange } from '../../web/server/byte_range.js';
import { makeStaticServer } from '../../web/server/static_server.js';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-static-'));
const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));
let server;
let origin;

before(async () => {
  fs.writeFileSync(path.join(folder, 'disk.img'), bytes);
  fs.writeFileSync(path.join(folder, 'empty'), '');
  server = makeStaticServer((name) => {
    if (name === 'index.html') return { bytes: Buffer.from('<!doctype html>') };
    if (name === 'folder') return { path: folder };
    return ['disk.img', 'empty', 'gone'].includes(name) ? { path: path.join(folder, name) } : undefined;
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
});

after(() => {
  server.close();
  server.closeAllConnections();
  fs.rmSync(folder, { recursive: true });
});

const get = (name, headers = {}, method = 'GET') => fetch(`${origin}/${name}`, { headers, method });

test('ranges of a header', () => {
  const cases = [
    [undefined, 'whole'], ['bytes=0-9', { begin: 0, end: 10 }], ['bytes=990-', { begin: 990, end: 1000 }],
    ['bytes=-10', { begin: 990, end: 1000 }], ['bytes=-5000', { begin: 0, end: 1000 }],
    ['bytes=5-5000', { begin: 5, end: 1000 }], ['bytes=1000-', 'unsatisfiable'], ['bytes=-0', 'unsatisfiable'],
    ['bytes=9-5', 'whole'], ['bytes=0-1,5-6', 'whole'], ['lines=1-2', 'whole'], ['bytes=-', 'whole'], ['bytes=a-b', 'whole'],
  ];
  for (const [header, expected] of cases) assert.deepEqual(parseRange(header, 1000), expected, header);
  assert.equal(parseRange('bytes=-5', 0), 'unsatisfiable');
});

test('whole files, parts, and what has not changed', async () => {
  const whole = await get('disk.img');
  assert.equal(whole.status, 200);
  assert.equal(whole.headers.get('accept-ranges'), 'bytes');
  assert.deepEqual(Buffer.from(await whole.arrayBuffer()), bytes);
  const part = await get('disk.img', { range: 'bytes=100-199' });
  assert.equal(part.status, 206);
  assert.equal(part.headers.get('content-range'), 'bytes 100-199/1000');
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(100, 200));
  const beyond = await get('disk.img', { range: 'bytes=2000-' });
  assert.deepEqual([beyond.status, beyond.headers.get('content-range')], [416, 'bytes */1000']);
  const etag = whole.headers.get('etag');
  assert.equal((await get('disk.img', { 'if-none-match': etag })).status, 304);
  // A part of another version is of no use: the whole of this one comes.
  assert.equal((await get('disk.img', { range: 'bytes=0-1', 'if-range': '"other"' })).status, 200);
  assert.equal((await get('disk.img', { range: 'bytes=0-1', 'if-range': etag })).status, 206);
  const head = await get('disk.img', {}, 'HEAD');
  assert.deepEqual([head.headers.get('content-length'), (await head.arrayBuffer()).byteLength], ['1000', 0]);
  assert.equal((await (await get('empty')).arrayBuffer()).byteLength, 0);
});

test('headers that isolate the page, and its policy', async () => {
  const { headers } = await get('');
  assert.equal(headers.get('content-type'), 'text/html; charset=utf-8');
  assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin');
  assert.equal(headers.get('cross-origin-embedder-policy'), 'require-corp');
  assert.match(headers.get('content-security-policy'), /^script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:/);
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
});

test('nothing else', async () => {
  for (const name of ['gone', 'other', 'folder', '..%2f..%2fetc%2fpasswd', '%2e%2e/etc/passwd', 'a%00b']) {
    assert.equal((await get(name)).status, 404, name);
  }
  assert.equal((await get('%zz')).status, 400);
  const post = await get('disk.img', {}, 'POST');
  assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD']);
});
