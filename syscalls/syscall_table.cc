#include "syscalls/syscall_table.h"

#include <array>

#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {
namespace {

using namespace arg;  // table.inc names the kinds without it

template <class... Kinds>
constexpr SyscallRow MakeRow(uint32_t number, const char* name, SupportLevel level,
                             SyscallResult (*call)(SyscallContext&), Errno refusal,
                             Signature<Kinds...>) {
  return {number, name, level, sizeof...(Kinds), {Kinds::kKind...}, call, refusal};
}

#define ELFIN_UNWRAP(...) __VA_ARGS__
#define ELFIN_SIGNATURE(arguments) Signature<ELFIN_UNWRAP arguments>
#define ELFIN_SYSCALL(number, name, handler, level, arguments, note)                     \
  MakeRow(number, #name, SupportLevel::level, ELFIN_SIGNATURE(arguments)::Call<handler>, \
          Errno::kNoSys, ELFIN_SIGNATURE(arguments)()),
#define ELFIN_SYSCALL_REFUSED(number, name, errno_value, arguments, note)     \
  MakeRow(number, #name, SupportLevel::kRefused, nullptr, Errno::errno_value, \
          ELFIN_SIGNATURE(arguments)()),
#define ELFIN_SYSCALL_MISSING(number, name, arguments, note)             \
  MakeRow(number, #name, SupportLevel::kMissing, nullptr, Errno::kNoSys, \
          ELFIN_SIGNATURE(arguments)()),

constexpr SyscallRow kRows[] = {
#include "syscalls/table.inc"
};

constexpr uint16_t kNoRow = 0xffff;

constexpr std::array<uint16_t, kSyscallLimit> MakeIndex() {
  std::array<uint16_t, kSyscallLimit> index{};
  for (uint16_t& entry : index) entry = kNoRow;
  uint16_t row = 0;
  for (const SyscallRow& each : kRows) index[each.number] = row++;
  return index;
}
constexpr std::array<uint16_t, kSyscallLimit> kIndex = MakeIndex();

}  // namespace

const SyscallRow* FindSyscall(uint64_t number) {
  if (number >= kSyscallLimit || kIndex[number] == kNoRow) return nullptr;
  return &kRows[kIndex[number]];
}

}  // namespace elfin::kernel
