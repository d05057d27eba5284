// The semantics instantiated over a machine that builds: listings as they should be, and every
// integer row in single-assignment form.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "decoder/columns.h"
#include "jit/semantics/arith.h"
#include "jit/semantics/bit.h"
#include "jit/semantics/bmi.h"
#include "jit/semantics/control.h"
#include "jit/semantics/move.h"
#include "jit/semantics/mul_div.h"
#include "jit/semantics/shift.h"
#include "jit/semantics/stack.h"
#include "jit/semantics/string.h"
#include "tests/jit/listing_machine.h"

namespace elfin::test {
namespace {

using decoder::GuestInsn;
using decoder::MakeForm;
using decoder::OperandForm;
using decoder::OperandKind;

constexpr auto kRegister = OperandKind::kRegister;
constexpr auto kMemory = OperandKind::kMemory;
constexpr auto kImmediate = OperandKind::kImmediate;

GuestInsn SampleInsn() {
  GuestInsn insn{};
  insn.address = 0x401000;
  insn.length = 3;
  insn.reg[0] = decoder::GprOffset(0);
  insn.reg[1] = decoder::GprOffset(3);
  insn.reg[2] = decoder::GprOffset(1);
  insn.segment = decoder::kZeroOffset;
  insn.immediate = 5;
  return insn;
}

template <unsigned kWidth, OperandForm kForm, class Function>
ListingMachine List(Function function, const GuestInsn& insn = SampleInsn()) {
  ListingMachine m;
  ListedValue<64> address = m.GetReg(semantics::kBits64, decoder::GprOffset(6));
  function(m, semantics::InsnView<ListingMachine, kWidth, kForm>{insn, address});
  return m;
}

template <unsigned kWidth, OperandForm kForm, class Function>
void CheckForm(Function function) {
  const ListingMachine m = List<kWidth, kForm>(function);
  CHECK_FALSE(m.broken());
  CHECK(m.lines().size() > 1);
}

template <OperandForm kForm, class Function>
void CheckWidths(Function function) {
  CheckForm<2, kForm>(function);
  CheckForm<4, kForm>(function);
  CheckForm<8, kForm>(function);
}

#define LIST(function) [](auto& m, const auto& insn) { semantics::function(m, insn); }

}  // namespace

TEST_CASE("add of a register builds a sum and two flag words", "[semantics]") {
  const ListingMachine m = List<4, MakeForm(kRegister, kRegister)>(LIST(Add));
  const std::vector<std::string> expected = {
      "get64 @48",         // the view's address, unused here
      "get32 @0",          // left
      "get32 @24",         // right
      "Add %1 %2",         //
      "gpr32 @0 %3",       // 32 bits clear the upper half
      "SignExtend64 %3",   //
      "set64 @136 %5",     // flag_result
      "Or %1 %2",          // carries = (left & right) | ((left | right) & ~result)
      "Not %3",            //
      "And %7 %8",         //
      "And %1 %2",         //
      "Or %10 %9",         //
      "ZeroExtend64 %11",  //
      "const64 32",        //
      "Shl %12 %13",       //
      "const64 8",         //
      "And %12 %15",       //
      "Or %14 %16",        //
      "set64 @144 %17",    // flag_carry
  };
  // g++ and clang may evaluate the operands of m.Or(...) in either order.
  REQUIRE(m.lines().size() == expected.size());
  CHECK(m.lines()[3] == expected[3]);
  CHECK(m.lines()[4] == expected[4]);
  CHECK_FALSE(m.broken());
}

TEST_CASE("a shift by cl is a branch on a guest value", "[semantics]") {
  const ListingMachine m = List<8, MakeForm(kRegister, kRegister)>(LIST(Shl));
  bool has_if = false;
  for (const std::string& line : m.lines()) has_if |= line.rfind("if ", 0) == 0;
  CHECK(has_if);
  CHECK_FALSE(m.broken());
}

TEST_CASE("a shift by an immediate is decided when it is decoded", "[semantics]") {
  const ListingMachine m = List<8, MakeForm(kRegister, kImmediate)>(LIST(Shl));
  for (const std::string& line : m.lines()) CHECK(line.rfind("if ", 0) != 0);
  CHECK_FALSE(m.broken());

  GuestInsn by_zero = SampleInsn();
  by_zero.immediate = 64;
  const ListingMachine none = List<8, MakeForm(kRegister, kImmediate)>(LIST(Shl), by_zero);
  for (const std::string& line : none.lines()) CHECK(line.rfind("set", 0) != 0);
}

TEST_CASE("checks come before the first write", "[semantics]") {
  const ListingMachine m = List<8, MakeForm(kRegister)>(LIST(Push));
  size_t probe = 0;
  size_t first_write = 0;
  for (size_t n = 0; n < m.lines().size(); ++n) {
    if (m.lines()[n].rfind("probe", 0) == 0) probe = n;
    const bool write = m.lines()[n].rfind("store", 0) == 0 || m.lines()[n].rfind("gpr", 0) == 0;
    if (write && first_write == 0) first_write = n;
  }
  CHECK(probe != 0);
  CHECK(probe < first_write);
}

TEST_CASE("division raises before it writes", "[semantics]") {
  const ListingMachine m = List<8, MakeForm(kRegister)>(LIST(Idiv));
  size_t last_raise = 0;
  size_t first_write = m.lines().size();
  for (size_t n = 0; n < m.lines().size(); ++n) {
    if (m.lines()[n].rfind("raise0 if", 0) == 0) last_raise = n;
    if (m.lines()[n].rfind("gpr", 0) == 0 && first_write == m.lines().size()) first_write = n;
  }
  CHECK(last_raise != 0);
  CHECK(last_raise < first_write);
}

TEST_CASE("integer semantics build in single-assignment form", "[semantics]") {
  constexpr OperandForm rr = MakeForm(kRegister, kRegister);
  constexpr OperandForm mr = MakeForm(kMemory, kRegister);
  constexpr OperandForm rm = MakeForm(kRegister, kMemory);
  constexpr OperandForm ri = MakeForm(kRegister, kImmediate);
  constexpr OperandForm rrr = MakeForm(kRegister, kRegister, kRegister);
  CheckWidths<rr>(LIST(Adc));
  CheckWidths<mr>(LIST(Sbb));
  CheckWidths<rm>(LIST(Cmp));
  CheckWidths<ri>(LIST(Xor));
  CheckWidths<MakeForm(kRegister)>(LIST(Inc));
  CheckWidths<MakeForm(kMemory)>(LIST(Neg));
  CheckWidths<mr>(LIST(Xadd));
  CheckWidths<mr>(LIST(Cmpxchg));
  CheckWidths<rr>(LIST(Xchg));
  CheckWidths<rr>(LIST(Sar));
  CheckWidths<rr>(LIST(Rol));
  CheckWidths<rr>(LIST(Rcl));
  CheckWidths<mr>(LIST(Rcr));
  CheckWidths<rrr>(LIST(Shld));
  CheckWidths<rrr>(LIST(Shrd));
  CheckWidths<mr>(LIST(BitTest<semantics::BitOperation::kComplement>));
  CheckWidths<rr>(LIST(Bsr));
  CheckWidths<rm>(LIST(Cmovcc<semantics::Condition::kLe>));
  CheckWidths<rr>(LIST(Imul));
  CheckWidths<MakeForm(kRegister)>(LIST(Div));
  CheckWidths<MakeForm(kRegister)>(LIST(MulWide<semantics::Signedness::kSigned>));
  CheckWidths<MakeForm(kMemory)>(LIST(Pop));
  CheckForm<8, MakeForm()>(LIST(Popf));
  CheckForm<8, MakeForm(kImmediate, kImmediate)>(LIST(Enter));
  CheckForm<8, MakeForm()>(LIST(CmpxchgPair<64>));
  CheckForm<8, MakeForm(kImmediate)>(LIST(Call));
  CheckForm<8, MakeForm(kImmediate)>(LIST(Jcc<semantics::Condition::kNbe>));
}

TEST_CASE("bit manipulation builds in single-assignment form", "[semantics]") {
  constexpr OperandForm rr = MakeForm(kRegister, kRegister);
  constexpr OperandForm rm = MakeForm(kRegister, kMemory);
  constexpr OperandForm rrr = MakeForm(kRegister, kRegister, kRegister);
  constexpr OperandForm rmr = MakeForm(kRegister, kMemory, kRegister);
  constexpr OperandForm rrm = MakeForm(kRegister, kRegister, kMemory);
  CheckWidths<rm>(LIST(Popcnt));
  CheckWidths<rr>(LIST(Lzcnt));
  CheckWidths<rm>(LIST(Tzcnt));
  CheckWidths<rrm>(LIST(Andn));
  CheckWidths<rmr>(LIST(Bextr));
  CheckWidths<rrr>(LIST(Bzhi));
  CheckWidths<rr>(LIST(Blsi));
  CheckWidths<rr>(LIST(Blsmsk));
  CheckWidths<rm>(LIST(Blsr));
  CheckWidths<rrm>(LIST(Mulx));
  CheckWidths<MakeForm(kRegister, kMemory, kImmediate)>(LIST(Rorx));
  CheckWidths<rmr>(LIST(Sarx));
  CheckWidths<rm>(LIST(Movbe));
  CheckWidths<rr>(LIST(Adcx));
  CheckWidths<rm>(LIST(Adox));
}

TEST_CASE("rep movs builds a loop", "[semantics]") {
  GuestInsn insn = SampleInsn();
  insn.prefixes = decoder::kPrefixRep;
  const ListingMachine m = List<0, MakeForm()>(LIST(Movs<8>), insn);
  bool has_loop = false;
  for (const std::string& line : m.lines()) has_loop |= line == "loop";
  CHECK(has_loop);
  CHECK_FALSE(m.broken());
}

}  // namespace elfin::test
