/** A tree as one tar archive: sorted, so that the same tree gives the same bytes. */
import fs from 'node:fs';
import { packHeader, packPadding, TAR_END } from './tar_writer.js';

const PIECE = 1 << 20;

/** The bytes of a body, piece by piece, of at most 1 MiB where it lies in a file. */
export function* bodyOf({ file, bytes, offset = 0, size }) {
  if (bytes) return void (yield bytes);
  const descriptor = fs.openSync(file, 'r');
  try {
    for (let done = 0; done < size;) {
      const piece = Buffer.alloc(Math.min(PIECE, size - done));
      const count = fs.readSync(descriptor, piece, 0, piece.length, offset + done);
      if (count === 0) throw new Error(`${file} has become shorter`);
      yield piece.subarray(0, count);
      done += count;
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

function entryOf(path, node, firstPath) {
  const { mode, uid, gid, mtime, major, minor } = node;
  const common = { name: path, mode, uid, gid, mtime: Math.floor(mtime), major, minor };
  if (firstPath !== undefined) return { ...common, type: '1', linkName: firstPath, size: 0, xattrs: {} };
  const size = node.body?.size ?? 0;
  return { ...common, type: node.type, linkName: node.target, size, xattrs: node.xattrs };
}

/**
 * @param {import('./tree.js').Tree} tree
 * @returns {Generator<Buffer>}
 */
export function* archiveOf(tree) {
  /** @type {Map<object, string>} files with several names → the first */
  const written = new Map();
  yield packHeader(entryOf('./', tree.root));
  for (const { path, node } of tree.walk()) {
    const first = written.get(node);
    yield packHeader(entryOf(node.children ? `${path}/` : path, node, first));
    if (first === undefined && node.body) {
      yield* bodyOf(node.body);
      yield packPadding(node.body.size);
    }
    if (first === undefined && !node.children) written.set(node, path);
  }
  yield TAR_END;
}
