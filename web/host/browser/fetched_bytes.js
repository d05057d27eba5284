/** What comes from a web server, unpacked where it was stored compressed. Errors are sentences. */

const GZIP_MAGIC = [0x1f, 0x8b];

/** A stream again as it was, and its first bytes. */
async function peek(stream, count) {
  const reader = stream.getReader();
  const pieces = [];
  let have = 0;
  let ended = false;
  while (have < count && !ended) {
    const { value, done } = await reader.read();
    ended = done;
    if (value) pieces.push(value);
    have += value?.length ?? 0;
  }
  const first = pieces.flatMap((piece) => [...piece.subarray(0, count)]).slice(0, count);
  const again = new ReadableStream({
    pull: async (controller) => {
      if (pieces.length > 0) return void controller.enqueue(pieces.shift());
      const { value, done } = ended ? { done: true } : await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { first, again };
}

/** Tells how much has passed. */
function counting(progress, total) {
  let loaded = 0;
  return new TransformStream({
    transform: (piece, controller) => {
      loaded += piece.length;
      progress({ loaded, total });
      controller.enqueue(piece);
    },
  });
}

/**
 * What may be gzipped, unpacked. Its first bytes tell: some servers unpack a `.gz` on the way.
 * @param {ReadableStream<Uint8Array>} body
 * @returns {Promise<ReadableStream<Uint8Array>>}
 */
export async function unpacked(body) {
  const { first, again } = await peek(body, GZIP_MAGIC.length);
  const isPacked = GZIP_MAGIC.every((byte, index) => first[index] === byte);
  return isPacked ? again.pipeThrough(new DecompressionStream('gzip')) : again;
}

/**
 * The body of a file that may be gzipped.
 * @param {(done: {loaded: number, total?: number}) => void} [progress] in bytes as they come
 * @returns {Promise<ReadableStream<Uint8Array>>}
 */
export async function fetchUnpacked(url, progress) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: the server answers ${response.status}`);
  const total = Number(response.headers.get('content-length')) || undefined;
  return unpacked(progress ? response.body.pipeThrough(counting(progress, total)) : response.body);
}
