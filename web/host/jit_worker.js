/**
 * The translator's worker, but for how a worker gets its messages: node/jit_worker.js has Node's,
 * browser/jit_worker.js a browser's.
 *
 *   in: {batch: Uint8Array}    out: {answer?: Uint8Array, milliseconds} or {report: string}
 */
import { Translator } from './translator.js';

/**
 * @param {{post: (message: object, transfer?: ArrayBuffer[]) => void}} port
 * @param {() => WebAssembly.Module} loadModule called at the first batch
 * @returns {(message: {batch: Uint8Array}) => void} what to do with a message
 */
export function makeTranslationServer(port, loadModule) {
  let translator;
  return ({ batch }) => {
    const started = performance.now();
    let answer;
    try {
      translator ??= new Translator(loadModule(), (report) => port.post({ report }));
      answer = translator.translate(batch);
    } catch (error) {
      port.post({ report: `the translator can't be loaded: ${error.message}` });
    }
    const milliseconds = performance.now() - started;
    port.post({ answer, milliseconds }, answer ? [answer.buffer] : []);
  };
}
