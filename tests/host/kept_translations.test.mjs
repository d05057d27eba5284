// Translations kept from one visit to the next: found again, checked against the bytes that are there,
// saved whole or not at all. The translator is a fake, but in the last tests.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeTranslationServer } from '../../web/host/jit_worker.js';
import { packTranslations, unpackTranslations } from '../../web/host/kept_translations_file.js';
import { Machine } from '../../web/host/machine.js';
import { NodeFolder } from '../../web/host/node/node_folder.js';
import { NodePlatform } from '../../web/host/node/platform.js';
import { defaultTranslationFolder, TranslationFolder } from '../../web/host/node/translation_folder.js';
import { KeptModule, ProgramTranslations } from '../../web/host/program_translations.js';
import { BINARIES, loadBinary } from './binaries.mjs';
import { asyncGuest, BEHIND, CACHE, CODE, FIRST_SLOT, Guest, MEMORY_END, STATE } from './translated_guest.mjs';
import { addToState, i32 } from './wasm_encoder.mjs';

const elfin = fileURLToPath(new URL('../../elfin', import.meta.url));
const ANSWER = [...addToState(STATE.rax, 1000n), ...i32(BEHIND)];

/** A store in memory that remembers what it was asked. */
class MemoryStore {
  files = new Map();
  loads = [];
  load(name) {
    this.loads.push({ name, isThere: this.files.has(name) });
    return this.files.get(name);
  }
  save(name, bytes) {
    this.files.set(name, bytes);
  }
  get only() {
    assert.equal(this.files.size, 1);
    return [...this.files][0];
  }
}

/** A visit in which the loop at CODE is translated, and saved at its end. */
function firstVisit(store, options = {}) {
  const visit = asyncGuest(ANSWER, { store, ...options });
  visit.guest.run();
  visit.reply();
  visit.guest.run();
  assert.equal(visit.guest.rax, 1000n);
  visit.guest.imports.memory_release(visit.guest.id);
  return visit;
}

test('what one visit had translated, the next one uses without asking', () => {
  const store = new MemoryStore();
  firstVisit(store);
  const { guest, batches, translation, reports } = asyncGuest(ANSWER, { store });
  guest.run();
  assert.equal(guest.rax, 1002n, 'after two rounds of the loop');
  assert.equal(batches.length, 0);
  const { keptModules, keptRegions, keptInsns, regions } = translation.stats([]);
  assert.deepEqual([keptModules, keptRegions, keptInsns, regions], [1, 1, 3, 0]);
  assert.deepEqual(reports, []);
  guest.imports.memory_set_flags(guest.id, CODE >> 12, 1, 5);
  assert.equal(guest.table.get(FIRST_SLOT), guest.cpu.cpu_unresolved, 'dropped as any other');
  guest.run();
  guest.run();
  assert.equal(guest.rax, 1000n, 'and used again, as the bytes are the same');
  assert.equal(batches.length, 0);
});

test('other processes of the program use it, too, with or without a store', () => {
  const { guest, reply, translation, batches } = asyncGuest(ANSWER);
  guest.run();
  reply();
  const { memories } = guest;
  const other = new Guest(translation);
  other.run();
  assert.equal(other.rax, 1002n);
  assert.equal(batches.length, 0);
  assert.notEqual(other.memories, memories);
});

test('a forked process runs with what its parent had translated', () => {
  const { guest, reply, translation, batches } = asyncGuest(ANSWER);
  guest.run();
  reply();
  const child = guest.imports.memory_create();
  assert.equal(guest.imports.memory_grow(child, MEMORY_END / 65536), 0);
  guest.imports.cpu_reset(child, ...CACHE);
  guest.imports.memory_copy(child, guest.id, CODE, 0x200000);
  // More is executable than when the parent began, so by its looks it is another program.
  guest.imports.memory_set_flags(child, CODE >> 12, 3, 5);
  guest.imports.memory_set_flags(child, 0x500, 1, 3);
  guest.switchTo(child);
  guest.run();
  assert.equal(guest.rax, 1002n);
  assert.equal(batches.length, 0);
  assert.equal(translation.stats([]).keptModules, 1);
  guest.imports.cpu_reset(child, ...CACHE); // exec
  guest.run();
  assert.equal(guest.rax, 10n);
});

