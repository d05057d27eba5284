#include "jit/region/linear_form.h"

#include <algorithm>

#include <wasm.h>

namespace elfin::jit {
namespace {

constexpr int64_t kMaxNumber = int64_t{1} << 40;
constexpr int64_t kMaxFactor = int64_t{1} << 20;
constexpr size_t kMaxNeeds = 64;

/// What an I32 of which only the lowest `bits` may be ones can be.
LinearForm BitsForm(unsigned bits) {
  if (bits == 0 || bits > 31) return {};
  return NumberForm(0, (int64_t{1} << bits) - 1);
}

}  // namespace

bool LinearForm::SameTerms(const LinearForm& other) const {
  return count == other.count &&
         std::equal(terms.begin(), terms.begin() + count, other.terms.begin());
}

LinearForm NumberForm(int64_t low, int64_t high) {
  LinearForm form;
  form.known = low > -kMaxNumber && high < kMaxNumber;
  form.low = low;
  form.high = high;
  return form;
}

LinearForm SlotForm(Slot slot) {
  LinearForm form;
  form.known = true;
  form.count = 1;
  form.terms[0] = {slot, 1};
  return form;
}

LinearForm Sum(const LinearForm& a, const LinearForm& b) {
  if (!a.known || !b.known) return {};
  LinearForm sum = NumberForm(a.low + b.low, a.high + b.high);
  sum.needs = a.needs | b.needs;
  unsigned x = 0, y = 0;
  while (x < a.count || y < b.count) {
    LinearForm::Term term;
    if (y == b.count || (x < a.count && a.terms[x].slot < b.terms[y].slot)) {
      term = a.terms[x++];
    } else if (x == a.count || b.terms[y].slot < a.terms[x].slot) {
      term = b.terms[y++];
    } else {
      term = {a.terms[x].slot, a.terms[x].factor + b.terms[y].factor};
      ++x;
      ++y;
    }
    if (term.factor == 0) continue;
    if (sum.count == LinearForm::kMaxTerms) return {};
    sum.terms[sum.count++] = term;
  }
  return sum;
}

LinearForm Product(const LinearForm& a, int64_t factor) {
  if (!a.known || factor == 0 || factor > kMaxFactor || factor < -kMaxFactor) return {};
  LinearForm product = NumberForm(std::min(a.low * factor, a.high * factor),
                                  std::max(a.low * factor, a.high * factor));
  product.needs = a.needs;
  product.count = a.count;
  for (unsigned n = 0; n < a.count; ++n) {
    product.terms[n] = {a.terms[n].slot, a.terms[n].factor * factor};
    if (product.terms[n].factor > kMaxFactor || product.terms[n].factor < -kMaxFactor) return {};
  }
  return product;
}

LinearForm Either(const LinearForm& a, const LinearForm& b) {
  if (!a.known || !b.known || !a.SameTerms(b)) return {};
  LinearForm either = a;
  either.low = std::min(a.low, b.low);
  either.high = std::max(a.high, b.high);
  either.needs |= b.needs;
  return either;
}

std::vector<LinearForm> LoopForms::Evaluate(const RegionBlock& block, SlotForms* slots) {
  std::vector<LinearForm> values;
  values.reserve(block.ops.size());
  for (const Op& op : block.ops) {
    LinearForm form;
    if (op.code == OpCode::kGetSlot) {
      form = (*slots)[op.sub];
    } else if (op.code == OpCode::kSetSlot) {
      // In an arm it may happen or not.
      if (!op.cold) {
        (*slots)[op.sub] = op.scope == 0 ? values[static_cast<size_t>(op.a)] : LinearForm{};
      }
    } else {
      form = Evaluate(op, values);
      if (!form.known && op.type == Type::kI32) form = BitsForm(op.bits);
    }
    values.push_back(form);
  }
  return values;
}

/// A 32-bit form as 64 bits: true while it is in [0, limit).
LinearForm LoopForms::Extended(const LinearForm& form, uint64_t limit) {
  if (!form.known) return {};
  if (form.count == 0) {
    const bool fits = form.low >= 0 && form.high < static_cast<int64_t>(limit);
    return fits ? form : LinearForm{};
  }
  LinearForm result = form;
  for (size_t n = 0; n < needs_.size(); ++n) {
    const LinearForm& known = needs_[n].form;
    if (needs_[n].limit == limit && known.SameTerms(form) && known.low == form.low &&
        known.high == form.high) {
      result.needs |= uint64_t{1} << n;
      return result;
    }
  }
  if (needs_.size() == kMaxNeeds) return {};
  result.needs |= uint64_t{1} << needs_.size();
  needs_.push_back({form, limit});
  return result;
}

LinearForm LoopForms::Evaluate(const Op& op, const std::vector<LinearForm>& values) {
  auto value = [&](OpId id) -> const LinearForm& { return values[static_cast<size_t>(id)]; };
  switch (op.code) {
    case OpCode::kConst:
      if (op.type == Type::kI64) {
        const auto number = static_cast<int64_t>(op.imm);
        return NumberForm(number, number);
      }
      if (op.type == Type::kI32) {
        const auto number = static_cast<int32_t>(op.imm);
        return NumberForm(number, number);
      }
      return {};
    case OpCode::kSelect:
      return Either(value(op.b), value(op.c));
    case OpCode::kUnary:
      switch (op.sub) {
        case wasm::WrapInt64:
          return value(op.a);
        case wasm::ExtendUInt32:
          return Extended(value(op.a), uint64_t{1} << 32);
        case wasm::ExtendSInt32:
          return Extended(value(op.a), uint64_t{1} << 31);
        case wasm::ExtendS8Int32:
          return NumberForm(-0x80, 0x7f);
        case wasm::ExtendS16Int32:
          return NumberForm(-0x8000, 0x7fff);
        default:
          return {};
      }
    case OpCode::kBinary: {
      const LinearForm &a = value(op.a), &b = value(op.b);
      const bool b_is_number = b.known && b.count == 0 && b.low == b.high;
      switch (op.sub) {
        case wasm::AddInt32:
        case wasm::AddInt64:
          return Sum(a, b);
        case wasm::SubInt32:
        case wasm::SubInt64:
          return Sum(a, Product(b, -1));
        case wasm::ShlInt32:
        case wasm::ShlInt64:
          if (!b_is_number || b.low < 0 || b.low > 16) return {};
          return Product(a, int64_t{1} << b.low);
        case wasm::MulInt32:
        case wasm::MulInt64:
          return b_is_number ? Product(a, b.low) : LinearForm{};
        case wasm::AndInt32:
        case wasm::AndInt64:
          return b_is_number && b.low >= 0 ? NumberForm(0, b.high) : LinearForm{};
        case wasm::ShrUInt64:
          if (!b_is_number || b.low < 33 || b.low > 63) return {};
          return NumberForm(0, (int64_t{1} << (64 - b.low)) - 1);
        case wasm::ShrUInt32:
          if (!b_is_number || b.low < 1 || b.low > 31) return {};
          return NumberForm(0, (int64_t{1} << (32 - b.low)) - 1);
        default:
          return {};
      }
    }
    default:
      return {};
  }
}

}  // namespace elfin::jit
