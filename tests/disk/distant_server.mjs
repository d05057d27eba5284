// A static web server, in a process of its own, as far away as it is told: with ranges, counting what it is asked
// for. It ends with its standard input.
//
//     node distant_server.mjs FOLDER MILLISECONDS
//
// Its first line is its port; each line that it is sent is answered by what came since the last, as JSON.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { spawn } from 'node:child_process';
import { parseRange } from '../../web/server/byte_range.js';

/** Starts one. @returns {Promise<{origin: string, counts: () => Promise<{requests: number, bytes: number, atOnce: number}>, close: () => void}>} */
export async function startDistantServer(folder, milliseconds = 0) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), folder, `${milliseconds}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value);
  const port = await next();
  const counts = () => {
    child.stdin.write('\n');
    return next();
  };
  return { origin: `http://127.0.0.1:${port}`, counts, close: () => child.kill() };
}

function serve(folder, milliseconds) {
  const none = { requests: 0, bytes: 0, atOnce: 0 };
  let counts = { ...none };
  let underWay = 0;
  const answer = (request, response) => {
    const file = path.join(folder, path.normalize(decodeURIComponent(new URL(request.url, 'http://host').pathname)));
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile()) return void response.writeHead(404).end();
    const { size, mtimeMs } = stat;
    const range = parseRange(request.headers.range, size);
    const { begin, end } = range === 'whole' ? { begin: 0, end: size } : range;
    counts.bytes += end - begin;
    response.writeHead(range === 'whole' ? 200 : 206, {
      'content-length': end - begin, etag: `"${size}-${mtimeMs}"`,
      ...(range === 'whole' ? {} : { 'content-range': `bytes ${begin}-${end - 1}/${size}` }),
    });
    if (end === begin) response.end();
    else fs.createReadStream(file, { start: begin, end: end - 1 }).pipe(response);
  };
  const server = http.createServer((request, response) => {
    counts.requests++;
    counts.atOnce = Math.max(counts.atOnce, ++underWay);
    response.on('close', () => underWay--);
    setTimeout(answer, milliseconds, request, response);
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
  const asked = readline.createInterface({ input: process.stdin });
  asked.on('line', () => {
    console.log(JSON.stringify(counts));
    counts = { ...none };
  });
  asked.on('close', () => process.exit());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) serve(process.argv[2], Number(process.argv[3]));
