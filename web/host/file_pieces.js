/** Files of the guest by pieces: none is too long for memory. `files` is a MachineFiles, or has its methods. */
import { gathered } from './gathered.js';

const PIECE_BYTES = 1 << 20;

/** What a file holds from `offset` on, at most `length` bytes. */
export async function* readPieces(files, path, { offset = 0, length = Infinity } = {}) {
  for (let done = 0; done < length;) {
    const wanted = Math.min(PIECE_BYTES, length - done);
    const piece = await files.readFile(path, { offset: offset + done, length: wanted });
    if (piece.length > 0) yield piece;
    if (piece.length < wanted) return;
    done += piece.length;
  }
}

/** Creates the file, or replaces what it holds. @param {AsyncIterable<Uint8Array>} pieces */
export async function writePieces(files, path, pieces, mode) {
  let append = false;
  for await (const piece of gathered(pieces, PIECE_BYTES)) {
    await files.writeFile(path, piece, { mode, append });
    append = true;
  }
  if (!append) await files.writeFile(path, '', { mode });
}
