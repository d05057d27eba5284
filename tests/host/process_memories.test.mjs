// ProcessMemories with the real cpu.wasm and a kernel of a few lines: memories, page flags, running
// guest code, interrupting it, and surviving a trap of the cpu's own.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ERRNO } from '../../web/host/errno.js';
import { ProcessMemories } from '../../web/host/process_memories.js';
import { loadBinary } from './binaries.mjs';

const cpuModule = loadBinary('cpu.wasm');
/** runtime/cpu/cpu_state.h */
const STATE = { rax: 0, rdi: 56, rip: 128, budget: 184, instructions: 192 };
const EXIT = { budget: 1, kernel: 2, trap: 3 };
const LEAVE = -(2n ** 63n);
const CODE = 0x400000;
const CACHE = [0x600000, 0x800000];
const RX = 5;

function makeMachine(syscall = () => 0n, isAwaited = undefined) {
  const reports = [];
  const kernelBytes = new Uint8Array(4096);
  const kernel = {
    view: () => kernelBytes,
    exports: { kernel_syscall: syscall, kernel_in_syscall: () => 0 },
  };
  const memories = new ProcessMemories(cpuModule, (message) => reports.push(message), undefined, Infinity, isAwaited);
  memories.connect(kernel);
  return { memories, imports: memories.imports(), kernelBytes, reports };
}

/** A process whose memory holds `code` and that is about to run it. */
function makeProcess(machine, code, budget = 1000n) {
  const { imports, memories } = machine;
  const id = imports.memory_create();
  assert.ok(id > 0);
  assert.equal(imports.memory_grow(id, 0x800000 / 65536), 0);
  imports.cpu_reset(id, ...CACHE);
  machine.kernelBytes.set(code);
  imports.memory_write(id, CODE, 0, code.length);
  imports.memory_set_flags(id, CODE >> 12, 1, RX);
  const state = new DataView(memories.table[id].memory.buffer, imports.cpu_state(id));
  state.setBigUint64(STATE.rip, BigInt(CODE), true);
  state.setBigInt64(STATE.budget, budget, true);
  return { id, state };
}

test('a new memory is zero above and has a page map', () => {
  const { imports, memories, kernelBytes } = makeMachine();
  const id = imports.memory_create();
  assert.equal(memories.table[id].memory.buffer.byteLength, 0x200000);
  assert.equal(imports.memory_grow(id, 0x500000 / 65536), 0);
  imports.memory_fill(id, 0x400000, 7, 10);
  imports.memory_move(id, 0x400005, 0x400000, 10);
  imports.memory_read(id, 0x400000, 100, 16);
  assert.deepEqual([...kernelBytes.subarray(100, 116)], [...Array(15).fill(7), 0]);
  assert.equal(imports.memory_find_zero(id, 0x400000, 100), 15);
  assert.equal(imports.memory_find_zero(id, 0x400000, 10), 10);
  imports.memory_set_flags(id, 0x400, 3, 5);
  const map = new Uint8Array(memories.table[id].memory.buffer, 0x100000 + 0x3ff, 5);
  assert.deepEqual([...map], [0, 5, 5, 5, 0]);
  imports.memory_release(id);
});

test('a used memory comes back as new', () => {
  const { imports, memories, kernelBytes } = makeMachine();
  const first = imports.memory_create();
  imports.memory_grow(first, 0x400000 / 65536);
  imports.memory_fill(first, 0x300000, 9, 0x100000);
  imports.memory_set_flags(first, 0x300, 1, 7);
  memories.writable(first, 0x280000, 100).fill(3);
  const { memory } = memories.table[first];
  imports.memory_release(first);
  const second = imports.memory_create();
  assert.equal(memories.table[second].memory, memory);
  assert.equal(memories.created, 1);
  imports.memory_grow(second, 0x500000 / 65536);
  imports.memory_read(second, 0x300000, 0, 4096);
  assert.ok(kernelBytes.every((byte) => byte === 0));
  imports.memory_read(second, 0x280000, 0, 4096);
  assert.ok(kernelBytes.every((byte) => byte === 0));
  assert.equal(new Uint8Array(memory.buffer)[0x100000 + 0x300], 0);
  const other = imports.memory_create();
  assert.notEqual(memories.table[other].memory, memory);
});

test('a memory can’t grow beyond its maximum', () => {
  const { imports } = makeMachine();
  const id = imports.memory_create();
  assert.equal(imports.memory_grow(id, 65537), -ERRNO.ENOMEM);
});

test('guest code runs and calls the kernel', () => {
  const calls = [];
  const machine = makeMachine((...args) => {
    calls.push(args.slice(0, 2));
    return calls.length < 2 ? 33n : LEAVE;
  });
  // mov eax, 1; mov edi, 5; syscall; mov edi, eax; syscall; ud2
  const code = [0xb8, 1, 0, 0, 0, 0xbf, 5, 0, 0, 0, 0x0f, 5, 0x89, 0xc7, 0x0f, 5, 0x0f, 0x0b];
  const { id, state } = makeProcess(machine, code);
  assert.equal(machine.imports.cpu_run(id), EXIT.kernel);
  assert.deepEqual(calls, [[1n, 5n], [33n, 33n]]);
  assert.equal(state.getBigUint64(STATE.rdi, true), 33n);
});

