// Pipes, and data from one descriptor to another without the guest's memory.
#include <algorithm>
#include <vector>

#include "syscalls/abi/fcntl.h"
#include "syscalls/fs/pipe.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/handlers/raise_write_signal.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/process.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {
namespace {

constexpr size_t kChunk = 65536;

Result<uint64_t> MakePipe(SyscallContext& context, GuestPtr<int32_t> to, uint32_t flags) {
  if ((flags & ~(abi::kOCloExec | abi::kONonBlock)) != 0) return Errno::kInval;
  vfs::FdTable& files = FilesOf(context);
  fs::PipePair pipe =
      fs::MakePipe(context.kernel.host(), CallerOf(context), flags & abi::kONonBlock);
  const vfs::OnExec on_exec =
      (flags & abi::kOCloExec) != 0 ? vfs::OnExec::kClose : vfs::OnExec::kKeep;
  const Fd read_fd = TRY(files.Add(std::move(pipe.read_end), on_exec));
  const Result<Fd> write_fd = files.Add(std::move(pipe.write_end), on_exec);
  const int32_t fds[2] = {read_fd.value, write_fd.ok() ? write_fd.value().value : -1};
  const Status copied =
      write_fd.ok() ? context.CopyOut(to.address, fds, sizeof(fds)) : Status(write_fd.error());
  if (copied.ok()) return uint64_t{0};
  (void)files.Close(read_fd);
  if (write_fd.ok()) (void)files.Close(write_fd.value());
  return copied.error();
}

/// One side of a copy: a file at its own offset, or at a position that the guest's memory holds.
struct End {
  vfs::FilePtr file;
  GuestAddr offset_at;  // null: the file's own
  bool positioned = false;
  uint64_t position = 0;
};

Result<End> EndOf(SyscallContext& context, vfs::FilePtr file, GuestAddr offset_at) {
  End end{std::move(file), offset_at, false, 0};
  if (offset_at.is_null()) return end;
  const int64_t offset = TRY(context.CopyIn(GuestPtr<int64_t>{offset_at}));
  if (offset < 0) return Errno::kInval;
  end.positioned = true;
  end.position = static_cast<uint64_t>(offset);
  return end;
}

/// A file that can seek is read by position, so that what the other side does not take is not lost.
Task<Status> UsePosition(End& end) {
  if (end.positioned) co_return kOk;
  const Result<uint64_t> offset = co_await end.file->Seek(0, abi::kSeekCur);
  if (!offset.ok()) co_return kOk;
  end.positioned = true;
  end.position = offset.value();
  co_return kOk;
}

Task<Status> StorePosition(SyscallContext& context, const End& end) {
  if (!end.positioned) co_return kOk;
  if (!end.offset_at.is_null()) {
    const int64_t position = static_cast<int64_t>(end.position);
    co_return context.CopyOut(GuestPtr<int64_t>{end.offset_at}, position);
  }
  CO_TRY(co_await end.file->Seek(static_cast<int64_t>(end.position), abi::kSeekSet));
  co_return kOk;
}

Task<Result<size_t>> WriteAll(SyscallContext& context, End& out, const uint8_t* bytes,
                              size_t size) {
  size_t done = 0;
  const vfs::IoOptions options = OptionsFor(context, *out.file);
  while (done < size) {
    vfs::MemorySource source(bytes + done, size - done);
    const Result<size_t> wrote = out.positioned
                                     ? co_await out.file->WriteAt(out.position, source, options)
                                     : co_await out.file->Write(source, options);
    if (!wrote.ok()) {
      if (done == 0) co_return wrote;
      break;
    }
    done += wrote.value();
    if (out.positioned) out.position += wrote.value();
    if (wrote.value() == 0) break;
  }
  co_return done;
}

/// Copies up to `size` bytes, until the input has no more for now.
SyscallResult Copy(SyscallContext& context, End in, End out, uint64_t size) {
  size = std::min(size, abi::kMaxReadWrite);
  CO_TRY(co_await UsePosition(in));
  std::vector<uint8_t> bytes(static_cast<size_t>(std::min<uint64_t>(size, kChunk)));
  uint64_t done = 0;
  Errno error{};
  while (done < size) {
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(size - done, bytes.size()));
    vfs::MemorySink sink(bytes.data(), wanted);
    vfs::IoOptions options = OptionsFor(context, *in.file);
    if (done > 0) options.nonblocking = true;
    const Result<size_t> read = in.positioned ? co_await in.file->ReadAt(in.position, sink, options)
                                              : co_await in.file->Read(sink, options);
    if (!read.ok()) error = read.error();
    if (!read.ok() || read.value() == 0) break;
    const Result<size_t> wrote = co_await WriteAll(context, out, bytes.data(), read.value());
    if (!wrote.ok()) {
      error = wrote.error();
      if (error == Errno::kPipe) RaiseWriteSignal(context, Errno::kPipe);
      break;
    }
    done += wrote.value();
    in.position += wrote.value();
    if (wrote.value() < read.value()) break;
  }
  if (done == 0 && error != Errno{}) co_return error;
  CO_TRY(co_await StorePosition(context, in));
  if (!out.offset_at.is_null()) CO_TRY(co_await StorePosition(context, out));
  co_return done;
}

