// The ends of a machine's streams that need no Node.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ERRNO, negativeErrno } from '../../web/host/errno.js';
import {
  InputQueue, makeInputEnd, makeOutputEnd, NullEnd, OutputStream, STREAM_KIND, StreamTable,
} from '../../web/host/streams.js';

function readAll(end, size = 4) {
  const pieces = [];
  for (;;) {
    const to = new Uint8Array(size);
    const count = end.read(to);
    if (count <= 0) return { text: Buffer.concat(pieces).toString(), last: count };
    pieces.push(to.subarray(0, count));
  }
}

test('an input queue gives what was written, then waits, then ends', () => {
  const queue = new InputQueue();
  let ready = 0;
  queue.onReady = () => ready++;
  queue.write('hello ');
  queue.write(new Uint8Array([119, 111]));
  queue.write('');
  assert.equal(ready, 2);
  assert.deepEqual(readAll(queue), { text: 'hello wo', last: -ERRNO.EAGAIN });
  queue.end();
  assert.equal(ready, 3);
  assert.deepEqual(readAll(queue), { text: '', last: 0 });
});

test('stdin options', async () => {
  assert.deepEqual(readAll(makeInputEnd('text')), { text: 'text', last: 0 });
  assert.deepEqual(readAll(makeInputEnd(new Uint8Array([65]))), { text: 'A', last: 0 });
  assert.equal(makeInputEnd(null).kind, STREAM_KIND.null);
  const end = makeInputEnd(new Blob(['from a stream']).stream());
  let text = '';
  for (let last; last !== 0;) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const got = readAll(end);
    text += got.text;
    last = got.last;
  }
  assert.equal(text, 'from a stream');
  assert.equal(readAll(makeInputEnd(undefined)).last, -ERRNO.EAGAIN);
});

test('stdout options', async () => {
  const got = [];
  const memory = new Uint8Array([1, 2, 3]);
  assert.equal(makeOutputEnd((bytes) => got.push(bytes)).write(memory), 3);
  memory.fill(9);
  assert.deepEqual([...got[0]], [1, 2, 3], 'a copy');
  assert.ok(makeOutputEnd(null) instanceof NullEnd);
  const stream = makeOutputEnd(undefined);
  assert.ok(stream instanceof OutputStream);
  stream.write(new Uint8Array([72, 105]));
  stream.close();
  assert.equal(await new Response(stream.readable).text(), 'Hi');
});

test('a reader that cancels the output is a pipe\'s reader that has gone', async () => {
  const stream = new OutputStream();
  await stream.readable.cancel();
  assert.equal(stream.write(new Uint8Array(3)), -ERRNO.EPIPE);
  stream.close();
});

test('an end is closed with the last stream that it was, and told of by none then', () => {
  const table = new StreamTable();
  const told = [];
  let closed = 0;
  const both = { kind: STREAM_KIND.pipe, write: (from) => from.length, close: () => closed++ };
  const input = new InputQueue();
  const first = table.connect([input, both, both], { ready: (stream) => told.push(stream), resized: () => {} });
  assert.equal(table.size, 3);
  both.onReady();
  assert.deepEqual(told.splice(0), [first + 1, first + 2]);
  table.close(first + 1);
  both.onReady();
  assert.deepEqual([told.splice(0), closed, table.size], [[first + 2], 0, 2]);
  table.close(first + 2);
  both.onReady();
  assert.deepEqual([told.splice(0), closed, table.size], [[], 1, 1]);
  table.close(first);
  input.write('nobody reads this');
  assert.deepEqual([readAll(input), table.size], [{ text: '', last: -ERRNO.EAGAIN }, 0]);
});

test('host errors become Linux numbers', () => {
  assert.equal(negativeErrno({ code: 'ENOENT' }), -2);
  assert.equal(negativeErrno({ code: 'ELOOP' }), -40);
  assert.equal(negativeErrno({ code: 'ENOTSUP' }), -95);
  assert.equal(negativeErrno({ code: 'ESOMETHING' }), -5);
  assert.throws(() => negativeErrno(new TypeError('a bug')), TypeError);
});