test('traps and budget come back as exits', () => {
  const machine = makeMachine();
  const trap = makeProcess(machine, [0x0f, 0x0b]); // ud2
  assert.equal(machine.imports.cpu_run(trap.id), EXIT.trap);
  assert.equal(trap.state.getBigUint64(STATE.rip, true), BigInt(CODE));
  const loop = makeProcess(machine, [0xeb, 0xfe]); // jmp to itself
  assert.equal(machine.imports.cpu_run(loop.id), EXIT.budget);
  assert.equal(loop.state.getBigUint64(STATE.rip, true), BigInt(CODE));
});

const LOOP = [0xeb, 0xfe]; // jmp to itself
const LOOP_AND_TRAP = [0xb9, 200, 0, 0, 0, 0xff, 0xc9, 0x75, 0xfc, 0x0f, 0x0b]; // mov ecx, 200; dec ecx; jnz; ud2

test('a slice in pieces is as long as a whole one, whatever ends it', () => {
  for (const code of [LOOP, LOOP_AND_TRAP]) {
    const [whole, pieces] = [undefined, () => false].map((isAwaited) => {
      const machine = makeMachine(undefined, isAwaited);
      const { id, state } = makeProcess(machine, code);
      const reason = machine.imports.cpu_run(id);
      return { reason, budget: state.getBigInt64(STATE.budget, true), done: state.getBigUint64(STATE.instructions, true) };
    });
    assert.deepEqual(pieces, whole);
    assert.equal(whole.reason, code === LOOP ? EXIT.budget : EXIT.trap);
  }
});

test('who waits outside ends the slice after a piece, and the rest is run when it goes on', () => {
  let asked = 0;
  const machine = makeMachine(undefined, () => ++asked === 2);
  const { id, state } = makeProcess(machine, LOOP, 1000n);
  assert.equal(machine.imports.cpu_run(id), EXIT.kernel);
  assert.equal(asked, 2);
  assert.equal(machine.memories.slicesCutShort, 1);
  const done = state.getBigUint64(STATE.instructions, true);
  assert.ok(done >= 500n && done < 510n, `${done}`);
  assert.equal(state.getBigInt64(STATE.budget, true), 1000n - done);
  assert.equal(machine.imports.cpu_run(id), EXIT.budget);
  assert.ok(state.getBigUint64(STATE.instructions, true) >= 1000n);
  assert.equal(machine.memories.slicesCutShort, 1);
});

test('a slice that the kernel has interrupted is not gone on with', () => {
  const calls = [];
  const machine = makeMachine((number) => {
    calls.push(number);
    machine.imports.cpu_interrupt(machine.id);
    return 0n;
  }, () => false);
  const { id } = makeProcess(machine, [0x0f, 5, 0xeb, 0xfc]); // syscall; jmp back
  machine.id = id;
  assert.equal(machine.imports.cpu_run(id), EXIT.budget);
  assert.equal(calls.length, 1);
});

test('changed code is decoded anew once it has been invalidated', () => {
  const machine = makeMachine(() => LEAVE);
  const { id, state } = makeProcess(machine, [0xb8, 1, 0, 0, 0, 0x0f, 5]); // mov eax, 1; syscall
  machine.imports.cpu_run(id);
  machine.kernelBytes[0] = 2;
  machine.imports.memory_write(id, CODE + 1, 0, 1);
  machine.imports.memory_invalidate(id, CODE, CODE + 4096);
  state.setBigUint64(STATE.rip, BigInt(CODE), true);
  machine.imports.cpu_run(id);
  assert.equal(state.getBigUint64(STATE.rax, true), 2n);
});

test('a trap inside the cpu ends the process, not the host', () => {
  const machine = makeMachine();
  const { id } = makeProcess(machine, [0x90, 0x0f, 0x0b]);
  const { cpu } = machine.memories.table[id];
  const top = cpu.__stack_pointer.value;
  // A cpu that has lost its mind: its stack pointer points below the stack.
  cpu.__stack_pointer.value = 16;
  assert.equal(machine.imports.cpu_run(id), -1);
  assert.equal(cpu.__stack_pointer.value, top);
  assert.match(machine.reports[0], /interpreter failed/);
});

test('a trap inside the kernel passes on', () => {
  const machine = makeMachine(() => {
    throw new WebAssembly.RuntimeError('unreachable');
  });
  machine.memories.kernel.exports.kernel_in_syscall = () => 1;
  const { id } = makeProcess(machine, [0x0f, 5]);
  assert.throws(() => machine.imports.cpu_run(id), WebAssembly.RuntimeError);
});
