/**
 * cpu.wasm in a memory with the zones of a file of cases: puts cases there, runs them, compares.
 * CpuState is in runtime/cpu/cpu_state.h, the exports in docs/binary-interfaces.md.
 */
import { STATE_RANGES } from './case_file.mjs';

const WASM_PAGE = 0x10000;
const PAGE_MAP = 0x100000;
const BUDGET_OFFSET = 184;
const BUDGET = 1000000n;
const FLAG_RESULT_OFFSET = 136;
const FLAG_CARRY_OFFSET = 144;
const MXCSR_OFFSET = 216;
const DENORMAL = 2;
const PAGE_WRITE = 2;

export class CaseMachine {
  /**
   * @param {Uint8Array | WebAssembly.Module} wasm cpu.wasm
   * @param {import('./case_file.mjs').CaseFile} file
   * @param {number} [codeFlags] the page flags of the code zone
   */
  constructor(wasm, file, codeFlags = file.zones[0].flags) {
    const { zones } = file;
    this.memory = new WebAssembly.Memory({ initial: file.cacheEnd / WASM_PAGE, maximum: 65536 });
    this.bytes = new Uint8Array(this.memory.buffer);
    this.words = new Uint32Array(this.memory.buffer);
    this.view = new DataView(this.memory.buffer);
    const leave = -(1n << 63n); // kSyscallLeave
    const imports = { env: { memory: this.memory }, kernel: { syscall: () => leave }, host: { retire() {} } };
    const module = wasm instanceof WebAssembly.Module ? wasm : new WebAssembly.Module(wasm);
    this.cpu = new WebAssembly.Instance(module, imports).exports;
    this.cpu.cpu_reset(file.cacheBegin, file.cacheEnd);
    this.state = this.cpu.cpu_state();
    this.stackTop = this.cpu.__stack_pointer.value;
    this.code = zones[0];
    for (const zone of zones) {
      this.bytes.set(zone.contents, zone.begin);
      const flags = zone === this.code ? codeFlags : zone.flags;
      this.bytes.fill(flags, PAGE_MAP + (zone.begin >>> 12), PAGE_MAP + (zone.end >>> 12));
    }
    this.writable = zones.filter((zone) => zone !== this.code && (zone.flags & PAGE_WRITE) !== 0);
    for (const zone of this.writable) {
      zone.words ??= new Uint32Array(zone.contents.slice().buffer);
    }
  }

  /** Memory and registers as they are before the case. */
  prepare(test) {
    this.cpu.cpu_invalidate(this.code.begin, this.code.end);
    this.bytes.set(this.code.contents, this.code.begin);
    this.bytes.set(test.code, test.rip);
    for (const zone of this.writable) this.words.set(zone.words, zone.begin / 4);
    for (const { address, bytes } of test.patches) this.bytes.set(bytes, address);
    let at = 0;
    for (const [begin, end] of STATE_RANGES) {
      this.bytes.set(test.before.subarray(at, at + end - begin), this.state + begin);
      at += end - begin;
    }
    this.view.setBigInt64(this.state + BUDGET_OFFSET, BUDGET, true);
  }

  /** After a trap of cpu.wasm's own. */
  recover() {
    this.cpu.__stack_pointer.value = this.stackTop;
  }

  /** Differences between what is here and what the case says, as lines. */
  *differences(test, reason, translated = false) {
    if (reason !== test.reason) yield `exit reason ${reason}, not ${test.reason}`;
    const after = new DataView(test.after.buffer);
    let at = 0;
    for (const [begin, end] of STATE_RANGES) {
      for (let offset = begin; offset < end; offset += 4, at += 4) {
        const found = this.view.getUint32(this.state + offset, true);
        const wanted = after.getUint32(at, true);
        if (found === wanted) continue;
        if (translated) {
          // The words of equal flags may differ: they are compared as flags.
          if (offset >= FLAG_RESULT_OFFSET && offset < FLAG_CARRY_OFFSET + 8) continue;
          // Translated code doesn't note that operands of ordinary results were denormal (EmitMachine).
          if (offset === MXCSR_OFFSET && (found | DENORMAL) === wanted) continue;
        }
        yield `${nameOf(offset)}: ${found.toString(16)}, not ${wanted.toString(16)}`;
      }
    }
    if (translated) {
      const found = flagsOf(this.view, this.state + FLAG_RESULT_OFFSET);
      const wanted = flagsOf(after, FLAG_RESULT_OFFSET);
      if (found !== wanted) yield `flags: ${flagText(found)}, not ${flagText(wanted)}`;
    }
    for (const zone of this.writable) {
      for (let address = zone.begin, n = 0; address < zone.end; address += 4, n++) {
        const found = this.words[address / 4];
        const wanted = test.changes.get(address) ?? zone.words[n];
        if (found !== wanted) {
          yield `[${address.toString(16)}]: ${found.toString(16)}, not ${wanted.toString(16)}`;
        }
      }
    }
  }
}

const REGISTERS = ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11', 'r12',
  'r13', 'r14', 'r15', 'rip'];
const FLAG_LETTERS = 'OSZAPC';

function nameOf(offset) {
  const half = (offset & 4) !== 0 ? '+4' : '';
  if (offset < 136) return `${REGISTERS[offset >> 3]}${half}`;
  if (offset === MXCSR_OFFSET) return 'mxcsr';
  if (offset >= 448) return `xmm${(offset - 448) >> 6}+${(offset - 448) & 63}`;
  return `CpuState+${offset}`;
}

/** OF SF ZF AF PF CF of the lazy words, as jit/semantics/flags.h reads them. */
function flagsOf(view, at) {
  const [resultLow, resultHigh] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
  const [carryLow, carryHigh] = [view.getUint32(at + 8, true), view.getUint32(at + 12, true)];
  const zero = (resultLow | resultHigh) === 0 ? 1 : 0;
  const sign = (resultHigh >>> 31) ^ (carryLow & 1);
  const overflow = (carryHigh >>> 31) ^ ((carryHigh >>> 30) & 1);
  let parity = (resultLow ^ (carryLow >>> 8)) & 0xff;
  parity ^= parity >> 4;
  parity = ~(0x6996 >> (parity & 15)) & 1;
  return (overflow << 5) | (sign << 4) | (zero << 3) | (((carryLow >>> 3) & 1) << 2) | (parity << 1) |
    (carryHigh >>> 31);
}

function flagText(flags) {
  return [...FLAG_LETTERS].filter((_, n) => (flags & (32 >> n)) !== 0).join('') || '-';
}
