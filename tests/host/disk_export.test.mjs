// The whole disk, copied while programs write to it: as it was at one instant, with all that was acknowledged before.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { FreezableStore } from '../../web/host/freezable_store.js';
import { Machine } from '../../web/host/machine.js';
import { NodeBlockDevice } from '../../web/host/node/node_block_device.js';
import { NodePlatform } from '../../web/host/node/platform.js';
import { SparseStore } from '../../web/host/sparse_store.js';
import { BINARIES } from './binaries.mjs';
import { ENV } from './made_images.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-export-'));
test.after(() => fs.rmSync(folder, { recursive: true }));

/** busybox alone, on a disk with a journal that has to be written over again and again. */
function makeImage() {
  const tree = path.join(folder, 'tree');
  fs.mkdirSync(path.join(tree, 'bin'), { recursive: true });
  fs.copyFileSync('/bin/busybox', path.join(tree, 'bin/busybox'));
  const image = path.join(folder, 'disk.img');
  execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', '-b', '4096', '-J', 'size=4', '-d', tree, image, '48M'], { env: ENV });
  return image;
}

/** Numbers that look random and are the same each time. */
function* numbers(seed) {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    yield state >>> 8;
  }
}

/** A store whose reads and writes come later, and in another order. */
class LateStore extends SparseStore {
  #random = numbers(5);
  #later() {
    return new Promise((resolve) => setTimeout(resolve, this.#random.next().value % 3));
  }
  async read(offset, to) {
    const bytes = new Uint8Array(to.length);
    await this.#later();
    super.read(offset, bytes);
    await this.#later();
    return bytes;
  }
  async write(offset, from) {
    const bytes = from.slice();
    await this.#later();
    super.write(offset, bytes);
  }
}

const SIZE = 40 * 4096;

for (const Store of [SparseStore, LateStore]) {
  test(`a frozen store stays as it is: ${Store.name}`, async () => {
    const random = numbers(9);
    const draw = (below) => random.next().value % below;
    const store = new FreezableStore(new Store());
    store.extend(SIZE);
    const model = new Uint8Array(SIZE);
    const write = () => {
      const offset = draw(SIZE);
      const bytes = new Uint8Array(1 + draw(Math.min(9000, SIZE - offset))).fill(1 + draw(255));
      model.set(bytes, offset);
      return store.write(offset, bytes);
    };
    for (let i = 0; i < 30; i++) await write();
    for (let round = 0; round < 5; round++) {
      const expected = model.slice();
      const frozen = store.freeze();
      for (let at = 0; at < SIZE;) {
        const writes = [write(), draw(2) ? write() : undefined];
        const bytes = new Uint8Array(Math.min(1 + draw(9000), SIZE - at));
        const reading = frozen.read(at, bytes);
        writes.push(write());
        await reading;
        assert.ok(Buffer.from(bytes).equals(expected.subarray(at, at + bytes.length)), `round ${round}, from ${at} on`);
        at += bytes.length;
        frozen.forgetBefore(at);
        await Promise.all(writes);
      }
      frozen.release();
    }
  });
}

test('what can not be kept any more is refused, and the machine goes on', async () => {
  const store = new FreezableStore(new SparseStore(), { mostKept: 1 << 20 });
  store.extend(4 << 20);
  store.write(0, new Uint8Array(4 << 20).fill(1));
  const [frozen, early] = [store.freeze(), store.freeze()];
  const bytes = new Uint8Array(4096);
  await early.read(0, bytes);
  early.forgetBefore(3 << 20);
  store.write(0, new Uint8Array((1 << 20) + 4096).fill(2));
  await assert.rejects(frozen.read(0, bytes), /overwritten more than 1 MiB.*stop those that write/);
  await early.read(3 << 20, bytes);
  assert.equal(bytes[0], 1);
  store.read(0, bytes);
  assert.equal(bytes[0], 2);
});

/** Files are written over, removed and flushed, for ever; each round is acknowledged. */
const WRITER = `mkdir -p /w; n=0
while :; do n=$((n+1))
  echo "line $n" >> /w/log; dd if=/bin/busybox of=/w/big$((n % 5)) bs=64k conv=notrunc 2>/dev/null
  mkdir /w/d$n; echo $n > /w/d$n/f; [ $n -gt 9 ] && rm -r /w/d$((n-9)); rm -f /w/big$(((n+2) % 5))
  sync; echo $n
done`;

test('an export beside programs that write is a sound disk, with all that was acknowledged', async (t) => {
  const image = makeImage();
  const device = new NodeBlockDevice(image);
  const machine = await Machine.create({
    platform: new NodePlatform({ directory: BINARIES }), mounts: { '/': { image: device, overlay: new SparseStore() } },
    commitMs: 50,
  });
  let acknowledged = 0;
  let heard = () => {};
  const writer = await machine.spawn('/bin/busybox', ['ash', '-c', WRITER], {
    env: { PATH: '/bin' }, stdin: null,
    stdout: (bytes) => {
      acknowledged = Number(Buffer.from(bytes).toString().trim().split('\n').at(-1));
      heard();
    },
  });
  t.after(() => writer.kill('SIGKILL'));
  const until = async (count) => {
    while (acknowledged < count) await new Promise((resolve) => (heard = resolve));
  };
  for (let round = 0; round < 2; round++) {
    await until(acknowledged + 10);
    const before = acknowledged;
    const target = path.join(folder, `copy${round}.img`);
    const file = fs.openSync(target, 'w');
    for await (const { bytes, offset, size } of machine.exportDisk()) {
      fs.writeSync(file, bytes, 0, bytes.length, offset);
      assert.equal(size, device.size);
      await until(acknowledged + 1); // whoever takes the pieces is slow
    }
    fs.closeSync(file);
    assert.equal(fs.statSync(target).size, device.size);
    execFileSync('e2fsck', ['-fp', target], { env: ENV, stdio: 'pipe' });
    execFileSync('e2fsck', ['-fn', target], { env: ENV, stdio: 'pipe' });
    const log = execFileSync('debugfs', ['-R', 'cat /w/log', target], { env: ENV, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const lines = log.split('\n').slice(0, -1);
    assert.ok(lines.length >= before, `${lines.length} lines of ${before}`);
    assert.ok(lines.length < acknowledged, 'it is not what came later');
    lines.forEach((line, index) => assert.equal(line, `line ${index + 1}`));
  }
  writer.kill('SIGKILL');
  await writer.wait();
  const { totalBytes, usedBytes, writtenBytes } = await machine.diskUsage();
  assert.ok(usedBytes < totalBytes && writtenBytes > 1 << 20);
  await machine.stop();
  device.close();
});
