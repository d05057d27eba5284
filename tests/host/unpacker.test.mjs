// Unpacking a disk's objects in a worker: the same as here, before it runs, while it runs, and after it has ended.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { Unpacker } from '../../web/host/browser/unpacker.js';
import { ImageError } from '../../web/host/errors.js';
import { unpackObject } from '../../web/host/images/unpack_object.js';
import { WORKERS } from '../../web/server/site_bundles.js';

/** What unpack_worker.js does, with its end at hand. */
class FakeWorker extends EventTarget {
  had = [];
  isLost = false;
  tell(data) {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
  async postMessage(message) {
    const { id, packed, hash, most } = structuredClone(message);
    this.had.push(hash);
    if (this.isLost) return;
    try {
      this.tell({ id, bytes: await unpackObject(packed, hash, most) });
    } catch ({ name, message: sentence, isDamaged }) {
      this.tell({ id, error: { name, message: sentence, isDamaged } });
    }
  }
  terminate() {
    this.ended = true;
  }
}

function makeObject(text) {
  const bytes = Buffer.from(text.repeat(1000));
  return { bytes, packed: new Uint8Array(gzipSync(bytes)), hash: createHash('sha256').update(bytes).digest('hex') };
}

test('objects are unpacked here until the worker runs, there while it does, and here after it has ended', async () => {
  const worker = new FakeWorker();
  const unpacker = new Unpacker({ start: () => worker, delayMs: 0 });
  const check = async ({ bytes, packed, hash }) =>
    assert.ok(Buffer.from(await unpacker.unpack(packed, hash, bytes.length)).equals(bytes));
  const [first, second, third, fourth] = ['one', 'two', 'three', 'four'].map(makeObject);
  await check(first);
  assert.deepEqual(worker.had, []);
  worker.tell({ ready: true });
  await check(second);
  assert.deepEqual(worker.had, [second.hash]);
  await assert.rejects(unpacker.unpack(second.packed.slice(0, -9), second.hash, second.bytes.length),
    (error) => error instanceof ImageError && error.isDamaged);
  await assert.rejects(unpacker.unpack(second.packed, second.hash, second.bytes.length - 1), ImageError);
  worker.isLost = true;
  const waiting = check(third);
  worker.dispatchEvent(new Event('error', { cancelable: true }));
  await waiting;
  assert.equal(worker.ended, true);
  await check(fourth);
  assert.ok(!worker.had.includes(fourth.hash));
});

test('no worker is started sooner than it may, nor where none can be', async () => {
  const object = makeObject('x');
  const unpack = (unpacker) => unpacker.unpack(object.packed, object.hash, object.bytes.length);
  await unpack(new Unpacker({ start: () => assert.fail('too soon'), delayMs: 60_000 }));
  const without = new Unpacker({ start: () => { throw new Error('refused'); }, delayMs: 0 });
  assert.ok(Buffer.from(await unpack(without)).equals(object.bytes));
  assert.ok(Buffer.from(await unpack(without)).equals(object.bytes));
});

test('a site has a bundle for each worker that the host starts', () => {
  const folder = new URL('../../web/host/browser/', import.meta.url);
  const started = fs.readdirSync(folder).filter((name) => name.endsWith('.js')).flatMap((name) =>
    [...fs.readFileSync(new URL(name, folder), 'utf8').matchAll(/new Worker\(new URL\('\.\/(\w+)\.js'/g)].map(([, worker]) => worker));
  assert.deepEqual(started.toSorted(), Object.keys(WORKERS).toSorted());
});
