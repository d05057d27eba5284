// Reading, writing and seeking.
#include "syscalls/abi/fcntl.h"
#include "syscalls/abi/uio.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/handlers/guest_data.h"
#include "syscalls/handlers/raise_write_signal.h"
#include "syscalls/kernel/process.h"
#include "syscalls/net/socket.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {
namespace {

constexpr uint32_t kKnownRwf =
    abi::kRwfHiPri | abi::kRwfDSync | abi::kRwfSync | abi::kRwfNoWait | abi::kRwfAppend;

/// Where a vectored call begins: at the file's offset, or at a position.
struct Position {
  bool given = false;
  uint64_t value = 0;
};

SyscallResult ReadPieces(SyscallContext& context, vfs::FilePtr file, GuestPieces pieces,
                         Position position, uint32_t rwf) {
  vfs::IoOptions options = OptionsFor(context, *file);
  if ((rwf & abi::kRwfNoWait) != 0) options.nonblocking = true;
  GuestSink sink(context, std::move(pieces));
  ++context.process.io_counts.read_calls;
  CO_ASSIGN(const size_t size, position.given ? co_await file->ReadAt(position.value, sink, options)
                                              : co_await file->Read(sink, options));
  context.process.io_counts.bytes_read += size;
  co_return uint64_t{size};
}

SyscallResult WritePieces(SyscallContext& context, vfs::FilePtr file, GuestPieces pieces,
                          Position position, uint32_t rwf) {
  vfs::IoOptions options = OptionsFor(context, *file);
  if ((rwf & abi::kRwfNoWait) != 0) options.nonblocking = true;
  if ((rwf & abi::kRwfAppend) != 0) options.append = true;
  GuestSource source(context, std::move(pieces));
  ++context.process.io_counts.write_calls;
  const Result<size_t> size = position.given
                                  ? co_await file->WriteAt(position.value, source, options)
                                  : co_await file->Write(source, options);
  if (!size.ok()) {
    const bool signals = file->socket() == nullptr || file->socket()->raises_sigpipe();
    if (signals) RaiseWriteSignal(context, size.error());
    co_return size.error();
  }
  context.process.io_counts.bytes_written += size.value();
  if ((rwf & (abi::kRwfDSync | abi::kRwfSync)) != 0) CO_TRY(co_await file->Sync());
  co_return uint64_t{size.value()};
}

SyscallResult ReadVector(SyscallContext& context, Fd fd, GuestPtr<abi::IoVec> vectors,
                         int32_t count, Position position, uint32_t rwf) {
  vfs::FilePtr file = TRY(FileForReading(context, fd));
  GuestPieces pieces = TRY(GuestPieces::FromIovecs(context, vectors, count));
  return ReadPieces(context, std::move(file), std::move(pieces), position, rwf);
}

SyscallResult WriteVector(SyscallContext& context, Fd fd, GuestPtr<abi::IoVec> vectors,
                          int32_t count, Position position, uint32_t rwf) {
  vfs::FilePtr file = TRY(FileForWriting(context, fd));
  GuestPieces pieces = TRY(GuestPieces::FromIovecs(context, vectors, count));
  return WritePieces(context, std::move(file), std::move(pieces), position, rwf);
}

/// A read's or write's size is a ssize_t at heart.
bool TooLong(uint64_t size) { return size > INT64_MAX; }

/// preadv2's position: -1 means the file's own offset.
Result<Position> PositionOrOffset(int64_t offset) {
  if (offset == -1) return Position{};
  if (offset < 0) return Errno::kInval;
  return Position{true, static_cast<uint64_t>(offset)};
}

}  // namespace

/// read(2).
SyscallResult SysRead(SyscallContext& context, Fd fd, GuestPtr<uint8_t> buffer, uint64_t size) {
  vfs::FilePtr file = TRY(FileForReading(context, fd));
  if (TooLong(size)) return Errno::kInval;
  return ReadPieces(context, std::move(file), GuestPieces(buffer.address, size), {}, 0);
}

