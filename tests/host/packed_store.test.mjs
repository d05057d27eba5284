// An overlay's store that is as long as what was written: contents, visits, lack of room, power cuts.
import assert from 'node:assert/strict';
import test from 'node:test';
import { PackedStore } from '../../web/host/packed_store.js';

const CHUNK = 65536;
const DISK = 2 ** 31;

/** A file in memory, as the origin-private file system has them. */
class MemoryFile {
  #bytes = new Uint8Array(0);
  limit = Infinity;
  closed = 0;
  get size() {
    return this.#bytes.length;
  }
  resize(size) {
    if (size > this.limit) throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
    const bytes = new Uint8Array(size);
    bytes.set(this.#bytes.subarray(0, size));
    this.#bytes = bytes;
  }
  read(offset, to) {
    assert.ok(offset + to.length <= this.size, 'within the file');
    to.set(this.#bytes.subarray(offset, offset + to.length));
  }
  write(offset, from) {
    assert.ok(offset + from.length <= this.size, 'within the file');
    this.#bytes.set(from, offset);
  }
  flush() {}
  close() {
    this.closed++;
  }
  /** The bytes themselves, for damage. */
  get bytes() {
    return this.#bytes;
  }
  copy() {
    const other = new MemoryFile();
    other.#bytes = this.#bytes.slice();
    return other;
  }
}

function make(file = new MemoryFile(), size = DISK) {
  const store = new PackedStore(file);
  store.extend(size);
  return store;
}

function read(store, offset, length) {
  const bytes = new Uint8Array(length).fill(0xee);
  store.read(offset, bytes);
  return bytes;
}

/** Numbers that look random and are the same each time. */
function* numbers(seed) {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

test('what is written anywhere on a large disk takes as much room, and is there at the next visit', () => {
  const file = new MemoryFile();
  const store = make(file);
  const empty = file.size;
  const text = Buffer.from('across two chunks');
  for (const offset of [0, 5 * CHUNK - 4, 1e9, DISK - text.length]) store.write(offset, text);
  assert.equal(file.size, empty + 5 * CHUNK);
  for (const again of [store, make(file)]) {
    for (const offset of [0, 5 * CHUNK - 4, 1e9, DISK - text.length]) {
      assert.deepEqual(Buffer.from(read(again, offset, text.length)), text);
    }
    assert.deepEqual(read(again, 7e8, 100), new Uint8Array(100));
    assert.ok(again.size >= DISK);
  }
});

test('the same as a plain array, whatever is written, through visits', () => {
  const random = numbers(7);
  const next = (below) => Math.floor(random.next().value * below);
  const size = 40 * CHUNK;
  const twin = new Uint8Array(size);
  const file = new MemoryFile();
  let store = make(file, size);
  for (let i = 0; i < 2000; i++) {
    const offset = next(size);
    const length = Math.min(next(3 * CHUNK), size - offset);
    if (next(3) === 0) {
      const bytes = new Uint8Array(length).fill(1 + next(255));
      store.write(offset, bytes);
      twin.set(bytes, offset);
    } else {
      assert.deepEqual(read(store, offset, length), twin.slice(offset, offset + length));
    }
    if (next(200) === 0) store = make(file, size);
  }
});

test('beyond the end, and closing', () => {
  const file = new MemoryFile();
  const store = make(file, CHUNK);
  assert.throws(() => store.write(CHUNK - 1, new Uint8Array(2)), { code: 'EIO' });
  assert.throws(() => store.read(CHUNK, new Uint8Array(1)), { code: 'EIO' });
  store.close();
  assert.equal(file.closed, 1);
});

test('no room: what is there stays, and there may be room later', () => {
  const file = new MemoryFile();
  const store = make(file);
  store.write(0, Buffer.from('kept'));
  file.limit = file.size;
  store.write(4, Buffer.from(' in place'));
  assert.throws(() => store.write(1e8, Buffer.from('new')), { code: 'ENOSPC' });
  assert.deepEqual(read(store, 1e8, 3), new Uint8Array(3));
  file.limit = Infinity;
  store.write(1e8, Buffer.from('new'));
  const again = make(file);
  assert.equal(Buffer.from(read(again, 0, 13)).toString(), 'kept in place');
  assert.equal(Buffer.from(read(again, 1e8, 3)).toString(), 'new');
});

test('power cuts: an entry or bytes that never reached the medium', () => {
  const file = new MemoryFile();
  const store = make(file);
  store.write(0, Buffer.from('flushed'));
  const flushed = file.copy();
  store.write(3 * CHUNK, Buffer.from('lost'));
  // The bytes came, the entry didn't: the slot is zeros for whoever gets it.
  const withoutEntry = file.copy();
  withoutEntry.bytes.set(flushed.bytes);
  let again = make(withoutEntry);
  assert.equal(Buffer.from(read(again, 0, 7)).toString(), 'flushed');
  again.write(9 * CHUNK + 100, Buffer.from('x'));
  assert.deepEqual(read(again, 9 * CHUNK, 100), new Uint8Array(100));
  // The entry came, the file didn't grow.
  const withoutBytes = file.copy();
  withoutBytes.resize(flushed.size);
  again = make(withoutBytes);
  assert.equal(Buffer.from(read(again, 0, 7)).toString(), 'flushed');
  assert.deepEqual(read(again, 3 * CHUNK, 4), new Uint8Array(4));
  // Not even the header came.
  const nothing = new MemoryFile();
  nothing.resize(flushed.size);
  assert.deepEqual(read(make(nothing), 0, 4), new Uint8Array(4));
});

test('a file that is none, or damaged, is refused', () => {
  const file = new MemoryFile();
  make(file).write(0, new Uint8Array(3 * CHUNK));
  const spoilt = (change) => {
    const copy = file.copy();
    change(copy);
    return () => new PackedStore(copy);
  };
  assert.throws(spoilt((copy) => copy.bytes.set(Buffer.from('x'))), { code: 'EIO', message: /no store of a disk/ });
  assert.throws(spoilt((copy) => (copy.bytes[8] = 9)), { code: 'EIO', message: /version 9/ });
  assert.throws(spoilt((copy) => copy.resize(100)), { code: 'EIO', message: /no header/ });
  assert.throws(spoilt((copy) => copy.resize(5000)), { code: 'EIO', message: /ends in its table/ });
  assert.throws(spoilt((copy) => (copy.bytes[4096] = 2)), { code: 'EIO', message: /two chunks lie in slot 2/ });
});
