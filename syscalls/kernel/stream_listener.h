// Who is told when a host stream may go on, besides those who wait on its queue.
#pragma once

namespace elfin::kernel {

class StreamListener {
 public:
  /// Kernel::StreamReady.
  virtual void StreamReady() = 0;
  /// The host's terminal has another size.
  virtual void StreamResized() = 0;
  /// Output is on its way to the host: the machine isn't done yet.
  virtual bool is_busy() const = 0;

 protected:
  ~StreamListener() = default;
};

}  // namespace elfin::kernel
