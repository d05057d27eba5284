// Workers that end, batches that fail, engines without memory: translation goes on, or later again, and the
// guest never notices. The translator is a function of the test's.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { NodePlatform } from '../../web/host/node/platform.js';
import { Translation } from '../../web/host/translation.js';
import { CODE, Guest, platformFor } from './translated_guest.mjs';
import { fakeTranslator, i32, makeAnswer, translatedModule } from './wasm_encoder.mjs';

const CALLS = 8;

/** Calls CALLS functions (inc eax; ret) one behind the other, then does a system call. */
function codeWithCalls() {
  const bytes = new Uint8Array(0x800).fill(0x90);
  for (let n = 0; n < CALLS; n++) {
    const from = 5 * n + 5;
    bytes.set([0xe8, ...new Uint8Array(Int32Array.of(0x100 + 0x40 * n - from).buffer)], 5 * n);
    bytes.set([0xff, 0xc0, 0xc3], 0x100 + 0x40 * n);
  }
  bytes.set([0x0f, 0x05], 5 * CALLS);
  return [...bytes];
}
const FUNCTION = (n) => CODE + 0x100 + 0x40 * n;

/** The regions of a batch: {slot, entry}. */
function regionsOf(batch) {
  const words = new Uint32Array(batch.buffer);
  const regions = [];
  for (let at = 1; regions.length < words[0]; at += 1 + words[at + 1] / 4) {
    regions.push({ slot: words[at], entry: words[at + 2] });
  }
  return regions;
}

/** Answers with functions that leave at once: what they are for gets on by the interpreter. */
function answerTo(regions) {
  const module = translatedModule(regions.map(({ slot, entry }) => ({ slot, code: i32(entry) })));
  return makeAnswer(regions.map(({ slot, entry }) => ({ slot, insns: 2, entries: [entry] })), module);
}

/**
 * A guest beside a worker that does `work(regions, batch number)`: it returns the answer, or throws an error
 * to answer, or an Ending to end by.
 */
class Ending extends Error {}
function guestWith(work, options = {}) {
  const reports = [];
  const batches = [];
  let workers = 0;
  const pending = [];
  const platform = platformFor(reports, (onMessage, onEnd) => {
    workers++;
    return {
      post({ batch }) {
        const regions = regionsOf(batch);
        batches.push(regions.map(({ entry }) => entry));
        pending.push(() => {
          try {
            onMessage({ answer: work(regions, batches.length), milliseconds: 1 });
          } catch (error) {
            if (error instanceof Ending) onEnd(error.message);
            else onMessage({ error: error.message, milliseconds: 1 });
          }
        });
      },
    };
  });
  const translation = new Translation({ mode: 'on', threshold: 2, workerDelay: 0, ...options }, platform);
  const guest = new Guest(translation, { code: codeWithCalls() });
  const answerAll = () => {
    while (pending.length > 0) pending.shift()();
  };
  return { guest, translation, reports, batches, answerAll, workers: () => workers };
}

function runOften(guest, rounds = 4) {
  for (let n = 0; n < rounds; n++) {
    guest.run();
    assert.equal(guest.rax, BigInt(CALLS));
  }
}

test('of a batch that fails only the region at fault stays interpreted', () => {
  const bad = FUNCTION(3);
  const { guest, translation, reports, batches, answerAll, workers } = guestWith((regions) => {
    if (regions.some(({ entry }) => entry === bad)) throw new Error('it trapped');
    return answerTo(regions);
  });
  runOften(guest);
  answerAll();
  runOften(guest);
  answerAll();
  runOften(guest, 10);
  answerAll();
  const { regions, regionsFailed } = translation.stats([]);
  assert.equal(regionsFailed, 1);
  assert.ok(regions >= CALLS, `${regions} regions`);
  assert.deepEqual(reports, [`the code at 0x${bad.toString(16)} stays interpreted: it trapped`]);
  assert.equal(workers(), 1);
  assert.equal(batches.filter((entries) => entries.length === 1 && entries[0] === bad).length, 1);
});

