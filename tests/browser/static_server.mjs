// A plain static server: files by path, their media types, and nothing else: no header isolates the page.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/**
 * @param {(urlPath: string) => string | Buffer | undefined} locate the file for a path, or its content
 * @returns {Promise<{origin: string, close: () => void}>}
 */
export async function serveStatic(locate) {
  const server = http.createServer((request, response) => {
    const urlPath = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    const found = locate(urlPath);
    const content = typeof found === 'string' && fs.existsSync(found) ? fs.readFileSync(found) : found;
    if (!Buffer.isBuffer(content)) return void response.writeHead(404).end();
    const type = TYPES[path.extname(urlPath)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-length': content.length });
    response.end(request.method === 'HEAD' ? undefined : content);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
