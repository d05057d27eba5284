// An overlay's store in the browser's database: what is read is what was written, what was flushed is there
// in the next visit, and there is one user at a time.
import assert from 'node:assert/strict';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchChromium } from './chromium.mjs';
import { serveStatic } from './static_server.mjs';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const MODULE = '/web/host/browser/database_store.js';
const SIZE = 3_000_000;

let server;
let browser;
let visitor; // pages of one visitor share their databases

before(async () => {
  server = await serveStatic((url) => {
    if (url === '/index.html') return Buffer.from('<!doctype html><title>stores</title>');
    return /^\/web\/host\/[\w/]+\.js$/.test(url) ? path.join(CHECKOUT, url) : undefined;
  });
  browser = await launchChromium();
  visitor = await browser.newContext();
});
after(async () => {
  await browser?.close();
  server?.close();
});

/** Runs a function in a fresh page, with the module and an argument. */
async function visit(use, argument, { keepOpen = false } = {}) {
  const page = await visitor.newPage();
  await page.goto(`${server.origin}/index.html`);
  const call = `(${use})(await import('${MODULE}'), ${JSON.stringify(argument)})`;
  const result = await page.evaluate(`(async () => ${call})()`);
  if (keepOpen) return { page, result };
  await page.close();
  return result;
}

test('what is read is what was written, at any place and through flushes', async () => {
  const differences = await visit(async ({ DatabaseStore }, size) => {
    const store = await DatabaseStore.open('random');
    store.extend(size);
    const model = new Uint8Array(size);
    let seed = 1;
    const random = (below) => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % below;
    const waiting = [];
    let different = 0;
    for (let step = 0; step < 600; step++) {
      const length = 1 + random(step % 7 === 0 ? 300_000 : 9000);
      const offset = random(size - length);
      const what = random(10);
      if (what < 5) {
        const bytes = new Uint8Array(length).fill(1 + random(255));
        await store.write(offset, bytes);
        model.set(bytes, offset);
      } else if (what < 9) {
        const to = new Uint8Array(length);
        const bytes = (await store.read(offset, to)) ?? to;
        if (bytes.some((byte, i) => byte !== model[offset + i])) different++;
      } else {
        waiting.push(store.flush()); // and on, while it is under way
      }
    }
    await Promise.all(waiting);
    await store.close();
    const again = await DatabaseStore.open('random');
    again.extend(size);
    const bytes = (await again.read(0, new Uint8Array(size)));
    if (bytes.some((byte, i) => byte !== model[i])) different++;
    await again.close();
    return different;
  }, SIZE);
  assert.equal(differences, 0);
});

test('a visit that ends without a flush leaves what was flushed, whole', async () => {
  const first = await visit(async ({ DatabaseStore }, size) => {
    const store = await DatabaseStore.open('cut');
    store.extend(size);
    await store.write(100_000, new Uint8Array(500_000).fill(7));
    await store.flush();
    await store.write(0, new Uint8Array(size).fill(9));
    window.store = store;
    return true;
  }, SIZE, { keepOpen: true });
  const busy = await visit(async ({ DatabaseStore }) =>
    DatabaseStore.open('cut').then(() => 'opened', (error) => error.name));
  assert.equal(busy, 'NoModificationAllowedError');
  await first.page.close();
  const found = await visit(async ({ DatabaseStore }, size) => {
    let store;
    for (let i = 0; i < 200 && !store; i++) {
      store = await DatabaseStore.open('cut').catch(() => new Promise((resolve) => setTimeout(resolve, 50)));
    }
    store.extend(size);
    const to = new Uint8Array(size);
    const bytes = (await store.read(0, to)) ?? to;
    const counts = {};
    for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
    await store.close();
    await DatabaseStore.remove('cut');
    return counts;
  }, SIZE);
  assert.deepEqual(found, { 0: SIZE - 500_000, 7: 500_000 });
});
