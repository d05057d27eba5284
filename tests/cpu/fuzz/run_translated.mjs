// The third way: runs cases that `insn_fuzz --emit FILE` wrote translated, and compares with what they say.
//   node run_translated.mjs [--show N] [--pages PERCENT] [--dump BATCH] DIRECTORY FILE
// DIRECTORY has cpu.wasm and jit.wasm; FILE - is standard input. The last batch goes to BATCH, for
// translate_dump --region (of a file with one case: insn_fuzz --only).
//
//   cases ─▶ interpreted in cpu.wasm; what cpu_select describes ─┐
//   batches of regions ◀─────────────────────────────────────────┘
//        └─▶ jit.wasm ─▶ one module for hundreds of cases ─▶ each case again, translated
//
// All regions keep their addresses, so those of one batch must differ; a case waits for the next batch
// where they don't.
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { withoutBackgroundCompilers } from '../../../web/host/node/background_compilers.js';
import { Region, packBatch, unpackAnswer } from '../../../web/host/translation_batch.js';
import { Translator } from '../../../web/host/translator.js';
import { CaseFile, hex } from './case_file.mjs';
import { CaseMachine } from './case_machine.mjs';

withoutBackgroundCompilers();

/** ExitReason, TrapKind, PageFlags, TranslationMode, RegionOptions. */
const TRANSLATE = 4;
const PAGE_FAULT = 14;
const PAGE_WRITE = 2;
const SYNCHRONOUS = 2;
const PAGE_CHECKS = 1;
const TRAP_OFFSET_IN_AFTER = 184;
const GUEST_BEGIN = 0x200000;

const CASES_A_BATCH = 250;

const { values: options, positionals } = parseArgs({
  options: {
    show: { type: 'string', default: '10' },
    pages: { type: 'string', default: '30' },
    dump: { type: 'string' },
  },
  allowPositionals: true,
});
if (positionals.length !== 2) {
  console.error('usage: node run_translated.mjs [--show N] [--pages PERCENT] [--dump BATCH] DIRECTORY FILE');
  process.exit(2);
}

/** The difference that a case alone shows, by the rest of its name. */
const tally = { cases: 0, translated: 0, insns: 0, interpreted: 0, different: 0, modules: 0, bytes: 0 };
const failures = new Map();

