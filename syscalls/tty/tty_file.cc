#include "syscalls/tty/tty_file.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "syscalls/kernel/kernel.h"
#include "syscalls/vfs/fs_context.h"

namespace elfin::tty {
namespace {
constexpr size_t kChunk = 4096;
}  // namespace

TtyFile::TtyFile(std::shared_ptr<Tty> tty, vfs::Path path, uint32_t flags)
    : File(std::move(path), flags), tty_(std::move(tty)) {
  ++tty_->open_files;
  tty_->was_opened = true;
  tty_->changed.WakeAll();
}

TtyFile::~TtyFile() {
  --tty_->open_files;
  tty_->changed.WakeAll();
}

Result<vfs::FilePtr> PtyMaster::Open(Terminals& terminals, const vfs::Caller& caller,
                                     vfs::Path path, uint32_t flags) {
  std::shared_ptr<PtyMaster> master(new PtyMaster(terminals, std::move(path), flags));
  TerminalNode* node = TRY(terminals.Add(master.get(), caller.credentials.uid, Terminals::kGroup));
  node->locked = true;
  master->tty_ = node->tty;
  return vfs::FilePtr(std::move(master));
}

PtyMaster::~PtyMaster() {
  if (tty_ == nullptr) return;
  terminals_.Remove(tty_->number());
  tty_->HangUp();
}

Task<Result<size_t>> PtyMaster::Read(vfs::DataSink& sink, vfs::IoOptions options) {
  if (sink.remaining() == 0) co_return size_t{0};
  std::vector<uint8_t> bytes(kChunk);
  for (;;) {
    if (tty_->has_output()) {
      const size_t wanted = static_cast<size_t>(std::min<uint64_t>(sink.remaining(), kChunk));
      const size_t size = tty_->PeekOutput(bytes.data(), wanted);
      const Result<size_t> put = sink.Put(bytes.data(), size);
      if (put.ok()) tty_->DropOutput(put.value());
      co_return put;
    }
    if (is_abandoned()) co_return Errno::kIo;
    if (options.nonblocking || options.waiter == nullptr) co_return Errno::kAgain;
    CO_TRY(co_await tty_->changed.Wait(*options.waiter));
  }
}

Task<Result<size_t>> PtyMaster::Write(vfs::DataSource& source, vfs::IoOptions options) {
  std::vector<uint8_t> bytes(kChunk);
  size_t done = 0;
  while (source.remaining() > 0) {
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(source.remaining(), kChunk));
    const Result<size_t> taken = source.Take(bytes.data(), wanted);
    if (!taken.ok()) co_return done > 0 ? Result<size_t>(done) : taken;
    size_t sent = 0;
    while (sent < taken.value()) {
      sent += tty_->Receive(bytes.data() + sent, taken.value() - sent);
      if (sent == taken.value()) break;
      const size_t total = done + sent;
      if (options.nonblocking || options.waiter == nullptr) {
        co_return total > 0 ? Result<size_t>(total) : Errno::kAgain;
      }
      const Status waited = co_await tty_->changed.Wait(*options.waiter);
      if (!waited.ok()) co_return total > 0 ? Result<size_t>(total) : waited.error();
    }
    done += sent;
    if (taken.value() < wanted) break;
  }
  co_return done;
}

uint32_t PtyMaster::Poll() {
  uint32_t ready = vfs::kPollOut | vfs::kPollWriteNormal;
  if (tty_->has_output()) ready |= vfs::kPollIn | vfs::kPollReadNormal;
  if (is_abandoned()) ready |= vfs::kPollHup;
  return ready;
}

}  // namespace elfin::tty
