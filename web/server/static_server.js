/** A static file server on Node's own http: right media types, ranges, validators, and the page's headers. */
import fs from 'node:fs';
import http from 'node:http';
import { pipeline } from 'node:stream';
import { parseRange } from './byte_range.js';
import { mediaType } from './media_types.js';

const CONTENT_SECURITY_POLICY =
  "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'";
/** They isolate the page from other origins, which gives it SharedArrayBuffer and exact clocks. */
const ISOLATION = Object.freeze({
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
});
const COMMON = Object.freeze({
  'cache-control': 'no-cache', // kept, but asked for anew each time: cheap by the ETag
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'accept-ranges': 'bytes',
});

/** @typedef {{path: string} | {bytes: Uint8Array}} Content of a file, or made */

/** Size, ETag and a way to read a part. Throws what node:fs throws. */
function describe(content) {
  if (content.bytes) {
    const { bytes } = content;
    return { size: bytes.length, etag: undefined, send: (response, begin, end) => response.end(bytes.subarray(begin, end)) };
  }
  const stat = fs.statSync(content.path, { bigint: true });
  if (!stat.isFile()) throw Object.assign(new Error('no file'), { code: 'ENOENT' });
  return {
    size: Number(stat.size),
    etag: `"${stat.size.toString(16)}-${stat.mtimeNs.toString(16)}"`,
    send: (response, begin, end) => {
      if (end === begin) return void response.end();
      pipeline(fs.createReadStream(content.path, { start: begin, end: end - 1 }), response, () => {});
    },
  };
}

function respond(request, response, name, content, headers) {
  const { size, etag, send } = describe(content);
  const all = { ...COMMON, ...headers, 'content-type': mediaType(name), ...(etag ? { etag } : {}) };
  if (etag && request.headers['if-none-match'] === etag) return void response.writeHead(304, all).end();
  // A range of another version than the asker has is of no use.
  const wished = request.headers['if-range'] ?? etag;
  const range = wished === etag ? parseRange(request.headers.range, size) : 'whole';
  if (range === 'unsatisfiable') {
    return void response.writeHead(416, { ...all, 'content-range': `bytes */${size}` }).end();
  }
  const { begin, end } = range === 'whole' ? { begin: 0, end: size } : range;
  const part = range === 'whole' ? {} : { 'content-range': `bytes ${begin}-${end - 1}/${size}` };
  response.writeHead(range === 'whole' ? 200 : 206, { ...all, ...part, 'content-length': end - begin });
  if (request.method === 'HEAD') response.end();
  else send(response, begin, end);
}

function refuse(response, status, sentence) {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${sentence}\n`);
}

/**
 * @param {(path: string) => Content | undefined} locate by the address's path, decoded, without its first slash
 * @param {{isolated?: boolean, headers?: Record<string, string>}} [options]
 */
export function makeStaticServer(locate, { isolated = true, headers = {} } = {}) {
  return http.createServer((request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return void refuse(response, 405, 'Only GET and HEAD.');
    }
    let name;
    try {
      name = decodeURIComponent(new URL(request.url, 'http://host').pathname).slice(1) || 'index.html';
    } catch {
      return void refuse(response, 400, 'This address makes no sense.');
    }
    try {
      const content = name.includes('\0') ? undefined : locate(name);
      if (content === undefined) return void refuse(response, 404, 'There is nothing here.');
      respond(request, response, name, content, { ...(isolated ? ISOLATION : {}), ...headers });
    } catch (error) {
      const isMissing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
      refuse(response, isMissing ? 404 : 500, isMissing ? 'There is nothing here.' : error.message);
    }
  });
}
