// Names of Unix sockets (unix(7)): paths, and abstract ones.
#pragma once

#include <string>

#include "syscalls/net/socket.h"
#include "syscalls/vfs/fs_context.h"

namespace elfin::net {

/// The name of one socket, a member of it; it is free again with the socket. A path stays as a
/// file.
class UnixName {
 public:
  explicit UnixName(Socket& owner) : owner_(owner) {}
  UnixName(const UnixName&) = delete;
  UnixName& operator=(const UnixName&) = delete;
  ~UnixName();

  /// bind(2); an address without name chooses an abstract one. Errors: kInval (bound already, no
  /// Unix address), kAddrInUse, those of mknod.
  Task<Status> Bind(const vfs::Caller& caller, Address address);
  /// An abstract name of five digits, unless it has one. Errors: kNoSpc.
  Status BindAutomatically();
  bool is_bound() const { return address_.size() > abi::kUnixPathOffset; }
  const Address& address() const { return address_; }

  /// The socket of that name. Errors: kInval (no Unix address), kConnRefused, kAcces, those of
  /// walking a path, kProtoType (of another type).
  static Task<Result<Socket*>> Find(const vfs::Caller& caller, Network& network, Address address,
                                    int32_t type);
  /// A name without name, as sockets have it that aren't bound.
  static Address None();

 private:
  Socket& owner_;
  Address address_ = None();
  vfs::Path place_;  // of a path: keeps the inode and its filesystem
};

}  // namespace elfin::net
