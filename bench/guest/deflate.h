// Deflate streams (RFC 1951): the tables that both ways need, and an encoder that makes something
// to decode: blocks with codes of their own, greedy matches from a small hash table.
#ifndef ELFIN_BENCH_GUEST_DEFLATE_H_
#define ELFIN_BENCH_GUEST_DEFLATE_H_

#include <string.h>

#include "kernel.h"

enum {
  kTokensInBlock = 16000,
  kLongestCode = 15,
  kSymbols = 286,
  kDistances = 30,
  kEndOfBlock = 256,
  kWindow = 1 << 15,
  kLongestMatch = 258,
};

static const uint8_t kCodeLengthOrder[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                             11, 4,  12, 3, 13, 2, 14, 1, 15};
static uint16_t length_base[29], distance_base[30];
static uint8_t length_bits[29], distance_bits[30];

static void MakeBases(void) {
  for (int i = 0, base = 3; i < 28; ++i) {
    length_bits[i] = (uint8_t)(i < 8 ? 0 : (i - 4) / 4);
    length_base[i] = (uint16_t)base;
    base += 1 << length_bits[i];
  }
  length_base[28] = 258;
  for (int i = 0, base = 1; i < 30; ++i) {
    distance_bits[i] = (uint8_t)(i < 4 ? 0 : (i - 2) / 2);
    distance_base[i] = (uint16_t)base;
    base += 1 << distance_bits[i];
  }
}

// The code of each symbol by its length, as section 3.2.2 has it, with the first bit lowest.
static void AssignCodes(const uint8_t* lengths, int count, uint16_t* codes) {
  uint16_t next[kLongestCode + 2] = {0}, used[kLongestCode + 1] = {0};
  for (int i = 0; i < count; ++i) ++used[lengths[i]];
  used[0] = 0;
  for (int n = 1; n <= kLongestCode; ++n) next[n + 1] = (uint16_t)((next[n] + used[n]) << 1);
  for (int i = 0; i < count; ++i) {
    uint16_t code = lengths[i] ? next[lengths[i]]++ : 0, reversed = 0;
    for (int n = 0; n < lengths[i]; ++n, code >>= 1)
      reversed = (uint16_t)(reversed << 1 | (code & 1));
    codes[i] = reversed;
  }
}

struct BitWriter {
  uint8_t* to;
  uint64_t bits;
  int count;
};

static void PutBits(struct BitWriter* writer, uint32_t value, int count) {
  writer->bits |= (uint64_t)value << writer->count;
  for (writer->count += count; writer->count >= 8; writer->count -= 8, writer->bits >>= 8) {
    *writer->to++ = (uint8_t)writer->bits;
  }
}

// Lengths after Shannon (the logarithm of the rarity, rounded up), then shortened where there is
// room, the frequent symbols first, until the code is complete. Each gets at least one bit.
static void ChooseLengths(const uint32_t* frequencies, int count, uint8_t* lengths) {
  uint64_t total = 0;
  for (int i = 0; i < count; ++i) total += frequencies[i];
  int64_t room = 1 << kLongestCode;
  for (int i = 0; i < count; ++i) {
    lengths[i] = 0;
    if (frequencies[i] == 0) continue;
    lengths[i] = 1;
    while (lengths[i] < kLongestCode && (uint64_t)frequencies[i] << lengths[i] < total)
      ++lengths[i];
    room -= 1 << (kLongestCode - lengths[i]);
  }
  for (int shortest = 1; room > 0 && shortest <= kLongestCode; ++shortest) {
    for (int i = 0; i < count; ++i) {
      while (lengths[i] > shortest && room >= 1 << (kLongestCode - lengths[i])) {
        room -= 1 << (kLongestCode - lengths[i]);
        --lengths[i];
      }
    }
  }
}

// A literal (distance 0) or a match.
struct Token {
  uint16_t value, distance;
};

static int LengthSymbol(unsigned length) {
  int i = 28;
  while (length < length_base[i]) --i;
  return i;
}

static int DistanceSymbol(unsigned distance) {
  int i = 29;
  while (distance < distance_base[i]) --i;
  return i;
}

