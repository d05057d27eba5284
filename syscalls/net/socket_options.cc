#include "syscalls/net/socket_options.h"

#include <algorithm>

#include "syscalls/abi/socket.h"

namespace elfin::net {
namespace {

enum class Whose : uint8_t { kAll, kInet, kInet6, kTcp };
enum class Form : uint8_t {
  kNumber,  // refused out of range
  kSwitch,  // 0 or 1
  kBuffer,  // cut to range, then doubled, as Linux does for what it needs besides the data
  kReadOnly
};

struct Row {
  int32_t level;
  int32_t name;
  Whose whose;
  Form form;
  int32_t initial;
  int32_t least = 0;
  int32_t most = INT32_MAX;
};

constexpr int32_t kBufferDefault = 212'992;
constexpr int32_t kBufferMost = 212'992;  // net.core.wmem_max

constexpr Row kRows[] = {
    {abi::kSolSocket, abi::kSoDebug, Whose::kAll, Form::kSwitch, 0},
    {abi::kSolSocket, abi::kSoReuseAddr, Whose::kAll, Form::kSwitch, 0},
    {abi::kSolSocket, abi::kSoDontRoute, Whose::kAll, Form::kSwitch, 0},
    {abi::kSolSocket, abi::kSoBroadcast, Whose::kAll, Form::kSwitch, 0},
    {abi::kSolSocket, abi::kSoSendBuffer, Whose::kAll, Form::kBuffer, kBufferDefault, 2304,
     kBufferMost},
    {abi::kSolSocket, abi::kSoReceiveBuffer, Whose::kAll, Form::kBuffer, kBufferDefault, 1152,
     kBufferMost},
    {abi::kSolSocket, abi::kSoKeepAlive, Whose::kAll, Form::kSwitch, 0},
    {abi::kSolSocket, abi::kSoOobInline, Whose::kAll, Form::kSwitch, 0},
    {abi::kSolSocket, abi::kSoPriority, Whose::kAll, Form::kNumber, 0},
    {abi::kSolSocket, abi::kSoReusePort, Whose::kAll, Form::kSwitch, 0},
    {abi::kSolSocket, abi::kSoPassCred, Whose::kAll, Form::kSwitch, 0},
    {abi::kSolSocket, abi::kSoReceiveLowAt, Whose::kAll, Form::kNumber, 1, INT32_MIN},
    {abi::kSolSocket, abi::kSoSendLowAt, Whose::kAll, Form::kReadOnly, 1},
    {abi::kSolSocket, abi::kSoMark, Whose::kAll, Form::kNumber, 0, INT32_MIN},
    {abi::kSolSocket, abi::kSoBusyPoll, Whose::kAll, Form::kNumber, 0},
    {abi::kSolSocket, abi::kSoIncomingCpu, Whose::kAll, Form::kNumber, 0, INT32_MIN},
    {abi::kIpProtoTcp, abi::kTcpNoDelay, Whose::kTcp, Form::kSwitch, 0},
    {abi::kIpProtoTcp, abi::kTcpMaxSegment, Whose::kTcp, Form::kNumber, 536, 88, 32767},
    {abi::kIpProtoTcp, abi::kTcpCork, Whose::kTcp, Form::kSwitch, 0},
    {abi::kIpProtoTcp, abi::kTcpKeepIdle, Whose::kTcp, Form::kNumber, 7200, 1, 32767},
    {abi::kIpProtoTcp, abi::kTcpKeepInterval, Whose::kTcp, Form::kNumber, 75, 1, 32767},
    {abi::kIpProtoTcp, abi::kTcpKeepCount, Whose::kTcp, Form::kNumber, 9, 1, 127},
    {abi::kIpProtoTcp, abi::kTcpSynCount, Whose::kTcp, Form::kNumber, 6, 1, 127},
    {abi::kIpProtoTcp, abi::kTcpLinger2, Whose::kTcp, Form::kNumber, 60, INT32_MIN},
    {abi::kIpProtoTcp, abi::kTcpDeferAccept, Whose::kTcp, Form::kNumber, 0, INT32_MIN},
    {abi::kIpProtoTcp, abi::kTcpWindowClamp, Whose::kTcp, Form::kNumber, 0},
    {abi::kIpProtoTcp, abi::kTcpQuickAck, Whose::kTcp, Form::kSwitch, 1},
    {abi::kIpProtoTcp, abi::kTcpUserTimeout, Whose::kTcp, Form::kNumber, 0},
    {abi::kIpProtoTcp, abi::kTcpNotSentLowAt, Whose::kTcp, Form::kNumber, -1, INT32_MIN},
    {abi::kIpProtoIp, abi::kIpTos, Whose::kInet, Form::kNumber, 0, INT32_MIN},
    {abi::kIpProtoIp, abi::kIpTtl, Whose::kInet, Form::kNumber, 64, -1, 255},
    {abi::kIpProtoIp, abi::kIpPacketInfo, Whose::kInet, Form::kSwitch, 0},
    {abi::kIpProtoIp, abi::kIpMtuDiscover, Whose::kInet, Form::kNumber, 1, 0, 5},
    {abi::kIpProtoIp, abi::kIpReceiveErrors, Whose::kInet, Form::kSwitch, 0},
    {abi::kIpProtoIp, abi::kIpFreeBind, Whose::kInet, Form::kSwitch, 0},
    {abi::kIpProtoIp, abi::kIpBindAddressNoPort, Whose::kInet, Form::kSwitch, 0},
    {abi::kIpProtoIp, abi::kIpMulticastTtl, Whose::kInet, Form::kNumber, 1, -1, 255},
    {abi::kIpProtoIp, abi::kIpMulticastLoop, Whose::kInet, Form::kSwitch, 1},
    {abi::kIpProtoIpv6, abi::kIpv6UnicastHops, Whose::kInet6, Form::kNumber, 64, -1, 255},
    {abi::kIpProtoIpv6, abi::kIpv6MulticastHops, Whose::kInet6, Form::kNumber, 1, -1, 255},
    {abi::kIpProtoIpv6, abi::kIpv6MulticastLoop, Whose::kInet6, Form::kSwitch, 1},
    {abi::kIpProtoIpv6, abi::kIpv6MtuDiscover, Whose::kInet6, Form::kNumber, 1, 0, 5},
    {abi::kIpProtoIpv6, abi::kIpv6ReceiveErrors, Whose::kInet6, Form::kSwitch, 0},
    {abi::kIpProtoIpv6, abi::kIpv6Only, Whose::kInet6, Form::kSwitch, 0},
    {abi::kIpProtoIpv6, abi::kIpv6ReceivePacketInfo, Whose::kInet6, Form::kSwitch, 0},
    {abi::kIpProtoIpv6, abi::kIpv6TrafficClass, Whose::kInet6, Form::kNumber, 0, -1, 255},
};

bool Has(const Row& row, int32_t family, int32_t type) {
  const bool inet = family == abi::kAfInet || family == abi::kAfInet6;
  switch (row.whose) {
    case Whose::kAll:
      return true;
    case Whose::kInet:
      return inet;
    case Whose::kInet6:
      return family == abi::kAfInet6;
    case Whose::kTcp:
      return inet && type == abi::kSockStream;
  }
  return false;
}

const Row* FindRow(int32_t level, int32_t name) {
  for (const Row& row : kRows) {
    if (row.level == level && row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace

int32_t SocketOptions::Of(int32_t level, int32_t name) const {
  const auto found = values_.find({level, name});
  if (found != values_.end()) return found->second;
  const Row* row = FindRow(level, name);
  return row != nullptr ? row->initial : 0;
}

Result<int32_t> SocketOptions::Get(int32_t family, int32_t type, int32_t level,
                                   int32_t name) const {
  const Row* row = FindRow(level, name);
  if (row == nullptr || !Has(*row, family, type)) return Errno::kNoProtoOpt;
  return Of(level, name);
}

Status SocketOptions::Set(int32_t family, int32_t type, int32_t level, int32_t name,
                          int32_t value) {
  if (level == abi::kSolSocket && name == abi::kSoSendBufferForce) name = abi::kSoSendBuffer;
  if (level == abi::kSolSocket && name == abi::kSoReceiveBufferForce) name = abi::kSoReceiveBuffer;
  const Row* row = FindRow(level, name);
  if (row == nullptr || !Has(*row, family, type)) return Errno::kNoProtoOpt;
  switch (row->form) {
    case Form::kReadOnly:
      return Errno::kNoProtoOpt;
    case Form::kSwitch:
      value = value != 0 ? 1 : 0;
      break;
    case Form::kBuffer:
      value = std::max(2 * std::min<int32_t>(std::max(value, 0), row->most), row->least);
      break;
    case Form::kNumber:
      if (value < row->least || value > row->most) return Errno::kInval;
      break;
  }
  values_[{level, name}] = value;
  return kOk;
}

}  // namespace elfin::net
