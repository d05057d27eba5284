/** Where the package's binaries are. Written out one by one: so bundlers find them and put them where they want. */
export const BINARIES = Object.freeze({
  'cpu.wasm': new URL('../binaries/cpu.wasm', import.meta.url).href,
  'kernel.wasm': new URL('../binaries/kernel.wasm', import.meta.url).href,
  'jit.wasm': new URL('../binaries/jit.wasm', import.meta.url).href,
});

/** A disk of a few megabytes with nothing but a shell, /bin/mksh: something to run at once. */
export const SHELL_DISK = new URL('../binaries/shell.img', import.meta.url).href;
