// A static web server in the test's own process that shows faults on request.
import http from 'node:http';

/**
 * @param {(path: string) => Buffer | undefined} locate
 * @param {{ranges?: boolean}} [options] `ranges`: answers them
 * @returns {Promise<{origin: string, requests: object[], fault?: Function, headers: object, close: () => Promise<void>}>}
 *   `requests`: what came so far; `fault(request, response, content)`: true where it has answered itself;
 *   `headers`: sent with each file
 */
export async function serveFaulty(locate, { ranges = false } = {}) {
  const state = { requests: [], fault: undefined, headers: {} };
  const server = http.createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    const { range } = request.headers;
    state.requests.push({ path, range, method: request.method });
    const content = locate(path);
    if (state.fault?.({ path, range, count: state.requests.length }, response, content)) return;
    if (content === undefined) return void response.writeHead(404).end('not here');
    const asked = ranges && /^bytes=(\d+)-(\d+)$/.exec(range ?? '');
    if (!asked) {
      response.writeHead(200, { 'content-length': content.length, ...state.headers });
      return void response.end(request.method === 'HEAD' ? undefined : content);
    }
    sendRange(response, content, Number(asked[1]), Number(asked[2]), state.headers);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  return Object.assign(state, { origin: `http://127.0.0.1:${server.address().port}`, close });
}

export function sendRange(response, content, begin, last, headers = {}) {
  const end = Math.min(last + 1, content.length);
  response.writeHead(206, {
    'content-length': end - begin,
    'content-range': `bytes ${begin}-${end - 1}/${content.length}`,
    ...headers,
  });
  response.end(content.subarray(begin, end));
}
