/**
 * The translator's worker, but for how a worker gets its messages: node/jit_worker.js has Node's,
 * browser/jit_worker.js a browser's.
 *
 *   in: {batch: Uint8Array}
 *   out: {answer: Uint8Array, milliseconds}, {error: string, milliseconds}, and any time {report: string}
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
    const milliseconds = () => performance.now() - started;
    try {
      translator ??= new Translator(loadModule(), (report) => port.post({ report }));
      const answer = translator.translate(batch);
      port.post({ answer, milliseconds: milliseconds() }, [answer.buffer]);
    } catch (error) {
      port.post({ error: error.message, milliseconds: milliseconds() });
    }
  };
}
