/** A WebAssembly binary from a web server, compiled. Throws an Error with a sentence. */
export async function fetchBinary(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: the server answers ${response.status}`);
  // Streaming is quicker and lets the browser keep the code, but wants the right media type.
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('application/wasm')) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}
