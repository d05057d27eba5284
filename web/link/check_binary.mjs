// Checks a linked binary against its interface file: exactly those imports and exports, data in bounds.
//   node check_binary.mjs FILE.wasm FILE.interface
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [wasmPath, interfacePath] = process.argv.slice(2);

/** The names in a table of HELPER(name, …) rows, whose path is relative to the interface file. */
function helpers(path, table) {
  const text = readFileSync(join(dirname(path), table), 'utf8');
  return [...text.matchAll(/^HELPER\((\w+),/gm)].map((match) => match[1]);
}

/** The interface file's lines as {imports, exports, bounds}. */
function readInterface(path) {
  const wanted = { imports: new Set(), exports: new Set(), bounds: [] };
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [kind, name, argument] = line.split('#')[0].trim().split(/\s+/);
    if (kind === 'import') wanted.imports.add(`${name} ${argument}`);
    else if (kind === 'export') wanted.exports.add(`${name} ${argument}`);
    else if (kind === 'helpers') for (const helper of helpers(path, name)) wanted.exports.add(`${helper} function`);
    else if (kind === 'below') wanted.bounds.push({ name, limit: Number(argument) });
    else if (kind) throw new Error(`${path}: unknown line: ${line}`);
  }
  return wanted;
}

function* differences(what, wanted, found) {
  for (const entry of found) if (!wanted.has(entry)) yield `unexpected ${what}: ${entry}`;
  for (const entry of wanted) if (!found.has(entry)) yield `missing ${what}: ${entry}`;
}

/** An instance over imports that are never called: only its constant globals are read. */
function instantiate(module) {
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] =
      kind === 'memory' ? new WebAssembly.Memory({ initial: 64, maximum: 64 }) : () => 0n;
  }
  return new WebAssembly.Instance(module, imports);
}

const wanted = readInterface(interfacePath);
const module = new WebAssembly.Module(readFileSync(wasmPath));
const imports = new Set(
  WebAssembly.Module.imports(module).map((i) => `${i.module}.${i.name} ${i.kind}`));
const exports = new Set(WebAssembly.Module.exports(module).map((e) => `${e.name} ${e.kind}`));
const problems = [
  ...differences('import', wanted.imports, imports),
  ...differences('export', wanted.exports, exports),
];
if (problems.length === 0 && wanted.bounds.length > 0) {
  const instance = instantiate(module);
  for (const { name, limit } of wanted.bounds) {
    const value = instance.exports[name].value;
    if (value > limit) problems.push(`${name} is 0x${value.toString(16)}, past 0x${limit.toString(16)}`);
  }
}
for (const problem of problems) console.error(`${wasmPath}: ${problem}`);
process.exit(problems.length === 0 ? 0 : 1);
