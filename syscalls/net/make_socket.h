// Which kinds of sockets there are.
#pragma once

#include "syscalls/net/socket.h"
#include "syscalls/vfs/fs_context.h"

namespace elfin::net {

/// socket(2). `flags`: O_NONBLOCK. Errors: kAfNoSupport, kSockTNoSupport, kProtoNoSupport, kInval,
/// kPerm (raw sockets of the unprivileged).
Result<SocketPtr> MakeSocket(Network& network, const vfs::Caller& caller, SocketKind kind,
                             uint32_t flags);

struct SocketPair {
  SocketPtr first;
  SocketPtr second;
};
/// socketpair(2). Errors: as MakeSocket, kOpNotSupp (not AF_UNIX).
Result<SocketPair> MakeSocketPair(Network& network, const vfs::Caller& caller, SocketKind kind,
                                  uint32_t flags);

}  // namespace elfin::net
