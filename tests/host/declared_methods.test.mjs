// What the declarations promise is there: a method that is missing would only be found by who calls it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { WorkerFiles } from '../../web/host/browser/worker_files.js';
import { MachineFiles } from '../../web/host/machine_files.js';

const DECLARATIONS = new URL('../../web/host/machine_files.d.ts', import.meta.url);

/** The methods of a declared interface or class. */
function declaredMethods(name) {
  const text = fs.readFileSync(DECLARATIONS, 'utf8');
  const [, body] = new RegExp(`^export (?:interface|class) ${name}\\b[^{]*\\{\n(.*?)^\\}`, 'ms').exec(text);
  return [...new Set([...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, method]) => method))];
}

test('every declared method of machine.fs is there, here and in a worker', () => {
  const declared = declaredMethods('MachineFiles');
  assert.ok(declared.includes('readFile') && declared.includes('removeAttribute'), `${declared}`);
  for (const files of [new MachineFiles(() => {}), new WorkerFiles(() => {})]) {
    const missing = declared.filter((method) => typeof files[method] !== 'function');
    assert.deepEqual(missing, [], files.constructor.name);
  }
});
