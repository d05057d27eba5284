/** The translator's worker in Node: a worker_thread whose data is the URL of jit.wasm. */
import fs from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { makeTranslationServer } from '../jit_worker.js';

const port = { post: (message, transfer) => parentPort.postMessage(message, transfer) };
const loadModule = () => new WebAssembly.Module(fs.readFileSync(new URL(workerData)));

parentPort.on('message', makeTranslationServer(port, loadModule));
