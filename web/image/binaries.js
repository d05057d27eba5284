/** Where cpu.wasm and kernel.wasm are, for commands that run a machine. */
export function binariesDirectory() {
  const override = process.env.ELFIN_BINARIES;
  if (override) return new URL(`file://${override.endsWith('/') ? override : `${override}/`}`);
  return new URL('../../build/wasm/web/', import.meta.url);
}
