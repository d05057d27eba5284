// The stack that a new program finds (System V ABI for x86-64, section 3.4.1).
//
//   stack top   8 zero bytes
//               file name (AT_EXECFN), environment strings, argument strings
//               platform string (AT_PLATFORM), 16 random bytes (AT_RANDOM), padding
//               auxiliary vector: pairs, ended by AT_NULL
//               environment pointers, 0
//               argument pointers, 0
//   rsp →       argument count                                           (16-byte aligned)
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/memory/address_space.h"

namespace elfin::loader {

using AuxiliaryVector = std::vector<std::pair<uint64_t, uint64_t>>;

struct StackContents {
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::string file_name;
  std::array<uint8_t, 16> random{};
  /// Everything but AT_EXECFN, AT_PLATFORM, AT_RANDOM and AT_NULL, which are added here.
  AuxiliaryVector auxiliary;
};

struct InitialStack {
  uint64_t stack_pointer;
  AuxiliaryVector auxiliary;  // as it lies there, without AT_NULL
};

/// Bytes that strings and pointers take, which execve(2) limits to a quarter of the stack.
uint64_t ArgumentBytes(const StackContents& contents);

/// Errors: k2Big where it takes more than a quarter of [stack_bottom, stack_top) or a string more
/// than 128 KiB; kFault never, when the stack is mapped writable.
Result<InitialStack> BuildInitialStack(memory::AddressSpace& space, const StackContents& contents);

}  // namespace elfin::loader
