// Writes cases with the interpreter's results for another build of it: run_wasm.mjs runs them in
// cpu.wasm.
//
// Little endian, no padding:
//
//   header   "ELFZ", u32 version, u32 number of zones, u32 cache begin, u32 cache end
//   zone     u32 begin, u32 end, u32 PageFlags, contents         code, data, stack, read-only
//   case     u32 length of its name, name ("Add 32 RM #17"),
//            u32 size of code, code,
//            u32 number of patches, each: u32 address, u32 size, bytes
//            state before, state after,
//            u32 ExitReason, u32 number of changed words, each: u32 address, u32 word
//   state    the bytes of CpuState at StateRanges, one range after the other
#pragma once

#include <cstdio>
#include <string>

#include "tests/cpu/fuzz/machine_image.h"
#include "tests/cpu/fuzz/subject.h"

namespace elfin::fuzz {

class Emitter {
 public:
  explicit Emitter(const std::string& path, Subject& subject);
  ~Emitter();
  Emitter(const Emitter&) = delete;
  Emitter& operator=(const Emitter&) = delete;

  /// The case that the subject has just run. `before`: its state as it was before.
  void Emit(const std::string& name, const Case& test, const cpu::CpuState& before,
            cpu::ExitReason reason);

 private:
  void Put(const void* bytes, size_t size);
  void PutWord(uint32_t word) { Put(&word, sizeof(word)); }
  void PutState(const cpu::CpuState& state);
  void PutChanges();

  FILE* file_;
  Subject& subject_;
};

}  // namespace elfin::fuzz
