// Names of flags and codes for the trace.
#pragma once

#include <cstdint>
#include <string>

namespace elfin::kernel {

std::string OpenFlagsText(uint32_t flags);
std::string FdFlagsText(uint32_t flags);  // of pipe2 and dup3
std::string AtFlagsText(uint32_t flags);
std::string ProtectionText(uint32_t flags);
std::string MapFlagsText(uint32_t flags);
std::string AccessModeText(uint32_t mode);
std::string ClockText(int32_t clock);
std::string WhenceText(int32_t whence);
std::string FcntlText(int32_t command);
std::string IoctlText(uint32_t request);
std::string FileModeText(uint32_t mode);  // S_IFREG|0644
std::string MessageFlagsText(uint32_t flags);
std::string SocketTypeText(uint32_t type);
std::string PollEventsText(uint32_t events);
std::string HexText(uint64_t value);

}  // namespace elfin::kernel
