#include "tests/cpu/fuzz/generator.h"

#include <cstring>

#include "jit/semantics/operands.h"
#include "runtime/cpu/guest_access.h"
#include "tests/cpu/fuzz/addressing.h"
#include "tests/cpu/fuzz/floating_state.h"
#include "tests/cpu/fuzz/layout.h"
#include "tests/cpu/fuzz/row_hints.h"
#include "tests/cpu/fuzz/values.h"

namespace elfin::fuzz {
namespace {

constexpr int kTries = 200;

/// Where the instruction is: anywhere, across two pages, before the end, or cut off by it.
void PlaceCode(Random& random, const Instance& instance, Case* test) {
  test->code_size = instance.insn.length;
  memcpy(test->code, instance.bytes, sizeof(instance.bytes));
  const uint64_t kind = random.Below(100);
  uint64_t address = kCode + 256 + random.Below(kCodeEnd - kCode - 512);
  if (kind < 5) {
    address = kCode + kPageSize - 1 - random.Below(test->code_size);
  } else if (kind < 8) {
    address = kCodeEnd - test->code_size;
  } else if (kind < 10 && test->code_size > 1) {
    test->code_size = 1 + static_cast<uint32_t>(random.Below(test->code_size - 1));
    address = kCodeEnd - test->code_size;
  }
  test->before.rip = address;
}

/// Immediates: interesting values; branches don't land in the instruction itself.
void ChooseImmediates(Random& random, Instance* instance) {
  for (int n = 0; n < 2; ++n) {
    if (instance->immediate_at[n] == 0) continue;
    int64_t value = static_cast<int64_t>(InterestingInteger(random));
    const unsigned size = instance->immediate_size[n];
    if (instance->relative) {
      if (random.Chance(80)) value = static_cast<int64_t>(random.Below(240)) - 120;
      const auto narrow = size == 1 ? static_cast<int8_t>(value) : static_cast<int32_t>(value);
      if (narrow < 0 && narrow >= -16) value = 3;
    }
    memcpy(instance->bytes + instance->immediate_at[n], &value, size);
  }
}

uint64_t InitialFlags(Random& random) {
  const uint64_t any = random.Next();
  uint64_t flags = (any & cpu::kArithmeticFlags) | cpu::kFlagFixed | cpu::kFlagIf;
  if (random.Chance(15)) flags |= cpu::kFlagDf;
  return flags;
}

bool TryMakeCase(Random& random, const Bucket& bucket, Case* test) {
  Instance instance;
  if (!MakeInstance(random, bucket, kCode, &instance)) return false;
  ChooseImmediates(random, &instance);
  PlaceCode(random, instance, test);
  if (!Redecode(bucket, test->before.rip, &instance)) return false;
  if (RunsElsewhere(instance) || DiffersByProcessor(instance)) return false;

  test->memory.clear();
  test->operand = 0;
  Registers& before = test->before;
  for (uint64_t& reg : before.gpr) reg = InterestingInteger(random);
  before.gpr[semantics::kRsp] = StackAddress(random);
  if (random.Chance(50)) before.gpr[semantics::kRbp] = StackAddress(random);
  before.rflags = InitialFlags(random);
  FillFloatingState(random, bucket, &before);
  PrepareRow(random, bucket, instance, test);
  if (bucket.HasMemory() && !AimMemoryOperand(random, bucket, &instance, test)) return false;
  memcpy(test->code, instance.bytes, sizeof(instance.bytes));
  test->ignored_flags = UndefinedFlags(bucket, instance, *test);
  // IRET, by which the kernel enters the case, refuses other stack pointers.
  return cpu::IsCanonical(before.gpr[semantics::kRsp]);
}

}  // namespace

bool MakeCase(Random& random, const Bucket& bucket, Case* test) {
  for (int n = 0; n < kTries; ++n) {
    if (TryMakeCase(random, bucket, test)) return true;
  }
  return false;
}

}  // namespace elfin::fuzz
