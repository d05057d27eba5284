/** The translator's worker in Node: a worker_thread whose data is the URL of jit.wasm. */
import { makeTranslationServer } from '../jit_worker.js';
import { fs, loadBuiltin } from './builtin.js';

const { parentPort, workerData } = loadBuiltin('worker_threads');

const port = { post: (message, transfer) => parentPort.postMessage(message, transfer) };
const loadModule = () => new WebAssembly.Module(fs.readFileSync(new URL(workerData)));

parentPort.on('message', makeTranslationServer(port, loadModule));
