/** A WebAssembly binary from a web server, compiled while it comes. Throws an Error with a sentence. */
import { fetchUnpacked } from './fetched_bytes.js';

export async function fetchBinary(url) {
  // Streaming wants the right media type, which not every server knows.
  const headers = { 'content-type': 'application/wasm' };
  if (String(url).endsWith('.gz')) {
    return WebAssembly.compileStreaming(new Response(await fetchUnpacked(url), { headers }));
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: the server answers ${response.status}`);
  // As it comes from the server where that is right: then the browser keeps the compiled code, too.
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('application/wasm')) return WebAssembly.compileStreaming(response);
  return WebAssembly.compileStreaming(new Response(response.body, { headers }));
}
