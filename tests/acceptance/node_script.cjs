// A Node script: timers, promises, files, child processes, streams, a server, workers, WebAssembly, hot code.
const { execFileSync, spawn, fork } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const { once } = require('node:events');
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
const zlib = require('node:zlib');

function fibonacci(n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

/** Whether a function is run from the optimizing compiler's code, after so many calls. */
async function getsOptimized(run) {
  require('node:v8').setFlagsFromString('--allow-natives-syntax');
  const status = new Function('f', 'return %GetOptimizationStatus(f)');
  for (let turn = 0; turn < 2000; turn++) {
    run();
    if (status(run) & (1 << 6)) return true; // kTurboFanned
    await new Promise(setImmediate); // the compiler's thread is done when we come back, or soon
  }
  return false;
}

function mixNumbers() {
  let [whole, real] = [1, 0.5];
  for (let i = 0; i < 20000; i++) {
    whole = (Math.imul(whole, 31) + i) | 0;
    real = Math.sqrt(real * i + 2) - (whole & 7);
    if (real < 0) real = -real;
  }
  return `${whole} ${real}`;
}

async function main() {
  process.nextTick(() => console.log('tick'));
  await Promise.resolve().then(() => console.log('microtask'));
  await new Promise((resolve) => setTimeout(resolve, 5)).then(() => console.log('timer'));
  console.log(fibonacci(22), [3, 1, 2].sort(), JSON.stringify({ a: [1, { b: null }], c: 1 / 3 }), 2n ** 100n);
  let state = 1;
  const numbers = Array.from({ length: 50000 }, () => (state = (Math.imul(state, 1103515245) + 12345) >>> 1));
  console.log('optimized', await getsOptimized(mixNumbers), mixNumbers());
  console.log(numbers.sort((a, b) => a - b)[25000], new Map(numbers.map((n) => [n % 1000, n])).size);
  console.log('text with 42 and 17'.replace(/\d+/g, (n) => n * 2), [...'ünïcode'].reverse().join(''), 'a-b-c'.split('-'));
  console.log(crypto.createHash('sha256').update('text').digest('hex'), crypto.pbkdf2Sync('a', 'b', 1000, 16, 'sha1').toString('hex'));
  const packed = zlib.gzipSync('text '.repeat(10000));
  console.log(zlib.gunzipSync(packed).length, zlib.brotliDecompressSync(zlib.brotliCompressSync('abc')).toString());
  fs.writeFileSync('file', 'contents\n');
  await fs.promises.appendFile('file', 'more\n');
  console.log(fs.readFileSync('file', 'utf8'), fs.readdirSync('.'), (await fs.promises.stat('file')).size);
  console.log(execFileSync('tr', ['a-z', 'A-Z'], { input: 'child' }).toString());
  const child = spawn('sh', ['-c', 'cat; exit 3']);
  child.stdin.end('streamed');
  child.stdout.on('data', (bytes) => console.log(bytes.toString()));
  console.log(await once(child, 'close'));
  const killed = spawn('sleep', ['100']);
  killed.kill();
  console.log(await once(killed, 'exit'));
  const server = http.createServer((request, response) => response.end(`page ${request.url}`)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const get = (path) => new Promise((resolve) => http.get({ port: server.address().port, path, agent: false }, (response) => {
    let text = '';
    response.on('data', (bytes) => (text += bytes)).on('end', () => resolve(text));
  }));
  console.log(await Promise.all(['/a', '/b', '/c'].map(get)));
  server.close();
  const worker = new Worker(__filename, { workerData: 20 });
  console.log('worker', (await once(worker, 'message'))[0], await once(worker, 'exit'));
  const module = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 127, 127, 1, 127, 3, 2, 1, 0, 7, 7, 1, 3, 97, 100, 100, 0, 0, 10, 9, 1, 7, 0, 32, 0, 32, 1, 106, 11]);
  console.log((await WebAssembly.instantiate(module)).instance.exports.add(40, 2));
  process.on('SIGUSR2', () => console.log('signal'));
  process.kill(process.pid, 'SIGUSR2');
  await new Promise((resolve) => setTimeout(resolve, 20));
  try {
    null.x;
  } catch (error) {
    console.log(error.message);
  }
  process.exitCode = 5;
}

if (isMainThread) main();
else parentPort.postMessage(fibonacci(workerData));
