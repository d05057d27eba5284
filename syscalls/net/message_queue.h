// What a socket has received and nobody has read: of a stream, or in packets.
//
//     [ message: bytes, ancillary, from ] [ … ] [ … ]
//        ▲ begin: read so far                  ▲ a stream's bytes go here while nothing lies
//        between
//
// Streams are read across messages, but not beyond one that brings files: these stay with their
// bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "syscalls/net/message.h"

namespace elfin::net {

class MessageQueue {
 public:
  bool empty() const { return messages_.empty(); }
  size_t count() const { return messages_.size(); }
  /// Unread bytes: of all, of the first.
  size_t bytes() const { return bytes_; }
  size_t first_bytes() const { return empty() ? 0 : messages_.front().left(); }
  /// What may still come, with a message's own cost counted.
  size_t room() const { return cost() < capacity_ ? capacity_ - cost() : 0; }
  size_t capacity() const { return capacity_; }
  void set_capacity(size_t capacity) { capacity_ = capacity; }

  /// As much as has room. Errors: kFault (at the first byte).
  Result<size_t> PutStream(vfs::DataSource& from, Ancillary ancillary);
  /// All of it, whatever the room. Errors: kFault.
  Result<size_t> PutPacket(vfs::DataSource& from, Ancillary ancillary, Address sender);
  /// What there is, up to where files came with it. Errors: kFault.
  Result<size_t> TakeStream(Incoming& to);
  /// The first packet; what doesn't fit is lost (MSG_TRUNC). Its whole size where MSG_TRUNC was
  /// asked for. Precondition: !empty().
  Result<size_t> TakePacket(Incoming& to);
  void Clear();
  /// Calls `visit(file, users)` for each file that came with a message.
  void VisitFiles(const std::function<void(vfs::File&, long users)>& visit) const;
  /// Takes them out of their messages.
  std::vector<vfs::FilePtr> ReleaseFiles();

 private:
  static constexpr size_t kMessageCost = 64;
  static constexpr size_t kPieceMax = 65536;

  struct Message {
    std::string bytes;
    size_t begin = 0;
    Ancillary ancillary;
    Address from;
    size_t left() const { return bytes.size() - begin; }
  };
  size_t cost() const { return bytes_ + messages_.size() * kMessageCost; }
  bool CanExtend(const Ancillary& ancillary) const;

  std::deque<Message> messages_;
  size_t bytes_ = 0;
  size_t capacity_ = 212'992;  // net.core.rmem_default
};

}  // namespace elfin::net
