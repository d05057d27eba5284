/**
 * Pieces of bytes put together to longer ones, where each piece has its price.
 * @param {AsyncIterable<Uint8Array>} pieces
 * @param {number} size of what comes out, at least; the last one may be shorter
 */
export async function* gathered(pieces, size) {
  let parts = [];
  let have = 0;
  const joined = () => {
    const bytes = new Uint8Array(have);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    parts = [];
    have = 0;
    return bytes;
  };
  for await (const piece of pieces) {
    parts.push(piece);
    have += piece.length;
    if (have >= size) yield joined();
  }
  if (have > 0) yield joined();
}
