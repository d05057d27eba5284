// What sockets carry: data, addresses, and what goes beside data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "syscalls/abi/socket.h"
#include "syscalls/vfs/data.h"
#include "syscalls/vfs/file.h"
#include "syscalls/vfs/fs_context.h"

namespace elfin::net {

/// The bytes of a struct sockaddr, as long as they are; empty: none given.
using Address = std::string;

/// The family that an address says, AF_UNSPEC for one too short to say any.
int32_t FamilyOf(const Address& address);

/// Control messages (cmsg(3)).
struct Ancillary {
  std::vector<vfs::FilePtr> files;             // SCM_RIGHTS
  std::optional<abi::UserCredentials> sender;  // SCM_CREDENTIALS
};

/// What a send call gives.
struct Outgoing {
  vfs::DataSource& data;
  uint32_t flags = 0;  // MSG_*
  Address to = {};
  const vfs::Caller* caller = nullptr;  // who asks; needed where there is an address
  Ancillary ancillary = {};
};

/// Where a receive call wants it, and what else came.
struct Incoming {
  vfs::DataSink& data;
  uint32_t flags = 0;          // MSG_*
  bool parts_senders = false;  // of a stream, no bytes of two senders at once
  // Answers:
  Address from = {};
  Ancillary ancillary = {};
  uint32_t out_flags = 0;  // MSG_TRUNC

  bool peeks() const { return (flags & abi::kMsgPeek) != 0; }
};

}  // namespace elfin::net
