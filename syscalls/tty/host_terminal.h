// The terminal that Elfin itself runs in, or a page's: keys come from a host stream, what is shown
// goes to another. The line discipline is ours: the host's terminal has to be raw.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "syscalls/kernel/host.h"
#include "syscalls/kernel/stream_listener.h"
#include "syscalls/tty/tty.h"

namespace elfin::tty {

class HostTerminal final : public kernel::StreamListener, private Line {
 public:
  /// input: none where the keys go elsewhere. The kernel outlives it.
  HostTerminal(kernel::Kernel& kernel, std::optional<uint32_t> input, uint32_t output);
  ~HostTerminal();
  const std::shared_ptr<Tty>& tty() const { return tty_; }

  // StreamListener
  void StreamReady() override;
  void StreamResized() override;
  bool is_busy() const override { return tty_->has_output() && !tty_->hung_up(); }

 private:
  void OutputReady() override;
  void InputWanted() override;
  bool HasArrived() const override { return false; }
  void TakeKeys();

  kernel::Kernel& kernel_;
  std::optional<uint32_t> input_;
  uint32_t output_;
  std::shared_ptr<Tty> tty_;
  std::vector<uint8_t> ahead_;  // typed, and refused by the terminal so far
  bool at_work_ = false;        // in TakeKeys, whose effects would call it again
};

}  // namespace elfin::tty
