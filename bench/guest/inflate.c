// A decoder of deflate streams (RFC 1951): codes looked up by their next ten bits, longer ones bit
// by bit. Size: how often a stream of 1 MiB of text is decoded.
#include "deflate.h"

enum { kText = 1 << 20, kTableBits = 10 };

struct BitReader {
  const uint8_t *from, *end;
  uint64_t bits;
  int count;
};

static void Refill(struct BitReader* reader) {
  for (; reader->count <= 48; reader->count += 8) {
    const uint64_t byte = reader->from < reader->end ? *reader->from++ : 0;
    reader->bits |= byte << reader->count;
  }
}

static uint32_t TakeBits(struct BitReader* reader, int count) {
  const uint32_t value = (uint32_t)(reader->bits & ((1u << count) - 1));
  reader->bits >>= count;
  reader->count -= count;
  return value;
}

// A prefix code. `table` has symbol and length for codes of up to kTableBits; the others are found
// by counting, as their codes of one length follow each other.
struct Code {
  uint16_t table[1 << kTableBits];  // symbol << 4 | length, 0: longer
  uint16_t used[kLongestCode + 1], sorted[kSymbols + 2];
};

static void BuildCode(struct Code* code, const uint8_t* lengths, int count) {
  uint16_t codes[kSymbols + 2], place[kLongestCode + 2] = {0};
  memset(code, 0, sizeof *code);
  AssignCodes(lengths, count, codes);
  for (int i = 0; i < count; ++i) ++code->used[lengths[i]];
  code->used[0] = 0;
  for (int n = 1; n <= kLongestCode; ++n) place[n + 1] = (uint16_t)(place[n] + code->used[n]);
  for (int i = 0; i < count; ++i) {
    const int length = lengths[i];
    if (length == 0) continue;
    code->sorted[place[length]++] = (uint16_t)i;
    for (int entry = codes[i]; length <= kTableBits && entry < 1 << kTableBits;
         entry += 1 << length) {
      code->table[entry] = (uint16_t)(i << 4 | length);
    }
  }
}

static int TakeLongSymbol(struct BitReader* reader, const struct Code* code) {
  int value = 0, first = 0, index = 0;
  for (int length = 1; length <= kLongestCode; ++length) {
    value |= (int)TakeBits(reader, 1);
    if (value - first < code->used[length]) return code->sorted[index + value - first];
    index += code->used[length];
    first = (first + code->used[length]) << 1;
    value <<= 1;
  }
  return -1;
}

static int TakeSymbol(struct BitReader* reader, const struct Code* code) {
  Refill(reader);
  const uint16_t entry = code->table[reader->bits & ((1 << kTableBits) - 1)];
  if (entry == 0) return TakeLongSymbol(reader, code);
  TakeBits(reader, entry & 15);
  return entry >> 4;
}

// The code lengths at a block's beginning. → whether they make sense
static int ReadCodes(struct BitReader* reader, struct Code* symbols, struct Code* distances) {
  Refill(reader);
  const int symbol_count = 257 + (int)TakeBits(reader, 5);
  const int distance_count = 1 + (int)TakeBits(reader, 5);
  const int meta_count = 4 + (int)TakeBits(reader, 4);
  uint8_t lengths[kSymbols + 2 + 32 + 138] = {0}, meta_lengths[19] = {0};
  for (int i = 0; i < meta_count; ++i) {
    Refill(reader);
    meta_lengths[kCodeLengthOrder[i]] = (uint8_t)TakeBits(reader, 3);
  }
  BuildCode(symbols, meta_lengths, 19);
  for (int i = 0; i < symbol_count + distance_count;) {
    const int symbol = TakeSymbol(reader, symbols);
    if (symbol < 0 || (symbol == 16 && i == 0)) return 0;
    if (symbol < 16) {
      lengths[i++] = (uint8_t)symbol;
      continue;
    }
    const uint8_t repeated = symbol == 16 ? lengths[i - 1] : 0;
    uint32_t run = symbol == 16   ? 3 + TakeBits(reader, 2)
                   : symbol == 17 ? 3 + TakeBits(reader, 3)
                                  : 11 + TakeBits(reader, 7);
    for (; run > 0; --run) lengths[i++] = repeated;
  }
  BuildCode(symbols, lengths, symbol_count);
  BuildCode(distances, lengths + symbol_count, distance_count);
  return 1;
}

// How many bytes of `to`, which has room for `room`, came out; 0 for a stream that is none.
static size_t Inflate(const uint8_t* from, size_t count, uint8_t* to, size_t room) {
  static struct Code symbols, distances;
  struct BitReader reader = {from, from + count, 0, 0};
  uint8_t* const start = to;
  for (int last = 0; !last;) {
    Refill(&reader);
    last = (int)TakeBits(&reader, 1);
    if (TakeBits(&reader, 2) != 2 || !ReadCodes(&reader, &symbols, &distances)) return 0;
    for (int symbol; (symbol = TakeSymbol(&reader, &symbols)) != kEndOfBlock;) {
      if (symbol < kEndOfBlock) {
        if (symbol < 0 || to == start + room) return 0;
        *to++ = (uint8_t)symbol;
        continue;
      }
      if (symbol >= kSymbols) return 0;
      size_t length = length_base[symbol - 257] + TakeBits(&reader, length_bits[symbol - 257]);
      const int way = TakeSymbol(&reader, &distances);
      if (way < 0 || way >= kDistances) return 0;
      const size_t distance = distance_base[way] + TakeBits(&reader, distance_bits[way]);
      if (distance > (size_t)(to - start) || length > room - (size_t)(to - start)) return 0;
      for (; length > 0; --length, ++to) *to = to[-(ptrdiff_t)distance];
    }
  }
  return (size_t)(to - start);
}

int main(int argc, char** argv) {
  const long rounds = KernelSize(argc, argv, 300);
  uint8_t* text = Allocate(kText);
  uint8_t* stream = Allocate(2 * kText);
  uint8_t* back = Allocate(kText);
  MakeBases();
  FillText(text, kText, 9);
  const size_t size = Deflate(text, kText, stream);
  uint64_t checksum = size;
  for (long round = 0; round < rounds; ++round) {
    memset(back, 0, kText);
    if (Inflate(stream, size, back, kText) != kText || memcmp(text, back, kText)) return 1;
    for (size_t at = 0; at < kText; at += 4093) checksum = Mix(checksum, back[at]);
  }
  return PrintChecksum("inflate", checksum);
}
