// Runs cases that `insn_fuzz --emit FILE` wrote in cpu.wasm and compares with what they say.
//   node run_wasm.mjs CPU.wasm FILE
// The format is in emitter.h, CpuState in runtime/cpu/cpu_state.h, the exports in docs/binary-interfaces.md.
import { readFileSync } from 'node:fs';

const WASM_PAGE = 0x10000;
const PAGE_MAP = 0x100000;
const BUDGET_OFFSET = 184;
const BUDGET = 1000000n;
/** As StateRanges in emitter.cc. */
const STATE_RANGES = [[0, 184], [200, 236], [240, 264], [320, 448]];
for (let n = 0; n < 16; n++) STATE_RANGES.push([448 + 64 * n, 448 + 64 * n + 16]);
const STATE_SIZE = STATE_RANGES.reduce((sum, [begin, end]) => sum + end - begin, 0);
const SHOWN = 10;

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = 0;
  }
  get done() {
    return this.at >= this.bytes.length;
  }
  word() {
    this.at += 4;
    return this.view.getUint32(this.at - 4, true);
  }
  take(size) {
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }
  text(size) {
    return new TextDecoder().decode(this.take(size));
  }
}

function readZones(reader, count) {
  const zones = [];
  for (let n = 0; n < count; n++) {
    const begin = reader.word();
    const end = reader.word();
    zones.push({ begin, end, flags: reader.word(), contents: reader.take(end - begin) });
  }
  return zones;
}

function readCase(reader) {
  const name = reader.text(reader.word());
  const code = reader.take(reader.word());
  const patches = [];
  for (let left = reader.word(); left > 0; left--) {
    const address = reader.word();
    patches.push({ address, bytes: reader.take(reader.word()) });
  }
  const before = reader.take(STATE_SIZE);
  const after = reader.take(STATE_SIZE);
  const reason = reader.word();
  const changes = new Map();
  for (let left = reader.word(); left > 0; left--) {
    const address = reader.word();
    changes.set(address, reader.word());
  }
  return { name, code, patches, before, after, reason, changes };
}

/** cpu.wasm in a memory with the zones. */
class Machine {
  constructor(wasm, zones, cacheBegin, cacheEnd) {
    this.memory = new WebAssembly.Memory({ initial: cacheEnd / WASM_PAGE, maximum: 65536 });
    this.bytes = new Uint8Array(this.memory.buffer);
    this.words = new Uint32Array(this.memory.buffer);
    this.view = new DataView(this.memory.buffer);
    const leave = -(1n << 63n); // kSyscallLeave
    const imports = { env: { memory: this.memory }, kernel: { syscall: () => leave } };
    this.cpu = new WebAssembly.Instance(new WebAssembly.Module(wasm), imports).exports;
    this.cpu.cpu_reset(cacheBegin, cacheEnd);
    this.state = this.cpu.cpu_state();
    this.stackTop = this.cpu.__stack_pointer.value;
    this.zones = zones;
    this.code = zones[0];
    for (const zone of zones) {
      this.bytes.set(zone.contents, zone.begin);
      this.bytes.fill(zone.flags, PAGE_MAP + (zone.begin >>> 12), PAGE_MAP + (zone.end >>> 12));
    }
    this.writable = zones.filter((zone) => zone !== this.code && (zone.flags & 2) !== 0);
    for (const zone of this.writable) {
      zone.words = new Uint32Array(new Uint8Array(zone.contents).buffer);
    }
  }

  run(test) {
    const rip = Number(new DataView(test.before.buffer, test.before.byteOffset).getBigUint64(128, true));
    this.cpu.cpu_invalidate(this.code.begin, this.code.end);
    this.bytes.set(this.code.contents, this.code.begin);
    this.bytes.set(test.code, rip);
    for (const zone of this.writable) this.words.set(zone.words, zone.begin / 4);
    for (const { address, bytes } of test.patches) this.bytes.set(bytes, address);
    let at = 0;
    for (const [begin, end] of STATE_RANGES) {
      this.bytes.set(test.before.subarray(at, at + end - begin), this.state + begin);
      at += end - begin;
    }
    this.view.setBigInt64(this.state + BUDGET_OFFSET, BUDGET, true);
    return this.cpu.cpu_run();
  }

  /** Differences between what is here and what the case says, as lines. */
  *differences(test, reason) {
    if (reason !== test.reason) yield `exit reason ${reason}, not ${test.reason}`;
    let at = 0;
    for (const [begin, end] of STATE_RANGES) {
      for (let offset = begin; offset < end; offset += 4, at += 4) {
        const found = this.view.getUint32(this.state + offset, true);
        const wanted = (test.after[at] | test.after[at + 1] << 8 | test.after[at + 2] << 16 |
          test.after[at + 3] << 24) >>> 0;
        if (found !== wanted) yield `CpuState+${offset}: ${found.toString(16)}, not ${wanted.toString(16)}`;
      }
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

const [wasmPath, casesPath] = process.argv.slice(2);
if (casesPath === undefined) {
  console.error('usage: node run_wasm.mjs CPU.wasm FILE');
  process.exit(2);
}
const reader = new Reader(readFileSync(casesPath));
if (reader.text(4) !== 'ELFZ' || reader.word() !== 1) throw new Error(`${casesPath}: no cases of this version`);
const zoneCount = reader.word();
const [cacheBegin, cacheEnd] = [reader.word(), reader.word()];
const machine = new Machine(readFileSync(wasmPath), readZones(reader, zoneCount), cacheBegin, cacheEnd);
let cases = 0;
let different = 0;
while (!reader.done) {
  const test = readCase(reader);
  cases++;
  let lines;
  try {
    lines = [...machine.differences(test, machine.run(test))];
  } catch (error) {
    lines = [`cpu.wasm trapped: ${error.message}`];
    machine.cpu.__stack_pointer.value = machine.stackTop;
  }
  if (lines.length === 0) continue;
  if (++different > SHOWN) continue;
  const bytes = [...test.code].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  console.log(`--- ${test.name}: ${bytes}\n  ${lines.slice(0, 12).join('\n  ')}`);
}
console.log(`${cases} cases in cpu.wasm, ${different} differ`);
process.exit(different === 0 ? 0 : 1);
