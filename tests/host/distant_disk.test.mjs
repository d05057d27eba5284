// A machine on disks that answer later: guests, mount and close wait for them, and see what goes wrong.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { openImage } from '../../web/host/images/open_image.js';
import { MountError } from '../../web/host/errors.js';
import { Machine } from '../../web/host/machine.js';
import { SparseStore } from '../../web/host/sparse_store.js';
import { NodeBlockDevice } from '../../web/host/node/node_block_device.js';
import { NodePlatform } from '../../web/host/node/platform.js';
import { asEntry, makePacks, recordBoot } from '../../web/image/boot_packs.js';
import { CHUNK_SIZE, chunkImage } from '../../web/image/chunk_image.js';
import { BINARIES } from './binaries.mjs';
import { serveFaulty } from './faulty_server.mjs';

const ENV = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-distant-'));
test.after(() => fs.rmSync(folder, { recursive: true }));
const image = path.join(folder, 'disk.img');
const FILE = Buffer.from(Array.from({ length: 1 << 20 }, (_, i) => (i * 7 + (i >> 8)) & 0xff));

function makeImage() {
  const tree = path.join(folder, 'tree');
  fs.mkdirSync(path.join(tree, 'bin'), { recursive: true });
  fs.copyFileSync('/bin/busybox', path.join(tree, 'bin/busybox'));
  fs.writeFileSync(path.join(tree, 'data'), FILE);
  execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', '-b', '4096', '-d', tree, image, '64M'], { env: ENV });
}
makeImage();

/** Another device whose operations end later, in an order of their own. */
class LateDevice {
  underWay = 0;
  mostUnderWay = 0;

  constructor(below) {
    this.below = below;
    this.readOnly = below.readOnly;
    this.turn = 0;
  }
  get size() {
    return this.below.size;
  }
  async extend(size) {
    this.below.extend(size);
  }
  async #later(work) {
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
    await new Promise((resolve) => setTimeout(resolve, (this.turn++ % 3) * 2));
    this.underWay--;
    return work();
  }
  read(offset, to) {
    const size = to.length;
    return this.#later(() => {
      const bytes = new Uint8Array(size);
      this.below.read(offset, bytes);
      return bytes;
    });
  }
  write(offset, from) {
    const bytes = from.slice();
    return this.#later(() => this.below.write(offset, bytes));
  }
  flush() {
    return this.#later(() => this.below.flush());
  }
}

async function makeMachine(mount, reports = [], options = {}) {
  const platform = new NodePlatform({ directory: BINARIES, report: (line) => reports.push(line) });
  return Machine.create({ platform, mounts: { '/': mount }, ...options });
}

const serveFolder = (root) => serveFaulty((name) => {
  const file = path.join(root, name);
  return fs.existsSync(file) && fs.statSync(file).isFile() ? fs.readFileSync(file) : undefined;
});

/** busybox with these arguments; its output and status. */
async function busybox(machine, ...args) {
  const out = [];
  const err = [];
  const guest = await machine.spawn('/bin/busybox', args, {
    stdin: null, stdout: (bytes) => out.push(bytes), stderr: (bytes) => err.push(bytes),
  });
  const { code } = await guest.wait();
  return { code, out: Buffer.concat(out), err: Buffer.concat(err).toString() };
}

test('everything works on devices that answer later, and the overlay has it all', async () => {
  const overlay = path.join(folder, 'overlay');
  const late = () => ({
    image: new LateDevice(new NodeBlockDevice(image)),
    overlay: new LateDevice(new NodeBlockDevice(overlay, { writable: true, create: true })),
  });
  const mount = late();
  const machine = await makeMachine(mount);
  const [one, two] = await Promise.all([
    busybox(machine, 'cat', '/data'),
    busybox(machine, 'sh', '-c', 'mkdir /a && cp /data /a/copy && rm /data && echo done'),
  ]);
  assert.equal(one.code, 0);
  assert.ok(one.out.equals(FILE));
  assert.equal(two.out.toString(), 'done\n', two.err);
  assert.ok(Buffer.from(await machine.fs.readFile('/a/copy')).equals(FILE));
  await machine.fs.writeFile('/b', 'from outside');
  await machine.stop();
  assert.ok(mount.image.mostUnderWay > 1, 'several requests at once');
  assert.equal(mount.overlay.underWay, 0, 'nothing is under way after the end');
  mount.overlay.below.close();

  const again = await makeMachine(late());
  const listed = await busybox(again, 'ls', '/', '/a');
  assert.equal(listed.out.toString(), '/:\na\nb\nbin\nlost+found\n\n/a:\ncopy\n');
  assert.ok((await busybox(again, 'cat', '/a/copy')).out.equals(FILE));
  await again.stop();
});

