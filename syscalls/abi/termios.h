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
/// Of pseudoterminals' masters, and rare ones.
inline constexpr uint32_t kTcSendBreakPosix = 0x5425, kTiocExcl = 0x540c, kTiocNxcl = 0x540d,
                          kTiocSti = 0x5412, kTiocPkt = 0x5420, kTiocSetD = 0x5423,
                          kTiocGetD = 0x5424, kTiocGPtN = 0x80045430, kTiocSPtLck = 0x40045431,
                          kTiocGDev = 0x80045432, kTiocGPtLck = 0x80045439, kTiocGPtPeer = 0x5441;
/// Of block files and filesystems; named for the trace.
inline constexpr uint32_t kFiBMap = 1, kFigetBsz = 2, kFiClone = 0x40049409;

// c_iflag.
inline constexpr uint32_t kIgnBrk = 1, kBrkInt = 2, kParMrk = 8, kIStrip = 0x20, kINlCr = 0x40,
                          kIgnCr = 0x80, kICrNl = 0x100, kIUcLc = 0x200, kIXon = 0x400,
                          kIXAny = 0x800, kIXoff = 0x1000, kIMaxBel = 0x2000, kIUtf8 = 0x4000;
// c_oflag.
inline constexpr uint32_t kOPost = 1, kOLcUc = 2, kONlCr = 4, kOCrNl = 8, kONoCr = 0x10,
                          kONlRet = 0x20, kTabDly = 0x1800, kXTabs = 0x1800;
// c_cflag.
inline constexpr uint32_t kB38400 = 0xf, kCs8 = 0x30, kCRead = 0x80, kHupCl = 0x400;
// c_lflag.
inline constexpr uint32_t kISig = 1, kICanon = 2, kEcho = 8, kEchoE = 0x10, kEchoK = 0x20,
                          kEchoNl = 0x40, kNoFlsh = 0x80, kToStop = 0x100, kEchoCtl = 0x200,
                          kEchoPrt = 0x400, kEchoKe = 0x800, kIExten = 0x8000, kExtProc = 0x10000;
// Indices of c_cc. A character 0 is none.
inline constexpr unsigned kVIntr = 0, kVQuit = 1, kVErase = 2, kVKill = 3, kVEof = 4, kVTime = 5,
                          kVMin = 6, kVStart = 8, kVStop = 9, kVSusp = 10, kVEol = 11,
                          kVReprint = 12, kVWErase = 14, kVLNext = 15, kVEol2 = 16;
// TCXONC's and TCFLSH's arguments.
inline constexpr uint32_t kTcOOff = 0, kTcOOn = 1, kTcIOff = 2, kTcIOn = 3;
inline constexpr uint32_t kTcIFlush = 0, kTcOFlush = 1, kTcIOFlush = 2;

}  // namespace elfin::abi
