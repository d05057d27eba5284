// A machine in a worker, from the page: events, errors of their classes, archives and files by pieces, watched files, its end.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chunkImage } from '../../web/image/chunk_image.js';
import { BINARIES } from '../host/binaries.mjs';
import { makeTestImage, UNTOUCHED } from '../page/test_image.mjs';
import { launchChromium } from './chromium.mjs';
import { GuestRoot } from './guest_root.mjs';
import { serveStatic } from './static_server.mjs';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

let server;
let browser;
let page;
const complaints = [];
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-worker-machine-'));
/** What the server was asked for. */
const asked = [];

before(async () => {
  await chunkImage(makeTestImage(scratch), path.join(scratch, 'disk'));
  const root = new GuestRoot();
  for (const program of ['/bin/cat', '/bin/sleep', '/usr/bin/bc']) root.addProgram(program);
  server = await serveStatic((url) => {
    asked.push(url);
    if (url.startsWith('/disk/')) return path.join(scratch, url);
    if (url === '/guest/folder.json') return Buffer.from(root.manifest());
    if (url.startsWith('/guest/')) return root.fileOf(url.slice('/guest'.length));
    if (url.startsWith('/binaries/')) return fileURLToPath(new URL(url.slice('/binaries/'.length), BINARIES));
    return /^\/(web\/host|tests\/browser)\/[\w/]+\.(js|html)$/.test(url) ? path.join(CHECKOUT, url) : undefined;
  });
  browser = await launchChromium();
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${server.origin}/tests/browser/page.html`);
  await page.evaluate(async () => {
    const { WorkerMachine } = await import('/web/host/browser/worker_machine.js');
    const at = (name) => new URL(name, location).href;
    window.errors = await import('/web/host/errors.js');
    window.start = (disk = { kind: 'folder', url: at('/guest/folder.json') }) =>
      WorkerMachine.create({ binaries: at('/binaries/'), disk, jit: 'off' });
    /** The first event of that kind whose detail will do. */
    window.eventOf = (machine, type, willDo = () => true) => new Promise((resolve) => {
      machine.addEventListener(type, ({ detail }) => willDo(detail) && resolve(detail));
    });
    /** What an action fails with: whether it is of that class, and itself as data. */
    window.failure = (action, Class) => action.then(() => 'no error', (error) =>
      ({ isOfClass: error instanceof Class && error instanceof Error, ...window.errors.describeError(error) }));
    window.machine = await window.start();
  });
});

after(async () => {
  await browser?.close();
  server?.close();
  fs.rmSync(scratch, { recursive: true });
});

test('activity and the list of processes', async () => {
  const { activity, list, pid } = await page.evaluate(async () => {
    const busy = window.eventOf(window.machine, 'activity', ({ cpu }) => cpu > 0.05);
    const listed = window.eventOf(window.machine, 'processes', (processes) => processes.some(({ seconds }) => seconds > 0.1));
    const bc = await window.machine.spawn('/usr/bin/bc', ['-lq'], { input: new TextEncoder().encode('for (i = 0; 1; i++) i\n') });
    const results = { activity: await busy, list: await listed, pid: bc.pid };
    await bc.kill('SIGKILL');
    await bc.wait();
    return results;
  });
  assert.deepEqual(Object.keys(activity).sort(),
    ['cpu', 'diskFetchMs', 'diskFetches', 'diskRead', 'diskWritten', 'networkFetched', 'networkLoopback', 'processes']);
  assert.equal(activity.processes, 1);
  assert.deepEqual(list.map(({ pid: number, name }) => [number, name]), [[pid, 'bc']]);
});

test('errors are of their classes', async () => {
  const failures = await page.evaluate(async () => {
    const { machine, failure, errors } = window;
    return {
      file: await failure(machine.fs.stat('/none'), errors.FileError),
      spawn: await failure(machine.spawn('/none'), errors.SpawnError),
      mount: await failure(machine.unmount('/tmp'), errors.MountError),
      archive: await failure(machine.fs.importTar('/tmp/t', new Uint8Array(600).fill(65)), errors.ArchiveError),
      export: await failure(machine.exportDisk().next(), Error),
      image: await failure(window.start({ kind: 'image', url: new URL('/nothing.img', location).href }), errors.ImageError),
    };
  });
  for (const [what, { isOfClass }] of Object.entries(failures)) assert.equal(isOfClass, true, `${what} ${JSON.stringify(failures[what])}`);
  const { file, spawn, mount, export: exported } = failures;
  assert.deepEqual([file.errno, file.code, file.path], [2, 'ENOENT', '/none']);
  assert.deepEqual([spawn.code, mount.code], ['ENOENT', 'EINVAL']);
  assert.match(exported.message, /with an overlay can be exported/);
});

test('archives and files go by pieces, both ways', async () => {
  const { archive, names, lengths, sums, failures } = await page.evaluate(async () => {
    const { fs } = window.machine;
    const long = Uint8Array.from({ length: 2_500_000 }, (_, i) => (i * i) >> 9);
    const sum = (bytes) => bytes.reduce((total, byte) => (total * 31 + byte) % 1_000_003, 7);
    const gather = async (pieces) => new Uint8Array(await new Blob(await Array.fromAsync(pieces)).arrayBuffer());
    await fs.mkdir('/tmp/in/sub', { recursive: true });
    await fs.writeFile('/tmp/in/long', long);
    await fs.writeFile('/tmp/in/sub/short', 'text');
    const packed = await Array.fromAsync(fs.exportTar('/tmp/in'));
    const blob = new Blob(packed);
    const sums = [sum(long), sum(await gather(fs.readPieces('/tmp/in/long')))];
    const forms = { bytes: await gather(packed), blob, stream: blob.stream(), pieces: (async function* () { yield* packed; })() };
    const names = [];
    for (const [name, form] of Object.entries(forms)) {
      names.push(await fs.importTar(`/tmp/${name}`, form));
      sums.push(sum(await fs.readFile(`/tmp/${name}/long`)));
    }
    // A source that fails, and a folder that can't be: both are told, and nothing waits.
    const failing = (async function* () {
      yield packed[0];
      throw new RangeError('the source is dry');
    })();
    const failures = [await window.failure(fs.importTar('/tmp/dry', failing), RangeError),
      await window.failure(fs.importTar('/etc/x', new Blob(packed).stream()), window.errors.FileError)];
    // Whoever leaves early is not waited for.
    for await (const piece of fs.exportTar('/tmp/in')) if (piece.length > 0) break;
    const reader = new FileReader();
    const archive = await new Promise((resolve) => {
      reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1)); // as base64
      reader.readAsDataURL(blob);
    });
    return { archive, names, lengths: packed.map(({ length }) => length), sums, failures };
  });
  assert.deepEqual(names, [3, 3, 3, 3]);
  assert.equal(new Set(sums).size, 1, `${sums}`);
  assert.ok(lengths.length > 1 && Math.max(...lengths) < 3 << 20, `${lengths}`);
  const listed = execFileSync('tar', ['-tf', '-'], { input: Buffer.from(archive, 'base64'), encoding: 'utf8' });
  assert.deepEqual(listed.trim().split('\n').sort(), ['long', 'sub/', 'sub/short']);
  assert.deepEqual(failures.map(({ isOfClass, message }) => [isOfClass, message.slice(0, 17)]), [[true, 'the source is dry'], [true, '/etc: it can only']]);
});

test('a watched folder', async () => {
  const told = await page.evaluate(async () => {
    const { fs } = window.machine;
    const heard = [];
    let wake;
    const end = fs.watch('/tmp', (path) => {
      heard.push(path);
      wake?.();
    });
    await fs.stat('/tmp');
    await fs.writeFile('/tmp/seen', '1');
    while (!heard.includes('/tmp/seen')) await new Promise((resolve) => (wake = resolve));
    end();
    return heard;
  });
  assert.deepEqual(told.filter((name) => name !== '/tmp'), ['/tmp/seen']);
});

test('a disk is unpacked in a worker of its own', async () => {
  await page.evaluate(async () => {
    window.onDisk = await window.start({ kind: 'chunks', url: new URL('/disk/', location).href });
    const sh = await window.onDisk.spawn('/bin/sh', ['-c', 'exit 3']);
    await sh.wait();
  });
  const digest = await page.evaluate(async (home) => {
    const since = performance.now();
    // From then on it may be started; the next object that comes has it started.
    while (performance.now() - since < 1600) await new Promise((resolve) => setTimeout(resolve, 50));
    const parts = await Array.fromAsync(window.onDisk.fs.readPieces(`${home}/untouched`));
    await window.onDisk.fs.readFile('/usr/bin/bc');
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    await window.onDisk.stop();
    return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }, '/root');
  assert.equal(digest, createHash('sha256').update(UNTOUCHED).digest('hex'));
  assert.ok(asked.includes('/web/host/browser/unpack_worker.js'), 'the worker was started');
});

test('after stop whoever waits hears it, and nothing has failed', async () => {
  const { waiting, asking, failed } = await page.evaluate(async () => {
    const { machine, failure, errors } = window;
    let failed = 0;
    machine.addEventListener('failed', () => failed++);
    const sleeper = await machine.spawn('/bin/sleep', ['1000']);
    const ended = failure(sleeper.wait(), errors.MachineError);
    await machine.stop();
    return { waiting: await ended, asking: await failure(machine.fs.stat('/'), errors.MachineError), failed };
  });
  assert.deepEqual([waiting.isOfClass, asking.isOfClass, failed], [true, true, 0]);
  assert.equal(asking.message, 'the machine has been stopped');
  assert.deepEqual(complaints, []);
});
