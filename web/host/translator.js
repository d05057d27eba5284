/**
 * jit.wasm: a batch of regions in, a module out (jit/region/translation_request.h). A pure function of
 * its input, so it may run anywhere: in a worker beside the guest (jit_worker.js), or in the same thread.
 */
const ENOSYS = 52; // WASI's
const textDecoder = new TextDecoder();

export class Translator {
  #module;
  #report;
  #exports;

  /**
   * @param {WebAssembly.Module} module jit.wasm
   * @param {(message: string) => void} report
   */
  constructor(module, report) {
    this.#module = module;
    this.#report = report;
  }

  /**
   * @param {Uint8Array} batch
   * @returns {Uint8Array} the answer. Throws when it fails, and is as new then.
   */
  translate(batch) {
    try {
      this.#exports ??= this.#instantiate();
      const { memory, jit_alloc, jit_translate } = this.#exports;
      const request = jit_alloc(batch.length) >>> 0;
      new Uint8Array(memory.buffer).set(batch, request);
      const answer = jit_translate(request, batch.length) >>> 0;
      if (answer === 0) throw new Error('it takes the batch for malformed');
      const size = new DataView(memory.buffer).getUint32(answer, true);
      return new Uint8Array(memory.buffer).slice(answer, answer + size);
    } catch (error) {
      // Whatever state it is in: the next batch gets a new one.
      this.#exports = undefined;
      throw new Error(`the translator failed (a bug of Elfin's): ${error.stack ?? error}`);
    }
  }

  #instantiate() {
    let exports;
    const imports = {};
    for (const { module, name, kind } of WebAssembly.Module.imports(this.#module)) {
      imports[module] ??= {};
      if (kind === 'function') imports[module][name] = standIn(module, name);
    }
    imports.host ??= {};
    imports.host.report = (text, size) => {
      const bytes = new Uint8Array(exports.memory.buffer, text >>> 0, size >>> 0);
      this.#report(textDecoder.decode(bytes));
    };
    exports = new WebAssembly.Instance(this.#module, imports).exports;
    exports._initialize?.();
    return exports;
  }
}

/** What libc refers to and a translator has no use for. */
function standIn(module, name) {
  if (module === 'wasi_snapshot_preview1' && name !== 'proc_exit') return () => ENOSYS;
  return () => {
    throw new Error(`${module}.${name} was called`);
  };
}