bool IsPipe(const vfs::File& file) { return file.inode()->type() == vfs::FileType::kFifo; }

}  // namespace

/// pipe(2).
SyscallResult SysPipe(SyscallContext& context, GuestPtr<int32_t> fds) {
  return MakePipe(context, fds, 0);
}

/// pipe2(2). O_DIRECT (packets) and notification pipes are refused.
SyscallResult SysPipe2(SyscallContext& context, GuestPtr<int32_t> fds, uint32_t flags) {
  return MakePipe(context, fds, flags);
}

/// sendfile(2).
SyscallResult SysSendfile(SyscallContext& context, Fd out_fd, Fd in_fd, GuestAddr offset,
                          uint64_t size) {
  vfs::FilePtr in = TRY(FileForReading(context, in_fd));
  vfs::FilePtr out = TRY(FileForWriting(context, out_fd));
  if (!in->has_inode_bytes() || (out->flags() & abi::kOAppend) != 0) return Errno::kInval;
  End from = TRY(EndOf(context, std::move(in), offset));
  return Copy(context, std::move(from), End{std::move(out), {}, false, 0}, size);
}

/// copy_file_range(2).
SyscallResult SysCopyFileRange(SyscallContext& context, Fd in_fd, GuestAddr in_offset, Fd out_fd,
                               GuestAddr out_offset, uint64_t size, uint32_t flags) {
  if (flags != 0) return Errno::kInval;
  vfs::FilePtr in = TRY(FileForReading(context, in_fd));
  vfs::FilePtr out = TRY(FileForWriting(context, out_fd));
  if ((out->flags() & abi::kOAppend) != 0) return Errno::kBadF;
  const vfs::FileType in_type = in->inode()->type();
  if (in_type == vfs::FileType::kDirectory) return Errno::kIsDir;
  if (!in->has_inode_bytes() || !out->has_inode_bytes()) return Errno::kInval;
  End from = TRY(EndOf(context, in, in_offset));
  End to = TRY(EndOf(context, out, out_offset));
  if (in->inode() == out->inode() && from.positioned && to.positioned) {
    const uint64_t low = std::min(from.position, to.position);
    const uint64_t high = std::max(from.position, to.position);
    if (high - low < size) return Errno::kInval;
  }
  return Copy(context, std::move(from), std::move(to), size);
}

/// splice(2): copies; the flags are hints.
SyscallResult SysSplice(SyscallContext& context, Fd in_fd, GuestAddr in_offset, Fd out_fd,
                        GuestAddr out_offset, uint64_t size, uint64_t flags) {
  constexpr uint64_t kKnown =
      abi::kSpliceMove | abi::kSpliceNonBlock | abi::kSpliceMore | abi::kSpliceGift;
  if ((flags & ~kKnown) != 0) return Errno::kInval;
  vfs::FilePtr in = TRY(FileForReading(context, in_fd));
  vfs::FilePtr out = TRY(FileForWriting(context, out_fd));
  if (!IsPipe(*in) && !IsPipe(*out)) return Errno::kInval;
  if (IsPipe(*in) && !in_offset.is_null()) return Errno::kSPipe;
  if (IsPipe(*out) && !out_offset.is_null()) return Errno::kSPipe;
  if ((out->flags() & abi::kOAppend) != 0) return Errno::kInval;
  End from = TRY(EndOf(context, std::move(in), in_offset));
  End to = TRY(EndOf(context, std::move(out), out_offset));
  return Copy(context, std::move(from), std::move(to), std::min<uint64_t>(size, kChunk));
}

}  // namespace elfin::kernel