function complain(test, how, lines) {
  const bucket = test.name.replace(/ #\d+$/, '');
  const count = (failures.get(bucket) ?? 0) + 1;
  failures.set(bucket, count);
  tally.different++;
  if (count > (bucket === 'block' ? 10 : 2) || failures.size > Number(options.show)) return;
  const text = lines.slice(0, 12).join('\n  ');
  console.log(`--- ${test.name}, ${how}: at ${test.rip.toString(16)}: ${hex(test.code)}\n  ${text}`);
}

/** A cpu, its function table and the cases that wait for their translation. */
class Lane {
  #machine;
  #translator;
  #regionOptions;
  #memorySize;
  #firstSlot;
  #waiting = [];
  #later = [];
  #entries = new Set();
  #targets = new Set();

  constructor(cpu, translator, file, regionOptions) {
    const codeFlags = file.zones[0].flags & ~PAGE_WRITE; // writable code would mean page checks
    this.#machine = new CaseMachine(cpu, file, codeFlags);
    this.#machine.cpu.cpu_configure(SYNCHRONOUS, 0, regionOptions);
    this.#translator = translator;
    this.#regionOptions = regionOptions;
    this.#memorySize = file.cacheEnd;
    const table = this.#machine.cpu.__indirect_function_table;
    this.#firstSlot = table.length;
    table.set(0, this.#machine.cpu.cpu_unresolved); // as web/host/translated_modules.js has it
  }

  get #how() {
    return this.#regionOptions === 0 ? 'range checks' : 'page checks';
  }

  /** Without page checks a hole in the memory can be read and everything be written (design.md, Faults). */
  takes(test) {
    if (this.#regionOptions === PAGE_CHECKS) return true;
    const after = new DataView(test.after.buffer);
    if (test.reason !== 3 || after.getUint32(TRAP_OFFSET_IN_AFTER, true) !== PAGE_FAULT) return true;
    const address = after.getBigUint64(TRAP_OFFSET_IN_AFTER + 8, true);
    return address < GUEST_BEGIN || address >= this.#memorySize;
  }

  add(test) {
    const regions = this.#interpret(test);
    if (regions === undefined) return;
    const targets = [...regions.flatMap(callsOf), ...indirectTargetsOf(test)];
    const part = { test, regions, targets };
    if (this.#clashes(part)) this.#later.push(part);
    else this.#accept(part);
    if (this.#waiting.length >= CASES_A_BATCH || this.#later.length >= CASES_A_BATCH) this.flush();
  }

  flush() {
    if (this.#waiting.length > 0) this.#runBatch();
    const later = this.#later;
    this.#later = [];
    for (const part of later) {
      if (this.#clashes(part)) this.#later.push(part);
      else this.#accept(part);
    }
  }

  finish() {
    while (this.#waiting.length > 0 || this.#later.length > 0) this.flush();
  }

  /** Runs the case with nothing translated. @returns {Region[] | undefined} what could be translated */
  #interpret(test) {
    const machine = this.#machine;
    const regions = [];
    try {
      machine.prepare(test);
      let reason = machine.cpu.cpu_run();
      for (; reason === TRANSLATE; reason = machine.cpu.cpu_run()) {
        const address = machine.view.getUint32(machine.state + 128, true);
        const words = this.#select(address);
        if (words !== undefined) regions.push(words);
      }
      const lines = [...machine.differences(test, reason)];
      if (lines.length > 0) {
        // Code is not writable here.
        const faulted = machine.view.getUint32(machine.state + 200, true) === PAGE_FAULT;
        const at = machine.view.getUint32(machine.state + 208, true);
        if (faulted && at >= machine.code.begin && at < machine.code.end) return undefined;
        complain(test, 'interpreted', lines);
        return undefined;
      }
    } catch (error) {
      machine.recover();
      complain(test, 'interpreted', [`cpu.wasm trapped: ${error.message}`]);
      return undefined;
    }
    if (regions.length > 0) return regions;
    tally.interpreted++;
    return undefined;
  }

  #select(entry) {
    const address = this.#machine.cpu.cpu_select(entry) >>> 0;
    if (address === 0) return undefined;
    const size = this.#machine.words[address / 4];
    return this.#machine.words.slice(address / 4, (address + size) / 4);
  }

  #clashes({ regions, targets }) {
    return regions.some((words) => this.#entries.has(words[1]) || this.#targets.has(words[1])) ||
      targets.some((target) => this.#entries.has(target));
  }

  #accept(part) {
    this.#waiting.push(part);
    for (const words of part.regions) this.#entries.add(words[1]);
    for (const target of part.targets) this.#targets.add(target);
  }

  #runBatch() {
    const parts = this.#waiting;
    this.#waiting = [];
    this.#entries.clear();
    this.#targets.clear();
    let answers;
    try {
      answers = this.#translate(parts);
    } catch (error) {
      if (parts.length === 1) return complain(parts[0].test, this.#how, [String(error.message)]);
      for (const part of parts) {
        this.#waiting = [part];
        this.#runBatch();
      }
      return;
    }
    for (const part of parts) this.#runTranslated(part, answers);
  }

  /** @returns {Map<number, Uint32Array>} slot → entries */
  #translate(parts) {
    const { cpu, memory } = this.#machine;
    const table = cpu.__indirect_function_table;
    let next = this.#firstSlot;
    for (const part of parts) {
      const slots = new Map();
      const slotOf = (address) => {
        if (!slots.has(address)) slots.set(address, next++);
        return slots.get(address);
      };
      part.translations = part.regions.map((words) => new Region(words, slotOf));
    }
    if (next > table.length) table.grow(next - table.length + 64, cpu.cpu_unresolved);
    for (let slot = this.#firstSlot; slot < table.length; slot++) table.set(slot, cpu.cpu_unresolved);
    const batch = packBatch(parts.flatMap((part) => part.translations));
    if (options.dump !== undefined) writeFileSync(options.dump, batch);
    const answer = this.#translator.translate(batch);
    if (answer === undefined) throw new Error('jit.wasm failed');
    const { regions, module } = unpackAnswer(answer);
    tally.modules++;
    tally.bytes += module.length;
    if (module.length > 0) {
      new WebAssembly.Instance(new WebAssembly.Module(module), { elfin: { ...cpu, memory, table } });
    }
    for (const { insns } of regions) tally.insns += insns;
    return new Map(regions.map(({ slot, entries }) => [slot, entries]));
  }

  #runTranslated({ test, translations }, answers) {
    const machine = this.#machine;
    const { cpu } = machine;
    try {
      machine.prepare(test);
      const module = cpu.cpu_begin_module();
      let installed = 0;
      for (const region of translations) {
        const entries = answers.get(region.slot);
        if (entries === undefined || entries.length === 0) continue;
        const at = (cpu.cpu_region_buffer() >>> 0) / 4;
        machine.words.set(region.words, at);
        machine.words.set(entries, at + region.words.length);
        installed += cpu.cpu_install_region(module, region.slot, entries.length);
      }
      if (installed > 0) tally.translated++;
      else tally.interpreted++;
      let reason = cpu.cpu_run();
      while (reason === TRANSLATE) reason = cpu.cpu_run();
      const lines = [...machine.differences(test, reason, true)];
      if (lines.length > 0) complain(test, this.#how, lines);
    } catch (error) {
      machine.recover();
      complain(test, this.#how, [`trapped: ${error.message}`]);
    }
  }
}

/** Where a block's indirect jumps can go: what its LEA of r10 and r11 make (blocks.cc). */
function indirectTargetsOf({ code, rip }) {
  const targets = [];
  const view = new DataView(code.buffer, code.byteOffset, code.length);
  for (let at = 0; at + 7 <= code.length; at++) {
    const isLea = code[at] === 0x4c && code[at + 1] === 0x8d && (code[at + 2] === 0x1d || code[at + 2] === 0x15);
    if (isLea) targets.push(rip + at + 7 + view.getInt32(at + 3, true));
  }
  return targets;
}

function callsOf(words) {
  const calls = 6 + 2 * words[3];
  return Array.from({ length: words[4] }, (_, n) => words[calls + 2 * n]);
}

const [directory, casesPath] = positionals;
const file = new CaseFile(casesPath === '-' ? 0 : openSync(casesPath));
const cpu = new WebAssembly.Module(readFileSync(`${directory}/cpu.wasm`));
const jit = new WebAssembly.Module(readFileSync(`${directory}/jit.wasm`));
const translator = new Translator(jit, (message) => console.log(message));
const ranges = new Lane(cpu, translator, file, 0);
const pages = new Lane(cpu, translator, file, PAGE_CHECKS);
for (const test of file.cases()) {
  const withPages = tally.cases % 100 < Number(options.pages) || !ranges.takes(test);
  (withPages ? pages : ranges).add(test);
  tally.cases++;
}
ranges.finish();
pages.finish();
for (const [bucket, count] of failures) console.log(`${bucket.padEnd(24)} ${count} differ`);
const megabytes = (tally.bytes / 1e6).toFixed(1);
console.log(`${tally.cases} cases, ${tally.interpreted} of them only interpreted; ${tally.insns} instructions in ` +
  `${tally.modules} modules (${megabytes} MB)`);
console.log(`${tally.cases - tally.different} passed, ${tally.different} failed`);
process.exit(tally.different === 0 ? 0 : 1);
