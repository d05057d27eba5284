// Translated code without the translator: jit.wasm is a fake with a canned answer. What is checked is
// everything around it: requests, slots, dispatch, exits, dropping what has changed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Translation } from '../../web/host/translation.js';
import { Translator } from '../../web/host/translator.js';
import {
  asyncGuest, BEHIND, CACHE, CODE, EXIT, FIRST_SLOT, Guest, INTERPRET, MEMORY_END, platformFor, RWX, RX, STATE,
} from './translated_guest.mjs';
import {
  addToState, callSlot, fakeTranslator, i32, makeAnswer, setState, translatedModule, UNREACHABLE,
} from './wasm_encoder.mjs';

/** A guest whose every translation request is answered with `code` as the function for CODE. */
function syncGuest(code, { slot = FIRST_SLOT, threshold = 0, entries = [CODE], strict, ...options } = {}) {
  const module = translatedModule([{ slot, code }]);
  const answer = makeAnswer([{ slot, insns: 3, entries }], module);
  const dumped = [];
  const reports = [];
  const translation = new Translation(
    { mode: 'sync', threshold, strict, dump: (index, bytes) => dumped.push([index, bytes.length]) },
    platformFor(reports), new WebAssembly.Module(fakeTranslator({ answer, slot })));
  const guest = new Guest(translation, options);
  return { guest, translation, dumped, reports, module, stats: () => translation.stats(guest.memories.entries()) };
}

test('a translated function runs in place of its blocks', () => {
  const code = [...addToState(STATE.rax, 1000n), ...addToState(STATE.budget, -30n), ...i32(BEHIND)];
  const { guest, stats, dumped, module, reports } = syncGuest(code);
  assert.equal(guest.run(), EXIT.kernel);
  assert.deepEqual(reports, []);
  assert.equal(guest.rax, 1000n);
  const counters = stats();
  assert.equal(counters.translatedInstructions, 30);
  assert.equal(counters.instructions, 31);
  assert.equal(counters.translatedShare, 30 / 31);
  assert.equal(counters.exitsToAddress, 1);
  assert.equal(counters.modules, 1);
  assert.equal(counters.moduleBytes, module.length);
  assert.deepEqual(dumped, [[0, module.length]]);
});

test('after the threshold, in the middle of a loop', () => {
  const code = [...addToState(STATE.rax, 1000n), ...setState(STATE.rcx, 0n), ...i32(BEHIND)];
  const { guest } = syncGuest(code, { threshold: 4 });
  assert.equal(guest.run(), EXIT.kernel);
  assert.equal(guest.rax, 1004n);
});

test('the budget ends it at the address that it has come to', () => {
  const code = [...addToState(STATE.budget, -1000n), ...i32(BEHIND)];
  const { guest, stats } = syncGuest(code);
  assert.equal(guest.run({ budget: 999n }), EXIT.budget);
  assert.equal(guest.rip, BEHIND);
  assert.equal(stats().exitsForBudget, 1);

  const leaving = [...addToState(STATE.budget, -1000n), ...setState(STATE.rip, BigInt(CODE + 2)), ...i32(INTERPRET)];
  const other = syncGuest(leaving).guest;
  assert.equal(other.run({ budget: 999n }), EXIT.budget);
  assert.equal(other.rip, CODE + 2);
});

test('what it leaves to the interpreter is interpreted', () => {
  // It does nothing but leave: the loop gets on all the same, block by block.
  const code = [...setState(STATE.rip, BigInt(CODE)), ...i32(INTERPRET)];
  const { guest, stats } = syncGuest(code);
  assert.equal(guest.run(), EXIT.kernel);
  assert.equal(guest.rax, 10n);
  assert.equal(stats().exitsToInterpreter, 10);
});

test('a function that does nothing does not stop the guest', () => {
  const { guest } = syncGuest(i32(CODE));
  assert.equal(guest.run(), EXIT.kernel);
  assert.equal(guest.rax, 10n);
});

test('the span covers the memory, but for the slack, and the memory is longer than asked for', () => {
  const { guest } = syncGuest(i32(BEHIND));
  guest.run();
  const bytes = guest.entry.memory.buffer.byteLength;
  assert.equal(bytes, MEMORY_END + 0x20000);
  assert.equal(guest.state.getBigUint64(STATE.span, true), BigInt(bytes - 0x200000 - 0x10000));
});

test('the jump cache knows an address once it has been looked up', () => {
  const { guest, stats } = syncGuest(i32(BEHIND));
  guest.run();
  const cache = guest.state.getUint32(STATE.jumpCache, true);
  const index = (CODE ^ (CODE >>> 14)) & 0x3fff;
  const entry = [...new Uint32Array(guest.entry.memory.buffer, cache + 8 * index, 2)];
  assert.deepEqual(entry, [CODE, FIRST_SLOT]);
  const before = stats().lookUps;
  guest.run();
  assert.equal(stats().lookUps, before + 1, 'only the address behind, which has no translation');
  guest.imports.memory_set_flags(guest.id, CODE >> 12, 1, RX);
  assert.deepEqual([...new Uint32Array(guest.entry.memory.buffer, cache + 8 * index, 2)], [0, 0]);
});

