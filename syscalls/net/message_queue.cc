#include "syscalls/net/message_queue.h"

#include <algorithm>
#include <utility>

#include "runtime/base/check.h"

namespace elfin::net {

int32_t FamilyOf(const Address& address) {
  if (address.size() < sizeof(uint16_t)) return abi::kAfUnspec;
  return static_cast<uint8_t>(address[0]) | static_cast<uint8_t>(address[1]) << 8;
}

bool MessageQueue::CanExtend(const Ancillary& ancillary) const {
  if (messages_.empty() || !ancillary.files.empty()) return false;
  const Message& last = messages_.back();
  return last.ancillary.files.empty() && last.ancillary.sender == ancillary.sender &&
         last.bytes.size() < kPieceMax;
}

Result<size_t> MessageQueue::PutStream(vfs::DataSource& from, Ancillary ancillary) {
  size_t done = 0;
  while (room() > 0 && from.remaining() > 0) {
    const bool extends = CanExtend(ancillary);
    if (!extends) messages_.push_back({{}, 0, ancillary, {}});
    std::string& bytes = messages_.back().bytes;
    const size_t before = bytes.size();
    const size_t size = static_cast<size_t>(
        std::min<uint64_t>({from.remaining(), std::max<size_t>(room(), 1), kPieceMax - before}));
    bytes.resize(before + size);
    const Result<size_t> taken = from.Take(&bytes[before], size);
    const size_t got = taken.ok() ? taken.value() : 0;
    bytes.resize(before + got);
    bytes_ += got;
    done += got;
    if (got == 0 && !extends) messages_.pop_back();
    if (!taken.ok() && done == 0) return taken.error();
    if (got < size) break;
    ancillary.files.clear();  // they go with the first piece
  }
  return done;
}

Result<size_t> MessageQueue::PutPacket(vfs::DataSource& from, Ancillary ancillary, Address sender) {
  Message message{{}, 0, std::move(ancillary), std::move(sender)};
  const size_t size = static_cast<size_t>(from.remaining());
  message.bytes.resize(size);
  if (size > 0 && TRY(from.Take(message.bytes.data(), size)) < size) return Errno::kFault;
  bytes_ += size;
  messages_.push_back(std::move(message));
  return size;
}

Result<size_t> MessageQueue::TakeStream(Incoming& to) {
  size_t done = 0;
  size_t index = 0;  // moves on only when peeking
  while (index < messages_.size() && to.data.remaining() > 0) {
    Message& message = messages_[index];
    const bool other_sender =
        to.parts_senders && done > 0 && to.ancillary.sender != message.ancillary.sender;
    if (other_sender) break;
    const size_t wanted =
        static_cast<size_t>(std::min<uint64_t>(message.left(), to.data.remaining()));
    const Result<size_t> put = to.data.Put(&message.bytes[message.begin], wanted);
    if (!put.ok() && done == 0) return put.error();
    const size_t size = put.ok() ? put.value() : 0;
    done += size;
    to.ancillary.sender = message.ancillary.sender;
    const bool brings_files = !message.ancillary.files.empty();
    if (to.peeks()) {
      if (brings_files) to.ancillary.files = message.ancillary.files;
      ++index;
    } else {
      if (brings_files) to.ancillary.files = std::exchange(message.ancillary.files, {});
      message.begin += size;
      bytes_ -= size;
      if (message.left() == 0) messages_.pop_front();
    }
    if (size < wanted || brings_files) break;
  }
  return done;
}

Result<size_t> MessageQueue::TakePacket(Incoming& to) {
  CHECK(!messages_.empty());
  Message& message = messages_.front();
  const size_t size = message.bytes.size();
  const size_t wanted = static_cast<size_t>(std::min<uint64_t>(size, to.data.remaining()));
  if (wanted > 0 && TRY(to.data.Put(message.bytes.data(), wanted)) < wanted) return Errno::kFault;
  if (wanted < size) to.out_flags |= abi::kMsgTruncated;
  to.from = message.from;
  to.ancillary = message.ancillary;
  if (!to.peeks()) {
    bytes_ -= size;
    messages_.pop_front();
  }
  return (to.flags & abi::kMsgTruncated) != 0 ? size : wanted;
}

void MessageQueue::Clear() {
  messages_.clear();
  bytes_ = 0;
}

void MessageQueue::VisitFiles(const std::function<void(vfs::File&, long)>& visit) const {
  for (const Message& message : messages_) {
    for (const vfs::FilePtr& file : message.ancillary.files) visit(*file, file.use_count());
  }
}

std::vector<vfs::FilePtr> MessageQueue::ReleaseFiles() {
  std::vector<vfs::FilePtr> released;
  for (Message& message : messages_) {
    std::vector<vfs::FilePtr>& files = message.ancillary.files;
    std::move(files.begin(), files.end(), std::back_inserter(released));
    files.clear();
  }
  return released;
}

}  // namespace elfin::net
