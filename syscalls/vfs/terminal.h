// What ioctl(2) needs of a terminal.
#pragma once

#include "syscalls/abi/termios.h"

namespace elfin::vfs {

class Terminal {
 public:
  virtual ~Terminal() = default;
  virtual abi::Termios settings() const = 0;
  virtual void SetSettings(const abi::Termios& settings) = 0;
  virtual abi::WindowSize window_size() = 0;
  virtual void SetWindowSize(const abi::WindowSize& size) = 0;
};

}  // namespace elfin::vfs
