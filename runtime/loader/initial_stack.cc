#include "runtime/loader/initial_stack.h"

#include <algorithm>
#include <cstring>

#include "runtime/loader/auxiliary_keys.h"

namespace elfin::loader {

namespace {

constexpr uint64_t kMaxStringSize = 0x2'0000;  // MAX_ARG_STRLEN
constexpr char kPlatform[] = "x86_64";

/// The stack's contents from the top down, gathered and then written in one piece.
class StackWriter {
 public:
  explicit StackWriter(uint64_t top) : top_(top) {}

  uint64_t address() const { return top_ - bytes_.size(); }
  /// `bytes_` is kept reversed, so that growing downward is appending.
  uint64_t Push(const void* from, size_t size) {
    const auto* bytes = static_cast<const uint8_t*>(from);
    bytes_.insert(bytes_.end(), std::reverse_iterator(bytes + size), std::reverse_iterator(bytes));
    return address();
  }
  uint64_t PushString(const std::string& text) { return Push(text.c_str(), text.size() + 1); }
  void PushWord(uint64_t word) { Push(&word, sizeof(word)); }
  void AlignDown(uint64_t unit) { bytes_.resize(bytes_.size() + address() % unit, 0); }
  Status WriteTo(memory::AddressSpace& space) {
    std::reverse(bytes_.begin(), bytes_.end());
    return space.CopyOut(GuestAddr{address()}, bytes_.data(), bytes_.size());
  }

 private:
  uint64_t top_;
  std::vector<uint8_t> bytes_;
};

std::vector<uint64_t> PushStrings(StackWriter& stack, const std::vector<std::string>& strings) {
  std::vector<uint64_t> addresses(strings.size());
  for (size_t i = strings.size(); i-- > 0;) addresses[i] = stack.PushString(strings[i]);
  return addresses;
}

void PushPointers(StackWriter& stack, const std::vector<uint64_t>& pointers) {
  stack.PushWord(0);
  for (size_t i = pointers.size(); i-- > 0;) stack.PushWord(pointers[i]);
}

Status CheckSize(const StackContents& contents, uint64_t stack_size) {
  if (ArgumentBytes(contents) > stack_size / 4) return Errno::k2Big;
  for (const auto* strings : {&contents.arguments, &contents.environment}) {
    for (const std::string& text : *strings) {
      if (text.size() >= kMaxStringSize) return Errno::k2Big;
    }
  }
  return kOk;
}

}  // namespace

uint64_t ArgumentBytes(const StackContents& contents) {
  uint64_t total = contents.file_name.size() + 1;
  for (const auto* strings : {&contents.arguments, &contents.environment}) {
    for (const std::string& text : *strings) total += text.size() + 1 + sizeof(uint64_t);
  }
  return total;
}

Result<InitialStack> BuildInitialStack(memory::AddressSpace& space, const StackContents& contents) {
  const auto& layout = space.layout();
  TRY(CheckSize(contents, layout.stack_top - layout.stack_bottom));
  StackWriter stack(layout.stack_top);
  stack.PushWord(0);
  InitialStack result;
  result.auxiliary = contents.auxiliary;
  const uint64_t file_name = stack.PushString(contents.file_name);
  const std::vector<uint64_t> environment = PushStrings(stack, contents.environment);
  const std::vector<uint64_t> arguments = PushStrings(stack, contents.arguments);
  result.auxiliary.emplace_back(kAtPlatform, stack.Push(kPlatform, sizeof(kPlatform)));
  result.auxiliary.emplace_back(kAtRandom,
                                stack.Push(contents.random.data(), contents.random.size()));
  result.auxiliary.emplace_back(kAtExecFileName, file_name);
  stack.AlignDown(16);
  const size_t words =
      1 + arguments.size() + 1 + environment.size() + 1 + 2 * (result.auxiliary.size() + 1);
  if (words % 2 != 0) stack.PushWord(0);
  stack.PushWord(0);
  stack.PushWord(kAtNull);
  for (size_t i = result.auxiliary.size(); i-- > 0;) {
    stack.PushWord(result.auxiliary[i].second);
    stack.PushWord(result.auxiliary[i].first);
  }
  PushPointers(stack, environment);
  PushPointers(stack, arguments);
  stack.PushWord(arguments.size());
  result.stack_pointer = stack.address();
  TRY(stack.WriteTo(space));
  return result;
}

}  // namespace elfin::loader
