// The decode cache: blocks of decoded instructions, found by guest address.
//
// It lives in a range of the process memory that the kernel reserves for it (no guest permission
// there), grows by bumping a pointer and is dropped whole when full. Blocks end at the first
// instruction that can go elsewhere, at a page's end and at kMaxBlockInsns.
//
//   CpuContext | bucket heads | page heads | TranslatedCode | block | block | …   → cache end
//                                            (translated_map.h; only where code is translated)
//   block: GuestBlock, then count + 1 GuestInsns (the last one is the pseudo instruction kBlockEnd,
//   where
//          the block's last instruction doesn't end it)
//
// A block whose bytes change is made stale, not freed: its instructions' handlers become the one
// that looks the address up again. So links into it, and the block that is running now, stay right.
#pragma once

#include <cstdint>

#include "decoder/guest_insn.h"
#include "decoder/insn_memo.h"
#include "runtime/cpu/cpu_state.h"
#include "runtime/cpu/exit_reason.h"

namespace elfin::cpu {

struct TranslatedCode;

struct GuestBlock {
  GuestBlock* next_in_bucket;
  GuestBlock* next_in_page;
  uint32_t address;  // of the first instruction
  uint32_t end;      // behind the last
  uint32_t count;
  uint32_t stale;
  uintptr_t
      first_handler;   // of the first instruction, whose own may count or enter translated code
  uint32_t countdown;  // how often it still runs before it asks for its translation
  decoder::GuestInsn* insns() { return reinterpret_cast<decoder::GuestInsn*>(this + 1); }
};

/// The kernel as the native cpu calls it (WebAssembly builds import it).
using SyscallFunction = int64_t (*)(void* kernel, uint64_t number, const uint64_t arguments[6]);

/// What belongs to the cpu of one process and to no thread: at the start of the cache's range.
struct CpuContext {
  uint8_t* next;  // first free byte of the cache
  uint8_t* end;
  uint8_t* first_block;        // where `next` is after a flush
  TranslatedCode* translated;  // null: this process is only interpreted
  decoder::InsnMemo* memo;     // null: every instruction is decoded from its bytes
  uint64_t flushes;
  uint64_t blocks;
  ExitReason exit;
  uint32_t running;
  uintptr_t shadow_stack;   // where Run had it (shadow_stack.h)
  SyscallFunction syscall;  // native builds only
  void* kernel;

  static constexpr unsigned kBuckets = 1u << 14;
  static constexpr unsigned kPageBuckets = 1u << 10;
  GuestBlock* buckets[kBuckets];
  GuestBlock* pages[kPageBuckets];

  static unsigned BucketOf(uint64_t address) { return (address ^ address >> 14) % kBuckets; }
  static unsigned PageBucketOf(uint64_t page) { return page % kPageBuckets; }
};

inline CpuContext& ContextOf(const CpuState& state) {
  return *reinterpret_cast<CpuContext*>(static_cast<uintptr_t>(state.context));
}

/// How many bytes can be fetched at an address, up to the longest instruction.
unsigned FetchableBytes(const CpuState& state, uint64_t address);

/// Empties the cache and takes [begin, end) (host addresses) for it.
void ResetDecodeCache(CpuState& state, uint8_t* begin, uint8_t* end);

/// The block at a guest address, decoded if it isn't there yet. Null: the address can't be fetched;
/// the trap is in the state.
GuestBlock* FindOrDecodeBlock(CpuState& state, uint64_t address);

/// The same for who only wants to know what would run there: raises nothing, and null also where
/// decoding would have to empty the cache.
GuestBlock* FindOrDecodeQuietly(CpuState& state, uint64_t address);

/// The block if it is there; otherwise null.
inline GuestBlock* FindBlock(const CpuContext& context, uint64_t address) {
  GuestBlock* block = context.buckets[CpuContext::BucketOf(address)];
  while (block != nullptr && block->address != address) block = block->next_in_bucket;
  return block;
}

/// Marks the pages of [begin, end): stores there have to tell InvalidateBlocks.
void MarkDecoded(CpuState& state, uint64_t begin, uint64_t end);

/// Makes all blocks stale that have bytes in [begin, end) (guest addresses), and retires translated
/// code made of such bytes.
void InvalidateBlocks(CpuState& state, uint64_t begin, uint64_t end);

}  // namespace elfin::cpu
