#include "syscalls/handlers/socket_arguments.h"

#include <algorithm>
#include <cstring>

#include "syscalls/abi/fcntl.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/kernel/process.h"

namespace elfin::kernel {
namespace {

constexpr uint64_t kMostControl = 20480;  // net.core.optmem_max
constexpr uint64_t kHeader = sizeof(abi::ControlHeader);

uint64_t Aligned(uint64_t size) { return RoundUp(size, 8); }

Status CopyInFiles(const SyscallContext& context, const std::string& data, net::Ancillary& to) {
  const size_t count = data.size() / sizeof(int32_t);
  if (count + to.files.size() > abi::kScmMaxFiles) return Errno::kInval;
  for (size_t i = 0; i < count; ++i) {
    int32_t fd = 0;
    std::memcpy(&fd, data.data() + i * sizeof(fd), sizeof(fd));
    to.files.push_back(TRY(context.process.files->GetWithPathOnly(Fd{fd})));
  }
  return kOk;
}

/// Only the privileged may say that they are another.
Status CheckSender(const Process& process, const abi::UserCredentials& claimed) {
  const Credentials& who = process.credentials;
  if (who.privileged()) return kOk;
  const bool own_uid = claimed.uid == who.real_uid || claimed.uid == who.effective_uid ||
                       claimed.uid == who.saved_uid;
  const bool own_gid = claimed.gid == who.real_gid || claimed.gid == who.effective_gid ||
                       claimed.gid == who.saved_gid;
  if (claimed.pid != process.pid || !own_uid || !own_gid) return Errno::kPerm;
  return kOk;
}

}  // namespace

Result<net::SocketPtr> SocketAt(const SyscallContext& context, Fd fd) {
  const vfs::FilePtr file = TRY(context.process.files->Get(fd));
  if (file->socket() == nullptr) return Errno::kNotSock;
  return std::static_pointer_cast<net::Socket>(file);
}

Result<net::Address> CopyInAddress(const SyscallContext& context, GuestAddr at, uint32_t size) {
  if (at.is_null()) return net::Address();
  if (size > abi::kSockAddrMax) return Errno::kInval;
  net::Address address(size, '\0');
  TRY(context.CopyIn(at, address.data(), size));
  return address;
}

Status CopyOutAddress(const SyscallContext& context, const net::Address& address, GuestAddr to,
                      GuestAddr size_at) {
  if (to.is_null()) return kOk;
  const GuestPtr<int32_t> size_pointer{size_at};
  const int32_t room = TRY(context.CopyIn(size_pointer));
  if (room < 0) return Errno::kInval;
  TRY(context.CopyOut(to, address.data(),
                      std::min<size_t>(address.size(), static_cast<size_t>(room))));
  return context.CopyOut(size_pointer, static_cast<int32_t>(address.size()));
}

vfs::IoOptions SocketOptionsFor(const SyscallContext& context, const net::Socket& socket,
                                uint32_t flags) {
  vfs::IoOptions options = OptionsFor(context, socket);
  if ((flags & abi::kMsgDontWait) != 0) options.nonblocking = true;
  return options;
}

Result<net::Ancillary> CopyInControl(const SyscallContext& context, GuestAddr at, uint64_t size) {
  net::Ancillary ancillary;
  if (size > kMostControl) return Errno::kNoBufs;
  std::string all(static_cast<size_t>(size), '\0');
  if (size > 0) TRY(context.CopyIn(at, all.data(), all.size()));
  for (uint64_t offset = 0; offset + kHeader <= size;) {
    abi::ControlHeader header;
    std::memcpy(&header, &all[offset], sizeof(header));
    if (header.size < kHeader || header.size > size - offset) return Errno::kInval;
    const std::string data = all.substr(offset + kHeader, header.size - kHeader);
    offset += Aligned(header.size);
    if (header.level != abi::kSolSocket) continue;  // hints to a network
    if (header.type == abi::kScmRights) {
      TRY(CopyInFiles(context, data, ancillary));
    } else if (header.type == abi::kScmCredentials) {
      abi::UserCredentials sender;
      if (data.size() != sizeof(sender)) return Errno::kInval;
      std::memcpy(&sender, data.data(), sizeof(sender));
      TRY(CheckSender(context.process, sender));
      ancillary.sender = sender;
    } else {
      return Errno::kInval;
    }
  }
  return ancillary;
}

Result<uint64_t> CopyOutControl(SyscallContext& context, const net::Socket& socket,
                                net::Incoming& message, GuestAddr to, uint64_t size) {
  uint64_t used = 0;
  const auto put = [&](int32_t type, const void* data, uint64_t data_size) -> Status {
    const abi::ControlHeader header{kHeader + data_size, abi::kSolSocket, type};
    TRY(context.CopyOut(GuestPtr<abi::ControlHeader>{to + used}, header));
    TRY(context.CopyOut(to + (used + kHeader), data, static_cast<size_t>(data_size)));
    used = std::min(used + Aligned(header.size), size);
    return kOk;
  };
  if (socket.Option(abi::kSoPassCred) != 0) {
    const abi::UserCredentials sender =
        message.ancillary.sender.value_or(abi::UserCredentials{0, 65534, 65534});
    if (size - used >= kHeader + sizeof(sender)) {
      TRY(put(abi::kScmCredentials, &sender, sizeof(sender)));
    } else {
      message.out_flags |= abi::kMsgControlTruncated;
    }
  }
  if (message.ancillary.files.empty()) return used;
  const uint64_t room = size - used > kHeader ? (size - used - kHeader) / sizeof(int32_t) : 0;
  const bool closes = (message.flags & abi::kMsgCloExec) != 0;
  std::vector<int32_t> fds;
  for (const vfs::FilePtr& file : message.ancillary.files) {
    if (fds.size() >= room) break;
    const Result<uint64_t> fd = AddFile(context, file, closes ? abi::kOCloExec : 0);
    if (!fd.ok()) break;
    fds.push_back(static_cast<int32_t>(fd.value()));
  }
  if (fds.size() < message.ancillary.files.size()) {
    message.out_flags |= abi::kMsgControlTruncated;
  }
  if (!fds.empty()) TRY(put(abi::kScmRights, fds.data(), fds.size() * sizeof(int32_t)));
  return used;
}

}  // namespace elfin::kernel
