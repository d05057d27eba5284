#include "tests/cpu/fuzz/emitter.h"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "runtime/address_map.h"

namespace elfin::fuzz {
namespace {

constexpr uint32_t kVersion = 1;

struct Range {
  size_t begin, end;
};
/// What instructions see of the state; not budget and addresses of the host; of vector registers
/// the XMM part. run_wasm.mjs has the same list.
const std::vector<Range>& StateRanges() {
  static const std::vector<Range> ranges = [] {
    std::vector<Range> list = {
        {offsetof(cpu::CpuState, gpr), offsetof(cpu::CpuState, budget)},
        {offsetof(cpu::CpuState, trap), offsetof(cpu::CpuState, interrupt)},
        {offsetof(cpu::CpuState, x87_control), offsetof(cpu::CpuState, code_generation)},
        {offsetof(cpu::CpuState, x87), offsetof(cpu::CpuState, x87) + sizeof(cpu::CpuState::x87)},
    };
    constexpr size_t kXmmBytes = 16;
    for (size_t at = offsetof(cpu::CpuState, vector);
         at < offsetof(cpu::CpuState, vector) + sizeof(cpu::CpuState::vector);
         at += sizeof(cpu::VectorRegister)) {
      list.push_back({at, at + kXmmBytes});
    }
    return list;
  }();
  return ranges;
}
static_assert(offsetof(cpu::CpuState, interrupt) == 236);

}  // namespace

Emitter::Emitter(const std::string& path, Subject& subject)
    : file_(fopen(path.c_str(), "wb")), subject_(subject) {
  if (file_ == nullptr) {
    perror(path.c_str());
    exit(2);
  }
  Put("ELFZ", 4);
  PutWord(kVersion);
  PutWord(1 + kContents.size());
  PutWord(kCache);
  PutWord(kCacheEnd);
  auto put_zone = [&](uint64_t begin, uint64_t end, uint32_t flags, const uint8_t* contents) {
    PutWord(static_cast<uint32_t>(begin));
    PutWord(static_cast<uint32_t>(end));
    PutWord(flags);
    Put(contents, end - begin);
  };
  const std::vector<uint8_t> traps(kCodeEnd - kCode, 0xcc);
  put_zone(kCode, kCodeEnd, kPageRead | kPageWrite | kPageExecute, traps.data());
  for (const Zone& zone : kContents) {
    put_zone(zone.begin, zone.end, zone.begin == kReadOnly ? kPageRead : kPageRead | kPageWrite,
             Pristine(zone));
  }
}

Emitter::~Emitter() { fclose(file_); }

void Emitter::Put(const void* bytes, size_t size) {
  if (fwrite(bytes, 1, size, file_) != size) {
    perror("writing cases");
    _Exit(2);
  }
}

void Emitter::PutState(const cpu::CpuState& state) {
  for (const Range& range : StateRanges()) {
    Put(reinterpret_cast<const uint8_t*>(&state) + range.begin, range.end - range.begin);
  }
}

void Emitter::PutChanges() {
  std::vector<uint32_t> changes;
  for (const Zone& zone : kWritable) {
    const uint8_t* pristine = Pristine(zone);
    for (uint64_t at = zone.begin; at < zone.end; at += 4) {
      uint32_t word;
      memcpy(&word, subject_.At(at), sizeof(word));
      if (memcmp(pristine + (at - zone.begin), &word, sizeof(word)) == 0) continue;
      changes.push_back(static_cast<uint32_t>(at));
      changes.push_back(word);
    }
  }
  PutWord(static_cast<uint32_t>(changes.size() / 2));
  Put(changes.data(), changes.size() * sizeof(uint32_t));
}

void Emitter::Emit(const std::string& name, const Case& test, const cpu::CpuState& before,
                   cpu::ExitReason reason) {
  PutWord(static_cast<uint32_t>(name.size()));
  Put(name.data(), name.size());
  PutWord(test.code_size);
  Put(test.code, test.code_size);
  PutWord(static_cast<uint32_t>(test.memory.size()));
  for (const Patch& patch : test.memory) {
    PutWord(patch.address);
    PutWord(static_cast<uint32_t>(patch.bytes.size()));
    Put(patch.bytes.data(), patch.bytes.size());
  }
  PutState(before);
  PutState(subject_.state());
  PutWord(static_cast<uint32_t>(reason));
  PutChanges();
}

}  // namespace elfin::fuzz
