// A terminal's streams for somebody far away: bounds, and what has been shown and taken.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ERRNO } from '../../web/host/errno.js';
import { OverlayImage } from '../../web/host/overlay_image.js';
import { PacedInput, PacedOutput } from '../../web/host/paced_streams.js';
import { SparseStore } from '../../web/host/sparse_store.js';

const BOUND = 128 << 10;
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('output waits while too much has not been shown', async () => {
  const sent = [];
  const output = new PacedOutput((bytes) => sent.push(bytes));
  let ready = 0;
  output.onReady = () => ready++;
  const texts = () => sent.map((bytes) => Buffer.from(bytes).toString());
  for (const text of ['one ', 'two ', 'three']) assert.equal(output.write(Buffer.from(text)), text.length);
  assert.deepEqual(texts(), ['one ']); // before the turn has ended
  await turn();
  assert.deepEqual(texts(), ['one ', 'two three']); // and the rest of it at once
  output.write(Buffer.from('.'));
  assert.equal(texts().at(-1), '.');
  await turn();
  assert.equal(sent.length, 3);
  const piece = new Uint8Array(50_000).fill(1);
  let written = 14;
  for (let count = output.write(piece); count > 0; count = output.write(piece)) written += count;
  assert.equal(written, BOUND);
  assert.equal(output.write(piece), -ERRNO.EAGAIN);
  output.shown(BOUND / 4);
  assert.equal(ready, 0);
  output.shown(BOUND / 4);
  assert.equal(ready, 1); // once, when half of it is gone
  output.shown(BOUND / 4);
  assert.equal(ready, 1);
  assert.equal(output.write(piece), 50_000);
});

test('input tells what has been taken; urgent keys come in place of the rest', async () => {
  const taken = [];
  const input = new PacedInput((count) => taken.push(count));
  input.write('hello');
  input.write('world');
  const to = new Uint8Array(4);
  assert.deepEqual([input.read(to), input.read(to)], [4, 1]);
  await turn();
  assert.deepEqual(taken, [5]);
  input.replace('\x03');
  assert.equal(input.read(to), 1);
  assert.equal(to[0], 3);
  assert.equal(input.read(to), -ERRNO.EAGAIN);
  await turn();
  assert.equal(taken.at(-1), 11); // what was dropped counts, too
});

test('a sparse store reads zeros where nothing was written', () => {
  const store = new SparseStore();
  store.extend(1 << 20);
  store.extend(10); // never shorter
  const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => i * 7);
  store.write(60_000, bytes);
  const back = new Uint8Array(200_010).fill(9);
  store.read(59_995, back);
  assert.deepEqual(back.subarray(0, 5), new Uint8Array(5));
  assert.deepEqual(back.subarray(5, 200_005), bytes);
  assert.deepEqual(back.subarray(200_005), new Uint8Array(5));
  assert.throws(() => store.read((1 << 20) - 2, new Uint8Array(3)), { code: 'EIO' });
  assert.throws(() => store.write((1 << 20) - 2, new Uint8Array(3)), { code: 'EIO' });
});

test('an image without an overlay is itself', async () => {
  const content = Uint8Array.from({ length: 8192 }, (_, i) => i);
  const image = { size: 8192, readOnly: true, read: (offset, to) => to.set(content.subarray(offset, offset + to.length)) };
  const merged = new OverlayImage(image);
  const to = new Uint8Array(4096);
  await merged.read(4096, to);
  assert.deepEqual(to, content.subarray(4096));
  assert.equal(await merged.writtenBytes(), 0);
});
