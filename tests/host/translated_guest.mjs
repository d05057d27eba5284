// A process memory with a small program in it, run without a kernel: what the tests of translation use.
import assert from 'node:assert/strict';
import { makeTranslationServer } from '../../web/host/jit_worker.js';
import { ProcessMemories } from '../../web/host/process_memories.js';
import { Translation } from '../../web/host/translation.js';
import { loadBinary } from './binaries.mjs';
import { fakeTranslator, makeAnswer, translatedModule } from './wasm_encoder.mjs';

const cpuModule = loadBinary('cpu.wasm');
/** runtime/cpu/cpu_state.h */
export const STATE = { rax: 0, rcx: 8, rsp: 32, rip: 128, budget: 184, jumpCache: 300, span: 304 };
export const EXIT = { budget: 1, kernel: 2, trap: 3 };
export const INTERPRET = 0xffffffff;
export const LEAVE = -(2n ** 63n);
export const CODE = 0x400000;
const STACK = 0x500000;
export const CACHE = [0x600000, 0x1600000];
export const MEMORY_END = 0x1600000;
export const RX = 5;
export const RWX = 7;

/** top: inc eax; dec ecx; jnz top; (behind) syscall */
const LOOP = [0xff, 0xc0, 0xff, 0xc9, 0x75, 0xfa, 0x0f, 0x05];
export const BEHIND = CODE + 6;
export const FIRST_SLOT = firstSlot();

function firstSlot() {
  const memory = new WebAssembly.Memory({ initial: 32, maximum: 65536 });
  const imports = { env: { memory }, kernel: { syscall: () => 0n }, host: { retire() {} } };
  return new WebAssembly.Instance(cpuModule, imports).exports.__indirect_function_table.length;
}

export class Guest {
  constructor(translation, { code = LOOP, syscall = () => LEAVE, flags = RX, codePages = 2 } = {}) {
    this.reports = [];
    this.kernelBytes = new Uint8Array(4096);
    const kernel = {
      view: () => this.kernelBytes,
      exports: { kernel_syscall: syscall, kernel_in_syscall: () => 0 },
    };
    this.memories = new ProcessMemories(cpuModule, (line) => this.reports.push(line), translation);
    this.memories.connect(kernel);
    this.imports = this.memories.imports();
    this.id = this.imports.memory_create();
    assert.equal(this.imports.memory_grow(this.id, MEMORY_END / 65536), 0);
    this.imports.cpu_reset(this.id, ...CACHE);
    this.imports.memory_set_flags(this.id, STACK >> 12, 1, 3);
    this.write(CODE, code);
    this.imports.memory_set_flags(this.id, CODE >> 12, codePages, flags);
    this.switchTo(this.id);
  }

  /** The other methods are about that process memory from now on. */
  switchTo(id) {
    this.id = id;
    this.entry = this.memories.table[id];
    this.cpu = this.entry.cpu;
    this.table = this.cpu.__indirect_function_table;
  }

  get state() {
    return new DataView(this.entry.memory.buffer, this.cpu.cpu_state());
  }
  get rax() {
    return this.state.getBigUint64(STATE.rax, true);
  }
  get rip() {
    return Number(this.state.getBigUint64(STATE.rip, true));
  }

  write(address, bytes) {
    this.kernelBytes.set(bytes);
    this.imports.memory_write(this.id, address, 0, bytes.length);
  }

  run({ rcx = 10n, budget = 100000n, rip = CODE } = {}) {
    this.state.setBigUint64(STATE.rax, 0n, true);
    this.state.setBigUint64(STATE.rcx, rcx, true);
    this.state.setBigUint64(STATE.rsp, BigInt(STACK + 0x800), true);
    this.state.setBigUint64(STATE.rip, BigInt(rip), true);
    this.state.setBigInt64(STATE.budget, budget, true);
    return this.imports.cpu_run(this.id);
  }
}

export function platformFor(reports, worker) {
  return { report: (line) => reports.push(line), startTranslationWorker: worker };
}

/** Mode on with a worker whose answers come when the test says so. */
export function asyncGuest(code, { entry = CODE, ...options } = {}) {
  const answer = makeAnswer([{ slot: FIRST_SLOT, insns: 3, entries: [entry] }],
    translatedModule([{ slot: FIRST_SLOT, code }]));
  const batches = [];
  const reports = [];
  let reply;
  const platform = platformFor(reports, (onMessage) => {
    const module = new WebAssembly.Module(fakeTranslator({ answer, slot: FIRST_SLOT }));
    const serve = makeTranslationServer({ post: onMessage }, () => module);
    reply = () => serve(batches.shift());
    return { post: (message) => batches.push(message) };
  });
  const translation = new Translation({ mode: 'on', threshold: 3, workerDelay: 0, ...options }, platform);
  return { guest: new Guest(translation, options.guest), translation, batches, reports, reply: () => reply() };
}

