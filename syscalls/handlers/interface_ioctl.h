// The ioctls about interfaces that any socket takes (netdevice(7)).
#pragma once

#include "syscalls/kernel/syscall_context.h"
#include "syscalls/net/socket.h"

namespace elfin::kernel {

/// Errors: kNoTty (not one of these), kNoDev, kFault; those that would change something kPerm, and
/// kOpNotSupp for the superuser.
Result<uint64_t> InterfaceIoctl(SyscallContext& context, const net::Socket& socket,
                                uint32_t request, GuestAddr argument);

}  // namespace elfin::kernel