test('exec begins another program, whose translations are its own', () => {
  const store = new MemoryStore();
  firstVisit(store);
  const { guest, translation } = asyncGuest(ANSWER, { store });
  guest.imports.cpu_reset(guest.id, ...CACHE);
  guest.run();
  assert.equal(guest.rax, 1002n);
  guest.imports.cpu_reset(guest.id, ...CACHE);
  guest.run();
  assert.equal(guest.rax, 1002n);
  assert.equal(translation.stats([]).keptModules, 2);
});

test('code that has changed is translated anew, and that is kept instead', () => {
  // Five pages of code, of which the loop's own, the second, has no part in the program's name.
  const store = new MemoryStore();
  const options = { guest: { codePages: 5 } };
  const loop = [0xff, 0xc0, 0xff, 0xc9, 0x75, 0xfa, 0x0f, 0x05];
  const changed = [0x90, 0x90, ...loop.slice(2)];
  const at = CODE + 0x1000;
  const visit = (bytes) => {
    const { guest, batches, reply, translation } = asyncGuest(ANSWER, { store, ...options, entry: at });
    guest.write(at, bytes);
    guest.run({ rip: at });
    const first = { rax: guest.rax, asked: batches.length };
    if (batches.length > 0) reply();
    guest.run({ rip: at });
    const result = { ...first, later: guest.rax, ...translation.stats([]) };
    guest.imports.memory_release(guest.id);
    return result;
  };
  assert.equal(visit(loop).asked, 1);
  const same = visit(loop);
  assert.deepEqual([same.asked, same.rax, same.keptModules], [0, 1002n, 1]);
  const other = visit(changed);
  assert.deepEqual([other.asked, other.rax, other.keptModules], [1, 0n, 0]);
  assert.equal(other.later, 1000n);
  assert.deepEqual(new Set(store.loads.map(({ name }) => name)).size, 1);
  assert.ok(store.loads.at(-1).isThere);
  const last = visit(changed);
  assert.deepEqual([last.asked, last.rax, last.keptModules], [0, 1000n, 1]);
});