test('a worker that has ended is replaced, and its batch done again', () => {
  const { guest, translation, reports, answerAll, workers } = guestWith((regions, number) => {
    if (number === 1) throw new Ending('killed');
    return answerTo(regions);
  });
  runOften(guest);
  answerAll();
  assert.equal(workers(), 2);
  assert.deepEqual(reports, []);
  const { regions, regionsFailed } = translation.stats([]);
  assert.equal(regionsFailed, 0);
  assert.ok(regions >= CALLS);
  runOften(guest);
});

test('a region that ends every worker stays interpreted', () => {
  const bad = FUNCTION(5);
  const { guest, translation, reports, answerAll } = guestWith((regions) => {
    if (regions.some(({ entry }) => entry === bad)) throw new Ending('out of stack');
    return answerTo(regions);
  });
  runOften(guest);
  answerAll();
  runOften(guest);
  assert.equal(translation.stats([]).regionsFailed, 1);
  assert.deepEqual(reports,
    [`the code at 0x${bad.toString(16)} stays interpreted: the translator's worker has ended: out of stack`]);
});

test('where no worker can be started, translation pauses', () => {
  const reports = [];
  const platform = platformFor(reports, () => {
    throw new Error('no workers here');
  });
  const translation = new Translation({ mode: 'on', threshold: 2, workerDelay: 0 }, platform);
  const guest = new Guest(translation, { code: codeWithCalls() });
  runOften(guest);
  return new Promise(setImmediate).then(() => {
    runOften(guest, 20);
    assert.ok(reports.some((line) => /translation pauses for 1 s: .*no workers here/.test(line)), reports.join());
  });
});

test('what finds no memory is tried again later', (t) => {
  let now = performance.now();
  t.mock.method(performance, 'now', () => now);
  const RealModule = WebAssembly.Module;
  t.after(() => {
    WebAssembly.Module = RealModule;
  });
  const { guest, translation, reports, batches, answerAll } = guestWith(answerTo);
  runOften(guest);
  WebAssembly.Module = function NoRoom() {
    throw new RangeError('WebAssembly.Module(): Out of memory: cannot allocate more code space');
  };
  answerAll();
  assert.match(reports[0], /translation pauses for 1 s: .*Out of memory/);
  assert.equal(reports.length, 1);
  WebAssembly.Module = RealModule;
  const asked = batches.length;
  now += 900;
  runOften(guest);
  assert.equal(batches.length, asked, 'not yet');
  now += 200;
  runOften(guest);
  answerAll();
  assert.ok(batches.length > asked);
  assert.ok(translation.stats([]).regions >= CALLS);
  assert.equal(translation.stats([]).regionsFailed, 0);
  assert.equal(reports.length, 1);
});

test('a worker of Node’s own', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-jit-'));
  const directory = pathToFileURL(`${folder}/`);
  const platform = new NodePlatform({ directory, report: assert.fail });
  assert.equal(platform.hasTranslator(), false);
  const answer = makeAnswer([{ slot: 7, insns: 3, entries: [] }]);
  fs.writeFileSync(path.join(folder, 'jit.wasm'), fakeTranslator({ answer }));
  assert.equal(platform.hasTranslator(), true);
  const { promise, resolve } = Promise.withResolvers();
  const worker = platform.startTranslationWorker(resolve, assert.fail);
  const batch = new Uint8Array(8);
  worker.post({ batch }, [batch.buffer]);
  const alive = setInterval(() => {}, 1000); // the worker itself keeps nobody up
  const message = await promise;
  clearInterval(alive);
  fs.rmSync(folder, { recursive: true });
  assert.deepEqual(Buffer.from(message.answer), answer);
  assert.ok(message.milliseconds >= 0);
});
