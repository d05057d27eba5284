// The two ends of a terminal as open files.
#pragma once

#include <memory>

#include "syscalls/tty/terminals.h"
#include "syscalls/vfs/file.h"

namespace elfin::tty {

/// A program's: /dev/pts/N, /dev/tty.
class TtyFile final : public vfs::File {
 public:
  TtyFile(std::shared_ptr<Tty> tty, vfs::Path path, uint32_t flags);
  ~TtyFile() override;
  Task<Result<size_t>> Read(vfs::DataSink& sink, vfs::IoOptions options) override {
    return tty_->Read(sink, options);
  }
  Task<Result<size_t>> Write(vfs::DataSource& source, vfs::IoOptions options) override {
    return tty_->Write(source, options);
  }
  Task<Result<uint64_t>> Seek(int64_t, int32_t) override { return Errno::kSPipe; }
  Task<Status> Truncate(uint64_t) override { return Errno::kInval; }
  Task<Status> Sync() override { return Errno::kInval; }
  uint32_t Poll() override { return tty_->Poll(); }
  kernel::WaitQueue* wait_queue() override { return &tty_->changed; }
  Result<uint64_t> BytesReadable() override { return tty_->readable_bytes(); }
  Tty* terminal() override { return tty_.get(); }

 private:
  std::shared_ptr<Tty> tty_;
};

/// A pseudoterminal's master: what a terminal emulator, a multiplexer or script(1) holds. When it
/// is closed, the terminal hangs up and its number is free.
class PtyMaster final : public vfs::File, private Line {
 public:
  /// Errors: kNoSpc.
  static Result<vfs::FilePtr> Open(Terminals& terminals, const vfs::Caller& caller, vfs::Path path,
                                   uint32_t flags);
  ~PtyMaster() override;
  /// 0 never; EIO when all program's ends have been closed and nothing is left to be shown.
  Task<Result<size_t>> Read(vfs::DataSink& sink, vfs::IoOptions options) override;
  Task<Result<size_t>> Write(vfs::DataSource& source, vfs::IoOptions options) override;
  Task<Result<uint64_t>> Seek(int64_t, int32_t) override { return Errno::kSPipe; }
  uint32_t Poll() override;
  kernel::WaitQueue* wait_queue() override { return &tty_->changed; }
  Result<uint64_t> BytesReadable() override { return tty_->unshown_bytes(); }
  Tty* terminal() override { return tty_.get(); }
  bool is_terminal_master() const override { return true; }

 private:
  PtyMaster(Terminals& terminals, vfs::Path path, uint32_t flags)
      : File(std::move(path), flags), terminals_(terminals) {}
  void OutputReady() override {}  // readers wait on Tty::changed
  void InputWanted() override {}
  bool HasArrived() const override { return true; }
  bool is_abandoned() const { return tty_->was_opened && tty_->open_files == 0; }

  Terminals& terminals_;
  std::shared_ptr<Tty> tty_;
};

}  // namespace elfin::tty
