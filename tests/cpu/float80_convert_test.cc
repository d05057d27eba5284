// Conversions and constants against the processor: result bytes and status bits are equal.
#include <catch2/catch.hpp>

#include "runtime/cpu/float80/constants.h"
#include "runtime/cpu/float80/convert.h"
#include "tests/cpu/float80_host.h"

namespace elfin::cpu::float80 {
namespace {

constexpr int kCases = 300'000;
constexpr uint16_t kRaisedBits = kAllExceptions | kRoundedUp;

using HostStore = host::Stored (*)(uint16_t, Float80);

/// own(context, a, bytes) writes what is to be stored, if anything is, over the 0xcc bytes.
template <class Own>
void CompareStores(const char* name, HostStore host_store, Own own) {
  OperandSource source(static_cast<uint64_t>(name[5]));
  for (int i = 0; i < kCases; ++i) {
    const uint16_t control = source.Control();
    const Float80 a = source.Any();
    const host::Stored host = host_store(control, a);
    Context context{control, 0};
    uint8_t bytes[16];
    memset(bytes, 0xcc, sizeof(bytes));
    own(context, a, bytes);
    const bool refused = (context.raised & ~control & kAllExceptions & ~kPrecision) != 0;
    if (refused) memset(bytes, 0xcc, sizeof(bytes));
    if (context.raised != (host.status & kRaisedBits) ||
        memcmp(bytes, host.bytes, sizeof(bytes)) != 0) {
      uint64_t want, got;
      memcpy(&want, host.bytes, 8);
      memcpy(&got, bytes, 8);
      CAPTURE(name, a);
      CAPTURE(std::hex, control, host.status, context.raised, want, got);
      FAIL("differs from the processor");
    }
  }
}

template <class T>
void Put(uint8_t* bytes, T value) {
  memcpy(bytes, &value, sizeof(T));
}

using HostLoad = host::Outcome (*)(uint16_t, const void*);

template <class Source, class Own>
void CompareLoads(const char* name, HostLoad host_load, Source draw, Own own) {
  OperandSource source(static_cast<uint64_t>(name[4]));
  for (int i = 0; i < kCases; ++i) {
    const uint16_t control = source.Control();
    uint8_t bytes[16] = {};
    draw(source, bytes);
    const host::Outcome host = host_load(control, bytes);
    Context context{control, 0};
    const Float80 value = own(context, bytes);
    const bool same = context.Stopped() || value == host.value;
    if (context.raised != (host.status & kRaisedBits) || !same) {
      CAPTURE(name, host.value, value);
      CAPTURE(std::hex, control, host.status, context.raised);
      FAIL("differs from the processor");
    }
  }
}

template <class T>
T Get(const uint8_t* bytes) {
  T value;
  memcpy(&value, bytes, sizeof(T));
  return value;
}

/// Float bits with exponents at the ends as often as in the middle.
template <class T, unsigned fraction_bits>
void DrawFloat(OperandSource& source, uint8_t* bytes) {
  auto value = static_cast<T>(source.Bits());
  const T exponent = static_cast<T>(~T{0} << 1) >> 1 >> fraction_bits << fraction_bits;
  if (source.Bits() % 4 == 0) value &= static_cast<T>(~exponent);
  if (source.Bits() % 4 == 0) value |= exponent;
  if (source.Bits() % 4 == 0) value &= static_cast<T>(~T{0} << source.Bits() % (8 * sizeof(T)));
  if (source.Bits() % 8 == 0) value &= static_cast<T>(~T{0} >> source.Bits() % (8 * sizeof(T)));
  Put(bytes, value);
}

template <class T>
void DrawInteger(OperandSource& source, uint8_t* bytes) {
  auto value = static_cast<T>(source.Bits());
  Put(bytes, static_cast<T>(value >> source.Bits() % (8 * sizeof(T))));
}

void DrawDecimal(OperandSource& source, uint8_t* bytes) {
  for (unsigned i = 0; i < 10; ++i) {
    const uint64_t bits = source.Bits();
    bytes[i] = static_cast<uint8_t>((bits >> 8) % 10 << 4 | bits % 10);
  }
  bytes[9] = static_cast<uint8_t>(source.Bits());
}

TEST_CASE("float80 stores equal the processor's") {
  CompareStores("storefloat32", host::StoreFloat32,
                [](Context& context, Float80 a, uint8_t* to) { Put(to, ToFloat32(context, a)); });
  CompareStores("storefloat64", host::StoreFloat64,
                [](Context& context, Float80 a, uint8_t* to) { Put(to, ToFloat64(context, a)); });
  CompareStores("storeinteger16", host::StoreInteger16,
                [](Context& context, Float80 a, uint8_t* to) {
                  Put(to, static_cast<int16_t>(ToInteger(context, a, 16)));
                });
  CompareStores("storeinteger32", host::StoreInteger32,
                [](Context& context, Float80 a, uint8_t* to) {
                  Put(to, static_cast<int32_t>(ToInteger(context, a, 32)));
                });
  CompareStores(
      "storeinteger64", host::StoreInteger64,
      [](Context& context, Float80 a, uint8_t* to) { Put(to, ToInteger(context, a, 64)); });
  CompareStores("truncate64", host::StoreInteger64Truncated,
                [](Context& context, Float80 a, uint8_t* to) {
                  Put(to, ToInteger(context, a, 64, Rounding::kTowardZero));
                });
  CompareStores("storedecimal", host::StoreDecimal,
                [](Context& context, Float80 a, uint8_t* to) { Put(to, ToDecimal(context, a)); });
}

TEST_CASE("float80 loads equal the processor's") {
  CompareLoads("loadfloat32", host::LoadFloat32, DrawFloat<uint32_t, 23>,
               [](Context& context, const uint8_t* from) {
                 return FromFloat32(context, Get<uint32_t>(from));
               });
  CompareLoads("loadfloat64", host::LoadFloat64, DrawFloat<uint64_t, 52>,
               [](Context& context, const uint8_t* from) {
                 return FromFloat64(context, Get<uint64_t>(from));
               });
  CompareLoads("loadinteger16", host::LoadInteger16, DrawInteger<int16_t>,
               [](Context&, const uint8_t* from) { return FromInteger(Get<int16_t>(from)); });
  CompareLoads("loadinteger32", host::LoadInteger32, DrawInteger<int32_t>,
               [](Context&, const uint8_t* from) { return FromInteger(Get<int32_t>(from)); });
  CompareLoads("loadinteger64", host::LoadInteger64, DrawInteger<int64_t>,
               [](Context&, const uint8_t* from) { return FromInteger(Get<int64_t>(from)); });
  CompareLoads("loaddecimal", host::LoadDecimal, DrawDecimal,
               [](Context&, const uint8_t* from) { return FromDecimal(Get<PackedDecimal>(from)); });
}

TEST_CASE("x87 constants equal the processor's in all rounding modes") {
  constexpr auto kHost = std::array{host::LoadLog2Of10, host::LoadLog2OfE, host::LoadPi,
                                    host::LoadLog10Of2, host::LoadLogOf2};
  for (unsigned rounding = 0; rounding < 4; ++rounding) {
    for (unsigned i = 0; i < kHost.size(); ++i) {
      const auto control = static_cast<uint16_t>(0x37f | rounding << 10);
      const Float80 value = LoadConstant(static_cast<Rounding>(rounding), static_cast<Constant>(i));
      CHECK(value == kHost[i](control, kOne, kOne).value);
    }
  }
}

}  // namespace
}  // namespace elfin::cpu::float80
