// The expressions of a block's operations, each built where it is used.
#include <array>
#include <cstring>

#include "jit/emit/cpu_functions.h"
#include "jit/region/block_writer.h"
#include "runtime/address_map.h"
#include "runtime/base/types.h"

namespace elfin::jit {

using wasm::Expression;

Expression* BlockWriter::Use(OpId id) {
  const Place& place = places_[static_cast<size_t>(id)];
  switch (place.kind) {
    case Place::kLocal:
      return builder_.makeLocalGet(place.local, WasmType(At(id).type));
    case Place::kSlot:
      return builder_.makeLocalGet(locals_.ForSlot(place.slot), WasmType(At(id).type));
    case Place::kPending: {
      const OpUse& use = uses_[static_cast<size_t>(id)];
      if (use.hot + use.cold == 1) {
        Expression* value = Build(id);
        places_[static_cast<size_t>(id)].kind = Place::kNowhere;
        return value;
      }
      Settle(id);
      return Use(id);
    }
    case Place::kNowhere:
      return Build(id);
  }
  return nullptr;
}

/// The address of an access as an I32 and a static offset.
Expression* BlockWriter::BuildAccess(const Op& op, uint64_t* offset) {
  *offset = op.imm - At(op.a).imm;
  if (At(op.a).code == OpCode::kAddress) return Use(op.a);
  *offset += kGuestBegin;
  return builder_.makeUnary(wasm::WrapInt64, Use(op.a));
}

Expression* BlockWriter::Call(const Op& op) {
  const HelperSignature& signature = SignatureOf(static_cast<HelperId>(op.sub));
  std::vector<Expression*> arguments;
  if (signature.takes_state) arguments.push_back(State());
  const OpId operands[] = {op.a, op.b, op.c};
  for (unsigned n = 0; n < signature.parameter_count; ++n) arguments.push_back(Use(operands[n]));
  return builder_.makeCall(names_.Helper(op.sub), arguments, WasmType(signature.result));
}

Expression* BlockWriter::Build(OpId id) {
  const Op& op = At(id);
  switch (op.code) {
    case OpCode::kConst:
      switch (op.type) {
        case Type::kI32:
          return Const32(static_cast<uint32_t>(op.imm));
        case Type::kI64:
          return Const64(op.imm);
        case Type::kF32:
          return builder_.makeConst(wasm::Literal(static_cast<int32_t>(op.imm)).castToF32());
        case Type::kF64:
          return builder_.makeConst(wasm::Literal(static_cast<int64_t>(op.imm)).castToF64());
        default: {
          uint8_t bytes[16];
          std::memcpy(bytes, &op.imm, 8);
          std::memcpy(bytes + 8, &op.imm2, 8);
          return builder_.makeConst(wasm::Literal(bytes));
        }
      }
    case OpCode::kSpan:
      return builder_.makeLocalGet(locals_.Span(), wasm::Type::i64);
    case OpCode::kUnary:
      return builder_.makeUnary(static_cast<wasm::UnaryOp>(op.sub), Use(op.a));
    case OpCode::kBinary: {
      Expression* left = Use(op.a);
      return builder_.makeBinary(static_cast<wasm::BinaryOp>(op.sub), left, Use(op.b));
    }
    case OpCode::kSelect: {
      Expression* yes = Use(op.b);
      Expression* no = Use(op.c);
      return builder_.makeSelect(Use(op.a), yes, no);
    }
    case OpCode::kExtract:
      return builder_.makeSIMDExtract(static_cast<wasm::SIMDExtractOp>(op.sub), Use(op.a),
                                      static_cast<uint8_t>(op.imm));
    case OpCode::kReplace: {
      Expression* whole = Use(op.a);
      return builder_.makeSIMDReplace(static_cast<wasm::SIMDReplaceOp>(op.sub), whole,
                                      static_cast<uint8_t>(op.imm), Use(op.b));
    }
    case OpCode::kShuffle: {
      std::array<uint8_t, 16> lanes;
      std::memcpy(lanes.data(), &op.imm, 8);
      std::memcpy(lanes.data() + 8, &op.imm2, 8);
      Expression* left = Use(op.a);
      return builder_.makeSIMDShuffle(left, Use(op.b), lanes);
    }
    case OpCode::kVectorShift: {
      Expression* value = Use(op.a);
      return builder_.makeSIMDShift(static_cast<wasm::SIMDShiftOp>(op.sub), value, Use(op.b));
    }
    case OpCode::kBitselect: {
      Expression* first = Use(op.a);
      Expression* second = Use(op.b);
      return builder_.makeSIMDTernary(wasm::Bitselect, first, second, Use(op.c));
    }
    case OpCode::kPureCall:
      return Call(op);
    case OpCode::kAddress: {
      Expression* base = builder_.makeUnary(wasm::WrapInt64, Use(op.a));
      if (op.imm == 0) return base;
      return builder_.makeBinary(wasm::AddInt32, base, Const32(static_cast<uint32_t>(op.imm)));
    }
    case OpCode::kCheckedBase:
      return builder_.makeBinary(wasm::AddInt64, Use(op.a), Const64(op.imm - kGuestBegin));
    case OpCode::kLoad: {
      uint64_t offset;
      Expression* pointer = BuildAccess(op, &offset);
      if (op.type == Type::kV128 && op.sub < 16) {
        const auto load = op.sub == 8 ? wasm::Load64ZeroVec128 : wasm::Load32ZeroVec128;
        return builder_.makeSIMDLoad(load, offset, 1, pointer, names_.memory);
      }
      return builder_.makeLoad(op.sub & 0xff, (op.sub & 0x100) != 0, offset, 1, pointer,
                               WasmType(op.type), names_.memory);
    }
    case OpCode::kPageFlags: {
      Expression* offset = builder_.makeUnary(wasm::WrapInt64, Use(op.a));
      Expression* address =
          builder_.makeBinary(wasm::AddInt32, offset, Const32(static_cast<uint32_t>(kGuestBegin)));
      Expression* page = builder_.makeBinary(wasm::ShrUInt32, address, Const32(kPageShift));
      return builder_.makeLoad(1, false, kPageMapAddress, 1, page, wasm::Type::i32, names_.memory);
    }
    case OpCode::kStateLoad:
      return builder_.makeLoad(op.sub, false, op.imm, 1, State(), WasmType(op.type), names_.memory);
    case OpCode::kGetSlot:
      return builder_.makeLocalGet(locals_.ForSlot(op.sub), WasmType(op.type));
    default:
      return builder_.makeUnreachable();
  }
}

}  // namespace elfin::jit
