// The ordinary kinds of open files: over an inode's bytes, over a directory, and O_PATH's.
#pragma once

#include <memory>
#include <optional>

#include "syscalls/vfs/file.h"
#include "syscalls/vfs/inode_use.h"

namespace elfin::vfs {

/// Reads and writes an inode at an offset of its own.
class RegularFile : public File {
 public:
  RegularFile(Path path, uint32_t flags);
  ~RegularFile() override;
  Task<Result<size_t>> Read(DataSink& sink, IoOptions options) override;
  Task<Result<size_t>> Write(DataSource& source, IoOptions options) override;
  Task<Result<size_t>> ReadAt(uint64_t offset, DataSink& sink, IoOptions options) override;
  Task<Result<size_t>> WriteAt(uint64_t offset, DataSource& source, IoOptions options) override;
  Task<Result<uint64_t>> Seek(int64_t offset, int32_t whence) override;
  Task<Status> Truncate(uint64_t size) override;
  Task<Status> Allocate(uint64_t offset, uint64_t size, AllocateMode mode) override;
  Task<Status> Sync() override;
  Task<Status> Flush() override;
  Result<uint64_t> BytesReadable() override;
  bool has_inode_bytes() const override { return true; }

 private:
  Task<Result<size_t>> WriteHere(uint64_t offset, DataSource& source, uint64_t size_limit,
                                 bool moves);
  Task<Result<size_t>> AwaitRead(Task<Result<size_t>> reading);
  /// After a read at the offset.
  Result<size_t> MoveOn(Result<size_t> read);
  Task<Result<size_t>> Noted(Task<Result<size_t>> reading);
  Task<Result<size_t>> Tell(Task<Result<size_t>> reading);

  uint64_t offset_ = 0;
  std::optional<InodeUse> writes_;
};

/// Lists a directory. The offset is 0 before ".", 1 before "..", then 2 + the stream's cookie.
class DirectoryFile final : public File {
 public:
  DirectoryFile(Path path, uint32_t flags, std::unique_ptr<DirectoryStream> stream)
      : File(std::move(path), flags), stream_(std::move(stream)) {}
  ~DirectoryFile() override;
  Task<Result<size_t>> Read(DataSink&, IoOptions) override { return Errno::kIsDir; }
  Task<Result<size_t>> Write(DataSource&, IoOptions) override { return Errno::kBadF; }
  Task<Result<size_t>> ReadAt(uint64_t, DataSink&, IoOptions) override { return Errno::kIsDir; }
  Task<Result<uint64_t>> Seek(int64_t offset, int32_t whence) override;
  Task<Status> ReadDirectory(DirectoryVisitor& visitor) override;
  Task<Status> Sync() override { return inode()->Sync(); }

 private:
  Result<uint64_t> ParentNumber() const;

  std::unique_ptr<DirectoryStream> stream_;
  uint64_t offset_ = 0;
};

/// O_PATH: a place, nothing more. FdTable::Get keeps it from being read or written.
class PathFile final : public File {
 public:
  using File::File;
  Task<Result<size_t>> Read(DataSink&, IoOptions) override { return Errno::kBadF; }
  Task<Result<size_t>> Write(DataSource&, IoOptions) override { return Errno::kBadF; }
};

}  // namespace elfin::vfs