test('changed code drops its module; the slot stays and is filled again', () => {
  const code = [...addToState(STATE.rax, 1000n), ...i32(BEHIND)];
  const { guest, stats } = syncGuest(code);
  for (const change of [
    () => guest.imports.memory_set_flags(guest.id, CODE >> 12, 1, RX), // mprotect
    () => guest.imports.memory_invalidate(guest.id, CODE, CODE + 1), // a read into it
    () => {
      guest.imports.memory_set_flags(guest.id, CODE >> 12, 1, 0); // munmap, mmap
      guest.imports.memory_set_flags(guest.id, CODE >> 12, 1, RX);
    },
  ]) {
    guest.run();
    assert.equal(guest.rax, 1000n);
    assert.notEqual(guest.table.get(FIRST_SLOT), guest.cpu.cpu_unresolved);
    const { modulesRetired } = stats();
    change();
    assert.equal(guest.table.get(FIRST_SLOT), guest.cpu.cpu_unresolved);
    assert.equal(stats().modulesRetired, modulesRetired + 1);
  }
  guest.imports.memory_set_flags(guest.id, (CODE >> 12) + 1, 1, RX);
  guest.run();
  guest.imports.memory_set_flags(guest.id, (CODE >> 12) + 1, 1, RX);
  assert.notEqual(guest.table.get(FIRST_SLOT), guest.cpu.cpu_unresolved, 'another page changes nothing');
});

test('a store of the guest into translated code drops it', () => {
  // mov byte [rip - 7 …]: writes the loop's first byte as it is; then syscall. In a page of its own.
  const { guest, stats } = syncGuest(i32(BEHIND), { threshold: 3, flags: RWX });
  guest.write(CODE + 0x1000, [0xc6, 0x05, 0xf9, 0xef, 0xff, 0xff, 0xff, 0x0f, 0x05]);
  guest.run();
  assert.notEqual(guest.table.get(FIRST_SLOT), guest.cpu.cpu_unresolved);
  guest.run({ rip: CODE + 0x1000 });
  assert.equal(guest.table.get(FIRST_SLOT), guest.cpu.cpu_unresolved);
  assert.equal(stats().modulesRetired, 1);
  guest.run();
  assert.equal(guest.rax, 3n, 'decoded anew, and counted anew');
});

test('a call goes to the slot of its target, translated or not', () => {
  // call CODE + 0x100; syscall          (+0x100) mov eax, 5; ret
  const code = [0xe8, 0xfb, 0, 0, 0, 0x0f, 0x05];
  const { guest } = syncGuest([...callSlot(FIRST_SLOT + 1, CODE + 0x100)], { code });
  guest.write(CODE + 0x100, [0xb8, 5, 0, 0, 0, 0x0f, 0x05]);
  assert.equal(guest.run(), EXIT.kernel);
  assert.equal(guest.rax, 5n);
  assert.equal(guest.rip, CODE + 0x107, 'nobody has pushed a return address, so it went straight on');
  assert.equal(guest.table.get(FIRST_SLOT + 1), guest.cpu.cpu_unresolved);
});

test('a further entry is reached by calls, too, as long as it is there', () => {
  const code = [...addToState(STATE.rax, 1000n), ...i32(BEHIND)];
  const { guest } = syncGuest(code, { entries: [CODE, CODE + 0x40] });
  guest.write(CODE + 0x40, [0x0f, 0x05]);
  guest.run();
  assert.equal(guest.run({ rip: CODE + 0x40 }), EXIT.kernel);
  assert.equal(guest.rax, 1000n);
  // A region that calls the further entry makes a slot for it.
  guest.write(CODE + 0x80, [0xe8, 0xbb, 0xff, 0xff, 0xff, 0x0f, 0x05]);
  guest.run({ rip: CODE + 0x80 });
  const function_ = guest.table.get(FIRST_SLOT);
  assert.equal(guest.table.get(FIRST_SLOT + 3), function_);
  guest.imports.memory_set_flags(guest.id, CODE >> 12, 1, RX);
  assert.equal(guest.table.get(FIRST_SLOT + 3), guest.cpu.cpu_unresolved);
});

