#include "syscalls/tty/host_terminal.h"

#include <utility>

#include "syscalls/kernel/kernel.h"
#include "syscalls/tty/terminals.h"

namespace elfin::tty {
namespace {

constexpr size_t kChunk = 4096;
/// What is read of the host while the program is slow, in search of a key's signal.
constexpr size_t kMostAhead = 16 * kChunk;

abi::WindowSize SizeOf(kernel::Host& host, uint32_t stream) {
  const kernel::Host::WindowSize size = host.TerminalSize(stream);
  return {size.rows, size.columns, 0, 0};
}

}  // namespace

HostTerminal::HostTerminal(kernel::Kernel& kernel, std::optional<uint32_t> input, uint32_t output)
    : kernel_(kernel), input_(input), output_(output) {
  Result<TerminalNode*> node = kernel.terminals().Add(this, 0, Terminals::kGroup);
  CHECK(node.ok());  // there are more numbers than streams
  tty_ = node.value()->tty;
  tty_->SetWindowSize(SizeOf(kernel.host(), output));
  if (input_) kernel_.Listen(*input_, this);
  kernel_.Listen(output_, this);
  TakeKeys();
}

HostTerminal::~HostTerminal() {
  if (input_) kernel_.Listen(*input_, nullptr);
  kernel_.Listen(output_, nullptr);
}

void HostTerminal::StreamReady() {
  TakeKeys();
  OutputReady();
}

void HostTerminal::StreamResized() { tty_->SetWindowSize(SizeOf(kernel_.host(), output_)); }

void HostTerminal::InputWanted() { TakeKeys(); }

/// All that the host has, as keys' signals have to work whether anybody reads or not. A lot that
/// the terminal doesn't take stops the reading.
void HostTerminal::TakeKeys() {
  if (!input_ || at_work_) return;
  at_work_ = true;
  for (;;) {
    if (!ahead_.empty()) {
      const size_t taken = tty_->Receive(ahead_.data(), ahead_.size());
      ahead_.erase(ahead_.begin(), ahead_.begin() + static_cast<ptrdiff_t>(taken));
      if (ahead_.size() >= kMostAhead) break;
    }
    const size_t waiting = ahead_.size();
    ahead_.resize(waiting + kChunk);
    const Result<size_t> read = kernel_.host().ReadStream(*input_, ahead_.data() + waiting, kChunk);
    const size_t count = read.ok() ? read.value() : 0;
    ahead_.resize(waiting + count);
    if (!read.ok() && read.error() == Errno::kAgain) break;
    if (count == 0) {  // the end, or as good as that
      input_.reset();
      tty_->HangUp();
      break;
    }
  }
  at_work_ = false;
}

void HostTerminal::OutputReady() {
  uint8_t bytes[kChunk];
  while (tty_->has_output()) {
    const size_t size = tty_->PeekOutput(bytes, sizeof(bytes));
    const Result<size_t> wrote = kernel_.host().WriteStream(output_, bytes, size);
    if (!wrote.ok()) {
      if (wrote.error() != Errno::kAgain) tty_->HangUp();
      return;
    }
    tty_->DropOutput(wrote.value());
  }
}

}  // namespace elfin::tty
