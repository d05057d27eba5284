/** A WebAssembly binary from a web server, compiled while it comes. Throws an Error with a sentence. */
import { unpacked } from './fetched_bytes.js';

export async function fetchBinary(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: the server answers ${response.status}`);
  // As it comes where that is right, from a server or our service worker: then the browser keeps the compiled code, too.
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('application/wasm')) return WebAssembly.compileStreaming(response);
  // Streaming wants the right media type, which not every server knows.
  const headers = { 'content-type': 'application/wasm' };
  return WebAssembly.compileStreaming(new Response(await unpacked(response.body), { headers }));
}