test('an error in the middle of a file is EIO in the guest, and the next read works', async () => {
  const chunks = path.join(folder, 'chunks');
  await chunkImage(image, chunks);
  const server = await serveFolder(chunks);
  try {
    const reports = [];
    const retries = { attempts: 2, firstPauseMs: 1, timeoutMs: 5000 };
    const device = await openImage(`${server.origin}/latest`, { retries, report: (line) => reports.push(line) });
    const machine = await makeMachine({ image: device }, reports);
    assert.equal((await busybox(machine, 'true')).code, 0);
    server.fault = (request, response) => (response.destroy(), true);
    const failed = await busybox(machine, 'cat', '/data');
    assert.equal(failed.code, 1);
    assert.match(failed.err, /Input\/output error/);
    assert.ok(failed.out.length < FILE.length);
    assert.match(reports.join('\n'), /chunk \d+ of the image: it can't be fetched/);
    server.fault = undefined;
    const good = await busybox(machine, 'cat', '/data');
    assert.equal(good.err, '');
    assert.ok(good.out.equals(FILE));
    await machine.stop();
  } finally {
    await server.close();
  }
});

test('what was written is kept after a while, without fsync and without an end', async () => {
  const overlay = new SparseStore();
  const machine = await makeMachine({ image: new NodeBlockDevice(image), overlay }, [], { commitMs: 20 });
  await busybox(machine, 'sh', '-c', 'echo kept > /note');
  // The same store under a second machine, as if the first had been cut off.
  for (const limit = Date.now() + 120_000; ;) {
    const copy = new SparseStore();
    copy.extend(overlay.size);
    const bytes = new Uint8Array(1 << 16);
    for (let at = 0; at < overlay.size; at += bytes.length) {
      const piece = bytes.subarray(0, Math.min(bytes.length, overlay.size - at));
      overlay.read(at, piece);
      if (piece.some((byte) => byte !== 0)) copy.write(at, piece);
    }
    const other = await makeMachine({ image: new NodeBlockDevice(image), overlay: copy });
    const found = await other.fs.readFile('/note').catch(() => undefined);
    await other.stop();
    if (found) {
      assert.equal(Buffer.from(found).toString(), 'kept\n');
      break;
    }
    assert.ok(Date.now() < limit, 'it never came');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await machine.stop();
});

test('a disk that is full at a commit is told once', async () => {
  const reports = [];
  const overlay = new SparseStore();
  const machine = await makeMachine({ image: new NodeBlockDevice(image), overlay }, reports, { commitMs: 5 });
  overlay.write = () => {
    throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
  };
  await busybox(machine, 'sh', '-c', 'echo lost > /note');
  for (const limit = Date.now() + 120_000; Date.now() < limit && reports.length === 0;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  const told = reports.filter((line) => /writing the disk back failed/.test(line));
  assert.ok(told.length >= 1 && told.length <= 2, reports.join('\n'));
  await assert.rejects(machine.stop(), { name: 'MachineError', message: /^the disk could not be written back: .*\((ENOSPC|EROFS)\)/ });
});

test('with boot packs, a program starts after few requests', async () => {
  const chunks = path.join(folder, 'packed');
  const entry = { args: ['/bin/busybox', 'cat', '/data'] };
  const settings = { chunkSize: CHUNK_SIZE, binaries: BINARIES, report: () => {} };
  const commands = [{ name: 'entry', args: ['/bin/busybox', 'true'] }, { name: 'cat', args: entry.args }];
  await chunkImage(image, chunks, {
    entry,
    packs: (list, add) => makePacks(commands, list, add, (args) => recordBoot(image, asEntry(args, entry), settings)),
  });
  const server = await serveFolder(chunks);
  try {
    const machine = await makeMachine({ image: await openImage(`${server.origin}/latest`) });
    assert.equal((await busybox(machine, 'true')).code, 0);
    assert.equal(server.requests.length, 3, 'latest, manifest, pack');
    assert.ok((await busybox(machine, 'cat', '/data')).out.equals(FILE));
    assert.ok(server.requests.length <= 6, `${server.requests.length} requests`);
    await machine.stop();
  } finally {
    await server.close();
  }
});

test('a disk that can’t be read can’t be mounted', async () => {
  const broken = {
    size: 64 << 20, readOnly: true, flush() {}, write() {},
    read: () => Promise.reject(Object.assign(new Error('gone'), { code: 'EIO' })),
  };
  await assert.rejects(makeMachine({ image: broken }), (error) => error instanceof MountError && error.errno === 5);
});
