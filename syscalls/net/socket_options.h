// The options of a socket that are a number each: what they are at first, and what they may become.
//
// What an option does, if anything, is the business of whoever asks for its value.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "runtime/base/result.h"

namespace elfin::net {

class SocketOptions {
 public:
  /// For a socket of that family and type. Errors: kNoProtoOpt.
  Result<int32_t> Get(int32_t family, int32_t type, int32_t level, int32_t name) const;
  /// Errors: kNoProtoOpt, kInval (out of range).
  Status Set(int32_t family, int32_t type, int32_t level, int32_t name, int32_t value);
  /// The value of one that every socket has.
  int32_t Of(int32_t level, int32_t name) const;

 private:
  std::map<std::pair<int32_t, int32_t>, int32_t> values_;  // those that were set
};

}  // namespace elfin::net
