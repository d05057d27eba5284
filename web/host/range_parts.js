/**
 * Calls back for the parts of [offset, offset + length) that lie in one unit each: unit, place in it, place in the range,
 * length. For stores that keep a disk in pieces of one size.
 * @param {{size: number}} store what it is for; a range that ends beyond its size throws EIO
 * @param {number} unitBytes
 * @param {(unit: number, within: number, done: number, count: number) => void} action
 */
export function forEachPart(store, unitBytes, offset, length, action) {
  if (offset + length > store.size) throw Object.assign(new Error('beyond the end'), { code: 'EIO' });
  for (let done = 0; done < length;) {
    const within = (offset + done) % unitBytes;
    const count = Math.min(unitBytes - within, length - done);
    action((offset + done - within) / unitBytes, within, done, count);
    done += count;
  }
}