// The code lengths of a block: 13 of their symbols in 4 bits, the 6 rare ones in 5; long runs of 0
// as 18.
static void PutLengths(struct BitWriter* writer, const uint8_t* lengths) {
  uint8_t meta_lengths[19];
  uint16_t meta_codes[19];
  for (int i = 0; i < 19; ++i) meta_lengths[kCodeLengthOrder[i]] = i < 13 ? 4 : 5;
  AssignCodes(meta_lengths, 19, meta_codes);
  PutBits(writer, kSymbols - 257, 5);
  PutBits(writer, kDistances - 1, 5);
  PutBits(writer, 19 - 4, 4);
  for (int i = 0; i < 19; ++i) PutBits(writer, meta_lengths[kCodeLengthOrder[i]], 3);
  for (int i = 0, run; i < kSymbols + kDistances; i += run) {
    for (run = 0; i + run < kSymbols + kDistances && lengths[i + run] == 0 && run < 138;) ++run;
    if (run < 11) run = 1;
    const int symbol = run > 1 ? 18 : lengths[i];
    PutBits(writer, meta_codes[symbol], meta_lengths[symbol]);
    if (run > 1) PutBits(writer, (uint32_t)run - 11, 7);
  }
}

static void PutBlock(struct BitWriter* writer, const struct Token* tokens, int count, int last) {
  uint32_t frequencies[kSymbols + kDistances] = {[kEndOfBlock] = 1};
  for (int i = 0; i < count; ++i) {
    const struct Token token = tokens[i];
    ++frequencies[token.distance ? 257 + LengthSymbol(token.value) : token.value];
    if (token.distance) ++frequencies[kSymbols + DistanceSymbol(token.distance)];
  }
  uint8_t lengths[kSymbols + kDistances];
  uint16_t codes[kSymbols + kDistances];
  ChooseLengths(frequencies, kSymbols, lengths);
  ChooseLengths(frequencies + kSymbols, kDistances, lengths + kSymbols);
  AssignCodes(lengths, kSymbols, codes);
  AssignCodes(lengths + kSymbols, kDistances, codes + kSymbols);
  PutBits(writer, (uint32_t)last | 2 << 1, 3);
  PutLengths(writer, lengths);
  for (int i = 0; i < count; ++i) {
    const struct Token token = tokens[i];
    if (token.distance == 0) {
      PutBits(writer, codes[token.value], lengths[token.value]);
      continue;
    }
    const int a = LengthSymbol(token.value), b = DistanceSymbol(token.distance);
    PutBits(writer, codes[257 + a], lengths[257 + a]);
    PutBits(writer, (uint32_t)(token.value - length_base[a]), length_bits[a]);
    PutBits(writer, codes[kSymbols + b], lengths[kSymbols + b]);
    PutBits(writer, (uint32_t)(token.distance - distance_base[b]), distance_bits[b]);
  }
  PutBits(writer, codes[kEndOfBlock], lengths[kEndOfBlock]);
}

// The stream that decodes to `count` bytes at `from`; `to` has room for twice as many. → its length
static size_t Deflate(const uint8_t* from, size_t count, uint8_t* to) {
  static int32_t latest[1 << 15];
  static struct Token tokens[kTokensInBlock];
  struct BitWriter writer = {to, 0, 0};
  int collected = 0;
  memset(latest, -1, sizeof latest);
  for (size_t at = 0; at < count;) {
    size_t length = 0, earlier = 0;
    if (at + 4 <= count) {
      uint32_t word;
      memcpy(&word, from + at, 4);
      int32_t* slot = &latest[word * 2654435761u >> 17];
      earlier = *slot >= 0 && at - (size_t)*slot < kWindow ? (size_t)*slot : at;
      while (earlier != at && length < kLongestMatch && at + length < count &&
             from[earlier + length] == from[at + length]) {
        ++length;
      }
      *slot = (int32_t)at;
    }
    const int match = length >= 4;
    tokens[collected++] = match ? (struct Token){(uint16_t)length, (uint16_t)(at - earlier)}
                                : (struct Token){from[at], 0};
    at += match ? length : 1;
    if (collected < kTokensInBlock && at < count) continue;
    PutBlock(&writer, tokens, collected, at == count);
    collected = 0;
  }
  PutBits(&writer, 0, 7);  // what is left of the last byte
  return (size_t)(writer.to - to);
}

#endif  // ELFIN_BENCH_GUEST_DEFLATE_H_