test('of a program that goes on making code, what was used last is kept', () => {
  const program = new ProgramTranslations(FIRST_SLOT, '');
  const megabyte = new Uint8Array(1 << 20);
  const moduleAt = (entry) => new KeptModule(megabyte, [{ region: { words: megabyte }, insns: 1, entries: [entry] }]);
  const first = moduleAt(1);
  program.add(first);
  for (let n = 2; n <= 16; n++) program.add(moduleAt(n));
  assert.equal(program.modules().length, 16);
  program.use(first);
  program.add(moduleAt(17));
  assert.deepEqual([program.find(1), program.find(2)], [first, undefined]);
  for (let n = 18; n < 100; n++) program.add(moduleAt(n));
  assert.equal(program.modules().length, 16);
  assert.equal(program.find(1), undefined);
  assert.deepEqual([...program.entries()], [84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
});

test('other binaries, other options: other names', () => {
  const store = new MemoryStore();
  firstVisit(store);
  firstVisit(store, { identity: 'other' });
  firstVisit(store, { strict: true });
  assert.equal(store.files.size, 3);
});

test('a byte that is wrong makes a file useless, and it is replaced', () => {
  const store = new MemoryStore();
  firstVisit(store);
  const [name, bytes] = store.only;
  for (let at = 0; at < bytes.length; at++) {
    const broken = bytes.slice();
    broken[at] ^= 1 << (at % 8);
    const program = new ProgramTranslations(FIRST_SLOT, name);
    assert.equal(unpackTranslations(broken, program), false);
    assert.deepEqual([program.addresses(), [...program.entries()]], [[], []]);
  }
  for (const length of [0, 3, 4, 20, bytes.length - 4, bytes.length - 1]) {
    assert.equal(unpackTranslations(bytes.subarray(0, length), new ProgramTranslations(FIRST_SLOT, name)), false);
  }
  const program = new ProgramTranslations(FIRST_SLOT, name);
  assert.equal(unpackTranslations(bytes, program), true);
  assert.deepEqual([...program.entries()], [CODE]);
  assert.deepEqual(packTranslations(program), bytes);
  assert.equal(unpackTranslations(bytes, new ProgramTranslations(FIRST_SLOT + 1, name)), false);
  store.files.set(name, bytes.subarray(0, 100));
  firstVisit(store);
  assert.deepEqual(store.only[1], bytes);
});

test('a store that answers later', async () => {
  const store = new MemoryStore();
  firstVisit(store);
  const slow = { load: async (name) => store.load(name), save: assert.fail };
  const { guest, batches } = asyncGuest(ANSWER, { store: slow });
  guest.run();
  assert.equal(guest.rax, 10n);
  assert.equal(batches.length, 0, 'nothing is asked while it is not known what there is');
  await new Promise(setImmediate);
  guest.run();
  assert.equal(guest.rax, 1002n);
  assert.equal(batches.length, 0);

  const broken = { load: () => Promise.reject(new Error('no')), save: assert.fail };
  const other = asyncGuest(ANSWER, { store: broken });
  other.guest.run();
  await new Promise(setImmediate);
  other.guest.run();
  assert.equal(other.batches.length, 1);
});

function temporaryFolder(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-kept-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a folder keeps so much, and drops what was used least recently', (t) => {
  const folder = path.join(temporaryFolder(t), 'below', 'it');
  const store = new TranslationFolder(folder, { maxBytes: 1000 });
  assert.equal(store.load('a'), undefined);
  store.save('a', new Uint8Array(400).fill(1));
  store.save('b', new Uint8Array(400).fill(2));
  fs.utimesSync(path.join(folder, 'a.translations'), 1000, 1000);
  fs.utimesSync(path.join(folder, 'b.translations'), 2000, 2000);
  assert.equal(store.load('a')[0], 1);
  store.save('c', new Uint8Array(400));
  assert.deepEqual(fs.readdirSync(folder).sort(), ['a.translations', 'c.translations']);
  store.save('c', new Uint8Array(600));
  assert.deepEqual(fs.readdirSync(folder).sort(), ['a.translations', 'c.translations'], 'its own place counts once');
  store.save('d', new Uint8Array(1001));
  assert.equal(store.load('d'), undefined);
  const leftOver = path.join(folder, 'x.1.2.new');
  fs.writeFileSync(leftOver, 'half');
  fs.utimesSync(leftOver, 1000, 1000);
  store.save('a', new Uint8Array(1));
  assert.equal(fs.existsSync(leftOver), false);
});

test('a folder that can’t be is none', (t) => {
  const file = path.join(temporaryFolder(t), 'file');
  fs.writeFileSync(file, '');
  const store = new TranslationFolder(path.join(file, 'below'));
  store.save('a', new Uint8Array(4));
  assert.equal(store.load('a'), undefined);
  assert.equal(defaultTranslationFolder({}), undefined);
  assert.equal(defaultTranslationFolder({ HOME: '/h' }), '/h/.cache/elfin/translations');
  assert.equal(defaultTranslationFolder({ HOME: '/h', XDG_CACHE_HOME: '/c' }), '/c/elfin/translations');
});

/** Node's platform with the real translator in this thread: its answer comes in the next turn. */
class PromptPlatform extends NodePlatform {
  startTranslationWorker(onMessage) {
    const post = (message) => setImmediate(() => onMessage(message));
    const serve = makeTranslationServer({ post }, () => loadBinary('jit.wasm'));
    return { post: serve };
  }
}

async function runWith(store, root, program) {
  const platform = new PromptPlatform({ directory: BINARIES, report: assert.fail });
  const folder = new NodeFolder(root);
  const machine = await Machine.create({ platform, mounts: { '/': { folder, readOnly: true } }, jit: 'on',
    translations: store });
  let output = '';
  const guest = await machine.spawn(program, [], { stdout: (bytes) => { output += Buffer.from(bytes); } });
  const { code } = await guest.wait();
  return { code, output, ...machine.stats().translation };
}

const CONSTANT = 0x1234567;
/** The loop is in a page of its own, between others. */
const SOURCE = `
  #include <stdio.h>
  #define PAGE __attribute__((aligned(4096), noinline, noipa))
  PAGE int before(int n) { return n + 1; }
  PAGE unsigned sum(unsigned n) { unsigned s = 0; while (n--) s = (s ^ ${CONSTANT}u) * 3 + n; return s; }
  PAGE int after(int n) { return n + 2; }
  int main(void) { printf("%d %u\\n", before(after(0)), sum(30000000)); return 0; }
`;

test('a real program, and the same with one byte of its code changed', async (t) => {
  const folder = temporaryFolder(t);
  const program = path.join(folder, 'program');
  fs.writeFileSync(`${program}.c`, SOURCE);
  execFileSync('gcc', ['-O1', '-static', '-o', program, `${program}.c`]);
  const native = execFileSync(program, { encoding: 'utf8' });
  const store = new MemoryStore();
  const cold = await runWith(store, folder, '/program');
  assert.deepEqual([cold.code, cold.output, cold.keptModules], [0, native, 0]);
  assert.ok(cold.regionInsns > 0);
  const warm = await runWith(store, folder, '/program');
  assert.deepEqual([warm.code, warm.output], [0, native]);
  assert.ok(warm.keptInsns > 0);
  assert.ok(warm.regionInsns < cold.regionInsns / 2, `${warm.regionInsns} of ${cold.regionInsns} again`);

  const bytes = fs.readFileSync(program);
  const constant = Buffer.alloc(4);
  constant.writeUInt32LE(CONSTANT);
  const at = bytes.indexOf(constant);
  assert.ok(at > 0);
  bytes[at]++;
  fs.writeFileSync(program, bytes);
  const changedNative = execFileSync(program, { encoding: 'utf8' });
  assert.notEqual(changedNative, native);
  const changed = await runWith(store, folder, '/program');
  assert.deepEqual([changed.code, changed.output], [0, changedNative]);
  assert.deepEqual(store.loads.map(({ isThere }) => isThere), [false, true, true], 'it was found by its name');
});

test('two runs at once, and the option', async (t) => {
  const folder = temporaryFolder(t);
  const cache = path.join(folder, 'cache');
  const input = 'scale=300; 4*a(1)\n';
  const native = execFileSync('/usr/bin/bc', ['-lq'], { input, encoding: 'utf8' });
  const bc = (options, environment = {}) => new Promise((resolve) => {
    const child = spawn(elfin, ['run', '--root', '/', '--cwd', '/', ...options, '--', '/usr/bin/bc', '-lq'],
      { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...environment } });
    let output = '';
    child.stdout.on('data', (bytes) => { output += bytes; });
    child.on('close', (code) => resolve({ code, output }));
    child.stdin.end(input);
  });
  const fine = { code: 0, output: native };
  const both = () => Promise.all([bc(['--jit-cache', cache]), bc([], { ELFIN_JIT_CACHE: cache })]);
  assert.deepEqual(await both(), [fine, fine]);
  assert.deepEqual(await both(), [fine, fine]);
  const kept = fs.existsSync(cache) ? fs.readdirSync(cache) : [];
  assert.deepEqual(kept.filter((name) => !/^[0-9a-f]{16}\.translations$/.test(name)), [], 'nothing is left over');
  const home = { HOME: folder, XDG_CACHE_HOME: path.join(folder, 'xdg') };
  assert.deepEqual(await bc(['--jit-cache=off'], home), fine);
  assert.equal(fs.existsSync(home.XDG_CACHE_HOME), false);
});
