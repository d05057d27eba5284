/** What a browser may lack that the machine can't do without, named before anything is started in vain. */

/** A module with one function of that type and body, which says whether a browser knows its instructions. */
const knows = (type, body) => typeof WebAssembly === 'object' && WebAssembly.validate(Uint8Array.of(
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // \0asm, version 1
  0x01, type.length + 1, 0x01, ...type, // one type
  0x03, 0x02, 0x01, 0x00, // one function of that type
  0x0a, body.length + 4, 0x01, body.length + 2, 0x00, ...body, 0x0b)); // its code: no locals

const NEEDS = [
  ['WebAssembly', () => typeof WebAssembly === 'object'],
  // () -> v128: i8x16.splat of 0
  ['WebAssembly SIMD', () => knows([0x60, 0x00, 0x01, 0x7b], [0x41, 0x00, 0xfd, 0x0f])],
  // () -> (): return_call of itself
  ['WebAssembly tail calls', () => knows([0x60, 0x00, 0x00], [0x12, 0x00])],
  ['DecompressionStream', () => typeof DecompressionStream === 'function'],
  ['Promise.withResolvers', () => typeof Promise.withResolvers === 'function'],
];

/** @returns {string | undefined} the first thing that is not there, by the name that browsers' makers use */
export function browserLack() {
  return NEEDS.find(([, isThere]) => !isThere())?.[0];
}
