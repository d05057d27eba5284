/** Bytes that were written to a file and are not yet where they belong: which, and what they are. */

const PIECE = 1 << 16;

/** Sorted, apart from each other: [from, to] pairs within one piece. */
function addRange(ranges, from, to) {
  const others = [];
  for (const [a, b] of ranges) {
    if (b < from || a > to) others.push([a, b]);
    else [from, to] = [Math.min(a, from), Math.max(b, to)];
  }
  others.push([from, to]);
  return others.sort(([a], [b]) => a - b);
}

export class FileChanges {
  /** How much memory they take. */
  get heldBytes() {
    return this.#pieces.size * PIECE;
  }

  get isEmpty() {
    return this.#pieces.size === 0;
  }

  /** @type {Map<number, {bytes: Uint8Array, ranges: [number, number][]}>} by index */
  #pieces = new Map();

  /** Calls back for each part of [offset, end) within one piece: index, place in the piece, length. */
  #forEachPart(offset, end, action) {
    for (let at = offset; at < end;) {
      const within = at % PIECE;
      const count = Math.min(PIECE - within, end - at);
      action((at - within) / PIECE, within, count, at - offset);
      at += count;
    }
  }

  /** Copies `bytes`. */
  put(offset, bytes) {
    this.#forEachPart(offset, offset + bytes.length, (index, within, count, done) => {
      let piece = this.#pieces.get(index);
      if (piece === undefined) this.#pieces.set(index, piece = { bytes: new Uint8Array(PIECE), ranges: [] });
      piece.bytes.set(bytes.subarray(done, done + count), within);
      piece.ranges = addRange(piece.ranges, within, within + count);
    });
  }

  /** What `later` has takes the place of what is here. */
  putAll(later) {
    for (const [index, { bytes, ranges }] of later.#pieces) {
      for (const [from, to] of ranges) this.put(index * PIECE + from, bytes.subarray(from, to));
    }
  }

  /** Forgets what lies at `size` and beyond. */
  truncate(size) {
    const last = Math.floor(size / PIECE);
    const keep = size % PIECE;
    for (const [index, piece] of this.#pieces) {
      if (index < last) continue;
      if (index === last) {
        piece.ranges = piece.ranges.filter(([from]) => from < keep).map(([from, to]) => [from, Math.min(to, keep)]);
      }
      if (index > last || piece.ranges.length === 0) this.#pieces.delete(index);
    }
  }

  /** Whether all of it is here. */
  covers(offset, length) {
    let whole = true;
    this.#forEachPart(offset, offset + length, (index, within, count) => {
      const ranges = this.#pieces.get(index)?.ranges ?? [];
      whole &&= ranges.some(([from, to]) => from <= within && within + count <= to);
    });
    return whole;
  }

  /** Copies what is here of [offset, offset + to.length) over `to`. */
  copyOver(offset, to) {
    this.#forEachPart(offset, offset + to.length, (index, within, count, done) => {
      const piece = this.#pieces.get(index);
      for (const [from, end] of piece?.ranges ?? []) {
        const [begin, stop] = [Math.max(from, within), Math.min(end, within + count)];
        if (begin < stop) to.set(piece.bytes.subarray(begin, stop), done + begin - within);
      }
    });
  }

  /** Runs of bytes without a gap, in order: {offset, parts}. Valid until the next change. */
  * runs() {
    let run;
    for (const index of [...this.#pieces.keys()].sort((a, b) => a - b)) {
      const { bytes, ranges } = this.#pieces.get(index);
      for (const [from, to] of ranges) {
        const offset = index * PIECE + from;
        if (run === undefined || run.end !== offset) {
          if (run !== undefined) yield run;
          run = { offset, end: offset, parts: [] };
        }
        run.parts.push(bytes.subarray(from, to));
        run.end = index * PIECE + to;
      }
    }
    if (run !== undefined) yield run;
  }
}