test('page checks: asked for, strict, or by code that can be written', () => {
  const PAGE_CHECKS = 1;
  const optionsOf = (guest) => guest.entry.translated.select(CODE).words[2];
  const { guest } = syncGuest(i32(BEHIND));
  guest.run();
  assert.notEqual(guest.table.get(FIRST_SLOT), guest.cpu.cpu_unresolved);
  guest.imports.cpu_set_page_checks(guest.id);
  assert.equal(guest.table.get(FIRST_SLOT), guest.cpu.cpu_unresolved, 'what had none is dropped');
  assert.equal(optionsOf(guest), PAGE_CHECKS);
  const options = [{}, { strict: true }, { flags: RWX }].map((option) => {
    const other = syncGuest(i32(BEHIND), { threshold: 5, ...option }).guest;
    other.run({ rcx: 1n });
    return optionsOf(other);
  });
  assert.deepEqual(options, [0, PAGE_CHECKS, PAGE_CHECKS]);
  const next = syncGuest(i32(BEHIND), { threshold: 5 }).guest;
  next.imports.cpu_set_page_checks(next.id);
  next.imports.cpu_reset(next.id, ...CACHE); // exec: another program
  next.run({ rcx: 1n });
  assert.equal(optionsOf(next), 0);
});

test('exec empties the slots', () => {
  const { guest } = syncGuest(i32(BEHIND));
  guest.run();
  guest.imports.cpu_reset(guest.id, ...CACHE);
  assert.equal(guest.table.get(FIRST_SLOT), guest.cpu.cpu_unresolved);
});

test('a translator that fails is replaced; the region stays interpreted, which is told once', () => {
  const reports = [];
  const module = new WebAssembly.Module(fakeTranslator({ code: UNREACHABLE }));
  const translator = new Translator(module, assert.fail);
  assert.throws(() => translator.translate(new Uint8Array(4)), /translator failed/);
  assert.throws(() => translator.translate(new Uint8Array(4)), /translator failed/);
  const translation = new Translation({ mode: 'sync', threshold: 5 }, platformFor(reports), module);
  const guest = new Guest(translation);
  assert.equal(guest.run(), EXIT.kernel);
  assert.equal(guest.rax, 10n);
  guest.run();
  assert.equal(translation.stats([]).regionsFailed, 1);
  assert.equal(reports.length, 1);
  assert.match(reports[0], /0x400000 stays interpreted: the translator failed/);
});

test('a module that is none leaves its region interpreted', () => {
  const answer = makeAnswer([{ slot: FIRST_SLOT, insns: 3, entries: [CODE] }], new Uint8Array([1, 2, 3, 4]));
  const reports = [];
  const translation = new Translation({ mode: 'sync', threshold: 5 }, platformFor(reports),
    new WebAssembly.Module(fakeTranslator({ answer, slot: FIRST_SLOT })));
  const guest = new Guest(translation);
  assert.equal(guest.run(), EXIT.kernel);
  assert.equal(guest.rax, 10n);
  assert.match(reports[0], /stays interpreted: its module is not usable/);
});

test('beside the guest: the answer is used when it comes', () => {
  const { guest, batches, reply, translation, reports } =
    asyncGuest([...addToState(STATE.rax, 1000n), ...i32(BEHIND)]);
  guest.run({ rcx: 2n });
  assert.equal(batches.length, 0);
  guest.run();
  assert.equal(guest.rax, 10n);
  assert.equal(batches.length, 1);
  const words = new Uint32Array(batches[0].batch.buffer);
  assert.deepEqual([...words.subarray(0, 2)], [1, FIRST_SLOT]);
  assert.equal(words[3], CODE);
  guest.run();
  assert.equal(guest.rax, 10n);
  assert.equal(batches.length, 1, 'asked once');
  reply();
  assert.deepEqual(reports, []);
  guest.run();
  assert.equal(guest.rax, 1000n);
  assert.equal(translation.stats([]).regions, 1);
});

test('beside the guest: an answer for code that has changed is dropped, and asked for again', () => {
  const { guest, batches, reply, translation } = asyncGuest([...addToState(STATE.rax, 1000n), ...i32(BEHIND)]);
  guest.run();
  guest.write(CODE + 1, [0xc0]);
  guest.write(CODE, [0x90, 0x90]); // nop; nop instead of inc eax
  guest.imports.memory_invalidate(guest.id, CODE, CODE + 2);
  reply();
  assert.equal(translation.stats([]).regionsStale, 1);
  guest.run();
  assert.equal(guest.rax, 0n);
  assert.equal(batches.length, 1);
  reply();
  guest.run();
  assert.equal(guest.rax, 1000n);
});

test('beside the guest: an answer for a program that has gone', () => {
  const { guest, reply, translation } = asyncGuest(i32(BEHIND));
  guest.run();
  guest.imports.memory_release(guest.id);
  reply();
  assert.equal(translation.stats([]).regions, 0);
  assert.ok(translation.stats([]).instructions > 0, 'its counters are kept');

  const execs = asyncGuest(i32(BEHIND));
  execs.guest.run();
  execs.guest.imports.cpu_reset(execs.guest.id, ...CACHE);
  execs.reply();
  assert.equal(execs.translation.stats([]).regions, 0);
});
