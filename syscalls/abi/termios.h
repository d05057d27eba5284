// Terminals: struct termios of the TCGETS family, the window size, and ioctl numbers
// (include/uapi/asm-generic/{termbits,termios,ioctls}.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace elfin::abi {

struct Termios {
  uint32_t input_flags;
  uint32_t output_flags;
  uint32_t control_flags;
  uint32_t local_flags;
  uint8_t line;
  uint8_t control[19];
};
static_assert(sizeof(Termios) == 36);

/// TCGETS2: with speeds.
struct Termios2 {
  Termios base;
  uint32_t input_speed;
  uint32_t output_speed;
};
static_assert(sizeof(Termios2) == 44);

struct WindowSize {
  uint16_t rows;
  uint16_t columns;
  uint16_t pixel_width;
  uint16_t pixel_height;
};
static_assert(sizeof(WindowSize) == 8);

inline constexpr uint32_t kTcGets = 0x5401, kTcSets = 0x5402, kTcSetsW = 0x5403, kTcSetsF = 0x5404,
                          kTcSendBreak = 0x5409, kTcXonC = 0x540a, kTcFlush = 0x540b,
                          kTiocSctty = 0x540e, kTiocGPgrp = 0x540f, kTiocSPgrp = 0x5410,
                          kTiocOutQ = 0x5411, kTiocGWinSize = 0x5413, kTiocSWinSize = 0x5414,
                          kFioNRead = 0x541b, kFioNBio = 0x5421, kTiocNoTty = 0x5422,
                          kTiocGSid = 0x5429, kTcGets2 = 0x802c542a, kTcSets2 = 0x402c542b,
                          kTcSetsW2 = 0x402c542c, kTcSetsF2 = 0x402c542d, kFioNClEx = 0x5450,
                          kFioClEx = 0x5451, kFioAsync = 0x5452, kFioQSize = 0x5460;
/// Of block files and filesystems; named for the trace.
inline constexpr uint32_t kFiBMap = 1, kFigetBsz = 2, kFiClone = 0x40049409;

// Flags that the standard settings name.
inline constexpr uint32_t kICrNl = 0x100, kIXon = 0x400, kIUtf8 = 0x4000;
inline constexpr uint32_t kOPost = 1, kONlCr = 4;
inline constexpr uint32_t kB38400 = 0xf, kCs8 = 0x30, kCRead = 0x80;
inline constexpr uint32_t kISig = 1, kICanon = 2, kEcho = 8, kEchoE = 0x10, kEchoK = 0x20,
                          kEchoCtl = 0x200, kEchoKe = 0x800, kIExten = 0x8000;

}  // namespace elfin::abi
