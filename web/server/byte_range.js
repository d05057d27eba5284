/** The header Range: RFC 9110, section 14. */

/**
 * @param {string | undefined} header
 * @param {number} size of the whole
 * @returns {{begin: number, end: number} | 'whole' | 'unsatisfiable'} `whole` also for what is not understood or has
 *   several ranges, as the RFC lets a server do. `end` is behind the last byte.
 */
export function parseRange(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return 'whole';
  const [first, last] = [match[1], match[2]].map((text) => (text === '' ? undefined : Number(text)));
  if (first === undefined) {
    if (last === 0 || size === 0) return 'unsatisfiable';
    return { begin: Math.max(0, size - last), end: size };
  }
  if (last !== undefined && last < first) return 'whole';
  if (first >= size) return 'unsatisfiable';
  return { begin: first, end: Math.min(last ?? size - 1, size - 1) + 1 };
}
