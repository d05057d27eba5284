// Runs cases that `insn_fuzz --emit FILE` wrote in cpu.wasm and compares with what they say.
//   node run_wasm.mjs CPU.wasm FILE
import { openSync, readFileSync } from 'node:fs';
import { withoutBackgroundCompilers } from '../../../web/host/node/background_compilers.js';
import { CaseFile, hex } from './case_file.mjs';
import { CaseMachine } from './case_machine.mjs';

withoutBackgroundCompilers();

const SHOWN = 10;

const [wasmPath, casesPath] = process.argv.slice(2);
if (casesPath === undefined) {
  console.error('usage: node run_wasm.mjs CPU.wasm FILE');
  process.exit(2);
}
const file = new CaseFile(openSync(casesPath));
const machine = new CaseMachine(readFileSync(wasmPath), file);
let cases = 0;
let different = 0;
for (const test of file.cases()) {
  cases++;
  let lines;
  try {
    machine.prepare(test);
    lines = [...machine.differences(test, machine.cpu.cpu_run())];
  } catch (error) {
    lines = [`cpu.wasm trapped: ${error.message}`];
    machine.recover();
  }
  if (lines.length === 0) continue;
  if (++different > SHOWN) continue;
  console.log(`--- ${test.name}: ${hex(test.code)}\n  ${lines.slice(0, 12).join('\n  ')}`);
}
console.log(`${cases} cases in cpu.wasm, ${different} differ`);
process.exit(different === 0 ? 0 : 1);
