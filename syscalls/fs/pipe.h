// Pipes and FIFOs: a ring of bytes with a reading and a writing side (pipe(7)).
//
//   write end ──▶ [ ring, 64 KiB by default ] ──▶ read end
//
// A write of up to 4096 bytes (PIPE_BUF) goes in whole or waits; a longer one may be cut up.
// Without writers a read ends with 0 once the ring is empty; without readers a write fails with
// EPIPE (the system call's handler raises SIGPIPE).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "syscalls/fs/inode_core.h"
#include "syscalls/kernel/wait_queue.h"
#include "syscalls/vfs/file.h"

namespace elfin::fs {

inline constexpr uint64_t kPipeBuf = 4096;
inline constexpr uint64_t kPipeCapacity = 65536;
inline constexpr uint64_t kPipeMaxCapacity = 1 << 20;

/// The bytes and who holds the ends.
class Pipe {
 public:
  Pipe() : ring_(kPipeCapacity) {}

  uint64_t used() const { return used_; }
  uint64_t room() const { return ring_.size() - used_; }
  uint64_t capacity() const { return ring_.size(); }
  /// F_SETPIPE_SZ: rounded up to a power of two of pages. Errors: kBusy (holds more than that),
  /// kPerm.
  Result<uint64_t> SetCapacity(uint64_t capacity);
  /// As much as there is. Errors: kFault.
  Result<size_t> Take(vfs::DataSink& to);
  /// As much as has room, at most `limit`. Errors: kFault.
  Result<size_t> Put(vfs::DataSource& from, uint64_t limit);
  /// Of what is in this one, as much as has room in `to`, at most `limit`; it stays here, too.
  size_t CopyTo(Pipe& to, uint64_t limit) const;

  int readers = 0;
  int writers = 0;
  uint64_t readers_ever =
      0;  // how often an end was opened: a FIFO's open waits for a change of these
  uint64_t writers_ever = 0;
  /// Woken at every change.
  kernel::WaitQueue changed;

 private:
  std::vector<uint8_t> ring_;
  uint64_t begin_ = 0;
  uint64_t used_ = 0;
};

/// An open end (or, of a FIFO opened O_RDWR, both).
class PipeEnd final : public vfs::File {
 public:
  PipeEnd(std::shared_ptr<Pipe> pipe, vfs::Path path, uint32_t flags);
  ~PipeEnd() override;
  Task<Result<size_t>> Read(vfs::DataSink& sink, vfs::IoOptions options) override;
  Task<Result<size_t>> Write(vfs::DataSource& source, vfs::IoOptions options) override;
  uint32_t Poll() override;
  kernel::WaitQueue* wait_queue() override { return &pipe_->changed; }
  Result<uint64_t> BytesReadable() override { return pipe_->used(); }
  std::optional<uint64_t> pipe_capacity() override { return pipe_->capacity(); }
  const std::shared_ptr<Pipe>& pipe() const { return pipe_; }
  Result<uint64_t> SetPipeCapacity(uint64_t capacity) override {
    return pipe_->SetCapacity(capacity);
  }

 private:
  Task<Result<size_t>> ReadWhenThere(vfs::DataSink& sink, vfs::IoOptions options);

  std::shared_ptr<Pipe> pipe_;
  bool had_writer_;  // a reader that opened before any writer sees no hang-up yet
  uint64_t writers_at_open_;
};

/// `file` as a pipe's end; nullptr: it is something else.
PipeEnd* AsPipeEnd(vfs::File& file);

/// open(2) of a FIFO: waits for the other side unless O_NONBLOCK or O_RDWR. Errors: kNxio
/// (O_WRONLY, O_NONBLOCK, no reader), kRestartSys.
Task<Result<vfs::FilePtr>> OpenFifo(std::shared_ptr<Pipe> pipe, const vfs::Caller& caller,
                                    const vfs::Path& path, uint32_t flags);

struct PipePair {
  vfs::FilePtr read_end;
  vfs::FilePtr write_end;
};
/// pipe(2). `flags`: O_NONBLOCK for both ends.
PipePair MakePipe(kernel::Host& host, const vfs::Caller& caller, uint32_t flags);

}  // namespace elfin::fs
