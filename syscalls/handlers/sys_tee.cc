// Pipes' contents, doubled, and exchanged with memory.
#include <algorithm>

#include "syscalls/abi/fcntl.h"
#include "syscalls/fs/pipe.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/handlers/guest_data.h"
#include "syscalls/handlers/raise_write_signal.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/thread.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {
namespace {

constexpr uint64_t kKnownFlags =
    abi::kSpliceMove | abi::kSpliceNonBlock | abi::kSpliceMore | abi::kSpliceGift;

bool Waits(const vfs::File& file, uint64_t flags) {
  return (flags & abi::kSpliceNonBlock) == 0 && (file.flags() & abi::kONonBlock) == 0;
}

}  // namespace

/// tee(2).
SyscallResult SysTee(SyscallContext& context, Fd in_fd, Fd out_fd, uint64_t size, uint64_t flags) {
  if ((flags & ~kKnownFlags) != 0) co_return Errno::kInval;
  if (size == 0) co_return uint64_t{0};
  CO_ASSIGN(const vfs::FilePtr in_file, FileForReading(context, in_fd));
  CO_ASSIGN(const vfs::FilePtr out_file, FileForWriting(context, out_fd));
  const fs::PipeEnd* const in = fs::AsPipeEnd(*in_file);
  const fs::PipeEnd* const out = fs::AsPipeEnd(*out_file);
  if (in == nullptr || out == nullptr || in->pipe() == out->pipe()) co_return Errno::kInval;
  for (;;) {
    fs::Pipe& from = *in->pipe();
    fs::Pipe& to = *out->pipe();
    if (from.used() == 0) {
      if (from.writers == 0) co_return uint64_t{0};
      if (!Waits(*in_file, flags)) co_return Errno::kAgain;
      CO_TRY(co_await from.changed.Wait(context.thread));
      continue;
    }
    if (to.readers == 0) {
      RaiseWriteSignal(context, Errno::kPipe);
      co_return Errno::kPipe;
    }
    if (to.room() > 0) co_return uint64_t{from.CopyTo(to, size)};
    if (!Waits(*out_file, flags)) co_return Errno::kAgain;
    CO_TRY(co_await to.changed.Wait(context.thread));
  }
}

/// vmsplice(2): copies, so that gifts (SPLICE_F_GIFT) stay the giver's.
SyscallResult SysVmsplice(SyscallContext& context, Fd fd, GuestPtr<abi::IoVec> vectors,
                          uint64_t count, uint64_t flags) {
  if ((flags & ~kKnownFlags) != 0) co_return Errno::kInval;
  CO_ASSIGN(const vfs::FilePtr file, context.process.files->Get(fd));
  if (fs::AsPipeEnd(*file) == nullptr) co_return Errno::kBadF;
  if (count > static_cast<uint64_t>(abi::kIovMax)) co_return Errno::kInval;
  CO_ASSIGN(GuestPieces pieces,
            GuestPieces::FromIovecs(context, vectors, static_cast<int32_t>(count)));
  vfs::IoOptions options = OptionsFor(context, *file);
  if (!Waits(*file, flags)) options.nonblocking = true;
  if (!file->writable()) {
    GuestSink sink(context, std::move(pieces));
    CO_ASSIGN(const size_t got, co_await file->Read(sink, options));
    co_return uint64_t{got};
  }
  GuestSource source(context, std::move(pieces));
  const Result<size_t> put = co_await file->Write(source, options);
  if (put.ok()) co_return uint64_t{put.value()};
  RaiseWriteSignal(context, put.error());
  co_return put.error();
}

}  // namespace elfin::kernel
