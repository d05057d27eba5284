// Looking into other processes: their memory, their descriptors, what two of them share.
#include <algorithm>

#include "syscalls/fs/process_file.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/handlers/guest_data.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

/// ptrace(2)'s rule of who may. Errors: kSrch, kPerm.
Result<Process*> Peer(const SyscallContext& ctx, int32_t pid) {
  Process* peer = ctx.kernel.FindProcess(pid);
  if (peer == nullptr || peer->memory == nullptr) return Errno::kSrch;
  const Credentials& own = ctx.process.credentials;
  const Credentials& theirs = peer->credentials;
  const bool same = own.real_uid == theirs.real_uid && own.real_uid == theirs.effective_uid &&
                    own.real_uid == theirs.saved_uid && own.real_gid == theirs.real_gid &&
                    own.real_gid == theirs.effective_gid && own.real_gid == theirs.saved_gid;
  if (peer != &ctx.process && !same && !own.privileged()) return Errno::kPerm;
  return peer;
}

constexpr size_t kPiece = 0x1'0000;

/// One piece of both sides. Errors: kFault.
Result<size_t> MovePiece(SyscallContext& ctx, memory::AddressSpace& theirs, GuestPieces& here,
                         GuestPieces& there, bool reads) {
  const size_t size = std::min({here.next_size(), there.next_size(), uint64_t{kPiece}});
  std::vector<uint8_t> bytes(size);
  const size_t have = TRY(reads ? theirs.CopyInPartial(there.next(), bytes.data(), size)
                                : ctx.CopyInPartial(here.next(), bytes.data(), size));
  const size_t moved = TRY(reads ? ctx.CopyOutPartial(here.next(), bytes.data(), have)
                                 : theirs.CopyOutPartial(there.next(), bytes.data(), have));
  here.Advance(moved);
  there.Advance(moved);
  return moved == size ? Result<size_t>(moved) : Errno::kFault;
}

struct MoveCall {
  int32_t pid;
  GuestAddr here;
  uint64_t here_count;
  GuestAddr there;
  uint64_t there_count;
  uint64_t flags;
};

/// What was moved before a bad address counts.
SyscallResult MoveMemory(SyscallContext& ctx, const MoveCall& call, bool reads) {
  constexpr uint64_t kMaxPieces = 1024;  // UIO_MAXIOV
  if (call.flags != 0) return Errno::kInval;
  if (call.here_count > kMaxPieces || call.there_count > kMaxPieces) return Errno::kInval;
  GuestPieces here = TRY(GuestPieces::FromIovecs(ctx, GuestPtr<abi::IoVec>{call.here},
                                                 static_cast<int32_t>(call.here_count)));
  GuestPieces there = TRY(GuestPieces::FromIovecs(ctx, GuestPtr<abi::IoVec>{call.there},
                                                  static_cast<int32_t>(call.there_count)));
  if (here.remaining() == 0 || there.remaining() == 0) return uint64_t{0};
  Process& peer = *TRY(Peer(ctx, call.pid));
  const uint64_t before = here.remaining();
  while (here.remaining() != 0 && there.remaining() != 0) {
    const Result<size_t> moved = MovePiece(ctx, *peer.memory, here, there, reads);
    if (moved.ok()) continue;
    if (here.remaining() == before) return moved.error();
    break;
  }
  return before - here.remaining();
}

/// kcmp(2)'s answer: equal, or an order that means nothing.
uint64_t Order(const void* one, const void* other) {
  if (one == other) return 0;
  return std::less<const void*>()(one, other) ? 1 : 2;
}

}  // namespace

/// process_vm_readv(2).
SyscallResult SysProcessVmReadv(SyscallContext& ctx, int32_t pid, GuestAddr here,
                                uint64_t here_count, GuestAddr there, uint64_t there_count,
                                uint64_t flags) {
  return MoveMemory(ctx, {pid, here, here_count, there, there_count, flags}, true);
}

/// process_vm_writev(2).
SyscallResult SysProcessVmWritev(SyscallContext& ctx, int32_t pid, GuestAddr here,
                                 uint64_t here_count, GuestAddr there, uint64_t there_count,
                                 uint64_t flags) {
  return MoveMemory(ctx, {pid, here, here_count, there, there_count, flags}, false);
}

/// kcmp(2): KCMP_EPOLL_TFD is refused (EINVAL).
SyscallResult SysKcmp(SyscallContext& ctx, int32_t pid, int32_t other_pid, int32_t type,
                      uint64_t index, uint64_t other_index) {
  constexpr int32_t kFile = 0, kVm = 1, kFiles = 2, kFs = 3, kSigHand = 4, kIo = 5, kSysVSem = 6;
  const Process& one = *TRY(Peer(ctx, pid));
  const Process& other = *TRY(Peer(ctx, other_pid));
  switch (type) {
    case kFile: {
      const auto file = TRY(one.files->GetWithPathOnly(Fd{static_cast<int32_t>(index)}));
      const auto other_file =
          TRY(other.files->GetWithPathOnly(Fd{static_cast<int32_t>(other_index)}));
      return Order(file.get(), other_file.get());
    }
    case kVm:
      return Order(one.memory.get(), other.memory.get());
    case kFiles:
      return Order(one.files.get(), other.files.get());
    case kFs:
      return Order(one.fs.get(), other.fs.get());
    case kSigHand:
    case kSysVSem:
      return Order(&one, &other);
    case kIo:
      return uint64_t{0};  // nobody has a context for I/O
    default:
      return Errno::kInval;
  }
}

/// pidfd_getfd(2).
SyscallResult SysPidfdGetfd(SyscallContext& ctx, Fd fd, Fd theirs, uint32_t flags) {
  if (flags != 0) return Errno::kInval;
  const vfs::FilePtr file = TRY(FilesOf(ctx).Get(fd));
  fs::ProcessFile* target = file->process_file();
  if (target == nullptr) return Errno::kBadF;
  const Process& peer = *TRY(Peer(ctx, target->pid(ctx.kernel)));
  vfs::FilePtr shared = TRY(peer.files->GetWithPathOnly(theirs));
  const Fd added = TRY(FilesOf(ctx).Add(std::move(shared), vfs::OnExec::kClose));
  return static_cast<uint64_t>(added.value);
}

}  // namespace elfin::kernel