/// write(2).
SyscallResult SysWrite(SyscallContext& context, Fd fd, GuestPtr<uint8_t> buffer, uint64_t size) {
  vfs::FilePtr file = TRY(FileForWriting(context, fd));
  if (TooLong(size)) return Errno::kInval;
  return WritePieces(context, std::move(file), GuestPieces(buffer.address, size), {}, 0);
}

/// pread(2).
SyscallResult SysPread64(SyscallContext& context, Fd fd, GuestPtr<uint8_t> buffer, uint64_t size,
                         int64_t offset) {
  if (offset < 0) return Errno::kInval;
  vfs::FilePtr file = TRY(FileForReading(context, fd));
  if (TooLong(size)) return Errno::kInval;
  return ReadPieces(context, std::move(file), GuestPieces(buffer.address, size),
                    {true, static_cast<uint64_t>(offset)}, 0);
}

/// pwrite(2).
SyscallResult SysPwrite64(SyscallContext& context, Fd fd, GuestPtr<uint8_t> buffer, uint64_t size,
                          int64_t offset) {
  if (offset < 0) return Errno::kInval;
  vfs::FilePtr file = TRY(FileForWriting(context, fd));
  if (TooLong(size)) return Errno::kInval;
  return WritePieces(context, std::move(file), GuestPieces(buffer.address, size),
                     {true, static_cast<uint64_t>(offset)}, 0);
}

/// readv(2).
SyscallResult SysReadv(SyscallContext& context, Fd fd, GuestPtr<abi::IoVec> vectors,
                       int32_t count) {
  return ReadVector(context, fd, vectors, count, {}, 0);
}

/// writev(2).
SyscallResult SysWritev(SyscallContext& context, Fd fd, GuestPtr<abi::IoVec> vectors,
                        int32_t count) {
  return WriteVector(context, fd, vectors, count, {}, 0);
}

/// preadv(2). On x86-64 the position is whole in its first half.
SyscallResult SysPreadv(SyscallContext& context, Fd fd, GuestPtr<abi::IoVec> vectors, int32_t count,
                        int64_t offset, uint64_t) {
  if (offset < 0) return Errno::kInval;
  return ReadVector(context, fd, vectors, count, {true, static_cast<uint64_t>(offset)}, 0);
}

/// pwritev(2).
SyscallResult SysPwritev(SyscallContext& context, Fd fd, GuestPtr<abi::IoVec> vectors,
                         int32_t count, int64_t offset, uint64_t) {
  if (offset < 0) return Errno::kInval;
  return WriteVector(context, fd, vectors, count, {true, static_cast<uint64_t>(offset)}, 0);
}

/// preadv2(2). RWF_HIPRI is a hint.
SyscallResult SysPreadv2(SyscallContext& context, Fd fd, GuestPtr<abi::IoVec> vectors,
                         int32_t count, int64_t offset, uint64_t, uint64_t flags) {
  const Position position = TRY(PositionOrOffset(offset));
  if ((flags & ~uint64_t{kKnownRwf}) != 0) return Errno::kOpNotSupp;
  return ReadVector(context, fd, vectors, count, position, static_cast<uint32_t>(flags));
}

/// pwritev2(2). RWF_HIPRI is a hint.
SyscallResult SysPwritev2(SyscallContext& context, Fd fd, GuestPtr<abi::IoVec> vectors,
                          int32_t count, int64_t offset, uint64_t, uint64_t flags) {
  const Position position = TRY(PositionOrOffset(offset));
  if ((flags & ~uint64_t{kKnownRwf}) != 0) return Errno::kOpNotSupp;
  return WriteVector(context, fd, vectors, count, position, static_cast<uint32_t>(flags));
}

/// lseek(2).
SyscallResult SysLseek(SyscallContext& context, Fd fd, int64_t offset, int32_t whence) {
  const vfs::FilePtr file = TRY(context.process.files->Get(fd));
  if (whence < abi::kSeekSet || whence > abi::kSeekHole) return Errno::kInval;
  return file->Seek(offset, whence);
}

}  // namespace elfin::kernel
