// From the arguments of the socket calls to sockets, addresses and messages, and back.
#pragma once

#include <cstdint>
#include <vector>

#include "syscalls/handlers/guest_data.h"
#include "syscalls/net/socket.h"

namespace elfin::kernel {

/// Errors: kBadF, kNotSock.
Result<net::SocketPtr> SocketAt(const SyscallContext& context, Fd fd);

/// A struct sockaddr argument; null gives none. Errors: kInval (size), kFault.
Result<net::Address> CopyInAddress(const SyscallContext& context, GuestAddr at, uint32_t size);
/// As accept and getsockname answer: as much as has room, and how long it is. Null: nothing.
Status CopyOutAddress(const SyscallContext& context, const net::Address& address, GuestAddr to,
                      GuestAddr size_at);

/// How a call with these MSG_ flags waits.
vfs::IoOptions SocketOptionsFor(const SyscallContext& context, const net::Socket& socket,
                                uint32_t flags);

/// Control messages that go with a send. Errors: kInval, kBadF, kPerm (another's credentials).
Result<net::Ancillary> CopyInControl(const SyscallContext& context, GuestAddr at, uint64_t size);
/// Those that came: opens the files. Returns the bytes used; MSG_CTRUNC is set where something had
/// no room.
Result<uint64_t> CopyOutControl(SyscallContext& context, const net::Socket& socket,
                                net::Incoming& message, GuestAddr to, uint64_t size);

}  // namespace elfin::kernel
