/**
 * The translator's worker in a browser: a module worker. Its first message is {translator: URL of jit.wasm},
 * which is fetched at once; the others are ../jit_worker.js's, and wait until it has come.
 */
import { makeTranslationServer } from '../jit_worker.js';
import { fetchBinary } from './binary.js';

/** Resolves to jit.wasm, or to the error that it failed with. */
let loading;
let loaded;

const port = { post: (message, transfer) => postMessage(message, { transfer }) };
const serve = makeTranslationServer(port, () => {
  if (loaded instanceof Error) throw loaded;
  return loaded;
});

self.addEventListener('message', async ({ data }) => {
  if (data.translator !== undefined) {
    loading = fetchBinary(data.translator).catch((error) => error);
    return;
  }
  loaded ??= await loading;
  serve(data);
});
