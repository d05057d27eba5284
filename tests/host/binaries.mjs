// Where the tests find cpu.wasm and kernel.wasm: ELFIN_BINARIES, else the wasm preset's build.
import fs from 'node:fs';

const override = process.env.ELFIN_BINARIES;
export const BINARIES = override
  ? new URL(`file://${override}/`)
  : new URL('../../build/wasm/web/', import.meta.url);

export const loadBinary = (name) =>
  new WebAssembly.Module(fs.readFileSync(new URL(name, BINARIES)));
