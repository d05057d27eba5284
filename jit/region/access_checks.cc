#include "jit/region/access_checks.h"

#include <algorithm>

#include <wasm.h>

#include "jit/emit/block_ops.h"

namespace elfin::jit {

std::vector<AccessCheck> AccessChecksOf(const RegionBlock& block) {
  const std::vector<Op>& ops = block.ops;
  std::vector<AccessCheck> checks;
  for (size_t n = 0; n < ops.size(); ++n) {
    const Op& op = ops[n];
    if (op.code == OpCode::kIf && op.sub == static_cast<uint16_t>(BlockOps::Arm::kLeaves)) {
      const Op& condition = ops[static_cast<size_t>(op.a)];
      if (condition.code != OpCode::kBinary || condition.sub != wasm::GeUInt64) continue;
      const Op& address = ops[static_cast<size_t>(condition.a)];
      if (address.code != OpCode::kCheckedBase) continue;
      if (ops[static_cast<size_t>(condition.b)].code != OpCode::kSpan) continue;
      const auto low = static_cast<int64_t>(address.imm);
      checks.push_back({static_cast<OpId>(n), condition.a, address.a, low, low + 1});
    } else if (op.code == OpCode::kLoad || op.code == OpCode::kStore) {
      for (AccessCheck& check : checks) {
        if (check.address != op.a) continue;
        const int64_t end = static_cast<int64_t>(op.imm) + (op.sub & 0xff);
        check.end = std::max(check.end, end);
      }
    }
  }
  return checks;
}

void RemoveCheck(const AccessCheck& check, RegionBlock* block) {
  std::vector<Op>& ops = block->ops;
  Op& address = ops[static_cast<size_t>(check.address)];
  address.code = OpCode::kAddress;
  address.type = Type::kI32;
  int depth = 0;
  for (auto n = static_cast<size_t>(check.branch);; ++n) {
    Op& op = ops[n];
    if (op.code == OpCode::kIf) ++depth;
    if (op.code == OpCode::kEnd) --depth;
    if (IsRoot(op.code)) op = {OpCode::kNothing};
    if (depth == 0) return;
  }
}

}  // namespace elfin::jit
