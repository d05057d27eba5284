// Just enough of WebAssembly's binary format to write small modules by hand.

const I32 = 0x7f;
const I64 = 0x7e;

/** Unsigned LEB128. */
function unsigned(value) {
  const bytes = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push((value % 128) | (rest > 0 ? 0x80 : 0));
    value = rest;
  } while (value > 0);
  return bytes;
}

/** Signed LEB128 of a number or BigInt. */
function signed(number) {
  let value = BigInt(number);
  const bytes = [];
  for (;;) {
    const byte = Number(value & 0x7fn);
    value >>= 7n;
    if ((value === 0n && (byte & 0x40) === 0) || (value === -1n && (byte & 0x40) !== 0)) {
      return [...bytes, byte];
    }
    bytes.push(byte | 0x80);
  }
}

const list = (items) => [...unsigned(items.length), ...items.flat()];
const name = (text) => list([...Buffer.from(text)].map((byte) => [byte]));
const section = (id, content) => [id, ...unsigned(content.length), ...content];
const functionType = (parameters, results) => [0x60, ...list(parameters.map((t) => [t])), ...list(results.map((t) => [t]))];
const body = (code) => [...unsigned(code.length + 2), 0, ...code, 0x0b];
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

export const local = (index) => [0x20, index];
export const i32 = (value) => [0x41, ...signed(value | 0)];
export const i64 = (value) => [0x42, ...signed(value)];
export const UNREACHABLE = [0x00];
const memoryAccess = (opcode, offset) => [opcode, 3, ...unsigned(offset)];

/** The i64 at parameter 0 (the CpuState) + offset becomes itself + amount. */
export const addToState = (offset, amount) => [
  ...local(0), ...local(0), ...memoryAccess(0x29, offset), ...i64(amount), 0x7c, ...memoryAccess(0x37, offset),
];
export const setState = (offset, value) => [...local(0), ...i64(value), ...memoryAccess(0x37, offset)];
/** return_call_indirect would be a tail call; this is a plain one of a translated function. */
export const callSlot = (slot, address) => [
  ...local(0), ...i32(address), ...local(2), ...i32(slot), 0x11, 0, 0,
];

/** A translated module: functions of type (state, address, stack) → address, each in its slot. */
export function translatedModule(functions) {
  return Uint8Array.from([
    ...HEADER,
    ...section(1, list([functionType([I32, I32, I32], [I32])])),
    ...section(2, list([
      [...name('elfin'), ...name('memory'), 2, 0, 0],
      [...name('elfin'), ...name('table'), 1, 0x70, 0, 0],
    ])),
    ...section(3, list(functions.map(() => [0]))),
    ...section(9, list(functions.map(({ slot }, i) => [0, ...i32(slot), 0x0b, 1, i]))),
    ...section(10, list(functions.map(({ code }) => body(code)))),
  ]);
}

/** jit_translate: the canned answer where the batch's first region has that slot; otherwise the empty one. */
const answerFor = (slot) =>
  [...i32(ANSWER), ...i32(EMPTY_ANSWER), ...local(0), 0x28, 2, 4, ...i32(slot), 0x46, 0x1b];
const ANSWER = 0x20000;
const EMPTY_ANSWER = 0x1000;
const REQUEST = 0x40000;

/**
 * A jit.wasm that gives one answer to every batch that begins with the region for `slot`, and one without
 * regions to others; or does `code`.
 */
export function fakeTranslator({ answer = [], slot = 0, code = answerFor(slot) }) {
  const bytes = list([...answer].map((byte) => [byte]));
  return Uint8Array.from([
    ...HEADER,
    ...section(1, list([functionType([I32], [I32]), functionType([I32, I32], [I32])])),
    ...section(3, list([[0], [1]])),
    ...section(5, list([[0, 8]])),
    ...section(7, list([
      [...name('memory'), 2, 0], [...name('jit_alloc'), 0, 0], [...name('jit_translate'), 0, 1],
    ])),
    ...section(10, list([body(i32(REQUEST)), body(code)])),
    ...section(11, list([
      [0, ...i32(ANSWER), 0x0b, ...bytes],
      [0, ...i32(EMPTY_ANSWER), 0x0b, ...list([...makeAnswer([])].map((byte) => [byte]))],
    ])),
  ]);
}

/** The answer of jit/region/translation_request.h. regions: {slot, insns, entries}. */
export function makeAnswer(regions, module = new Uint8Array(0)) {
  const words = regions.flatMap(({ slot, insns, entries }) => [slot, insns, entries.length, ...entries]);
  const head = Uint32Array.from([0, regions.length, ...words, module.length]);
  head[0] = 4 * head.length + module.length;
  return Buffer.concat([new Uint8Array(head.buffer), module]);
}
