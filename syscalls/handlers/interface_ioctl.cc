#include "syscalls/handlers/interface_ioctl.h"

#include <algorithm>
#include <cstring>

#include "syscalls/abi/net_device.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/net/loopback_interface.h"

namespace elfin::kernel {
namespace {

namespace loopback = net::loopback;
using abi::InterfaceRequest;

bool IsChange(uint32_t request) {
  switch (request) {
    case abi::kSiocSifFlags:
    case abi::kSiocSifAddr:
    case abi::kSiocSifDstAddr:
    case abi::kSiocSifBrdAddr:
    case abi::kSiocSifNetmask:
    case abi::kSiocSifMetric:
    case abi::kSiocSifMtu:
    case abi::kSiocSifHwAddr:
    case abi::kSiocSifTxqLen:
      return true;
    default:
      return false;
  }
}

void SetName(InterfaceRequest& to) {
  std::memset(to.name, 0, sizeof(to.name));
  loopback::kName.copy(to.name, sizeof(to.name) - 1);
}

void SetAddress(InterfaceRequest& to, const uint8_t (&address)[4]) {
  abi::SockAddrIn value{};
  value.family = abi::kAfInet;
  std::memcpy(value.address, address, sizeof(value.address));
  std::memcpy(to.bytes, &value, sizeof(value));
}

/// What IPv4's sockets know. Errors: kNoTty.
Status FillInAddress(uint32_t request, InterfaceRequest& to) {
  constexpr uint8_t kNone[4] = {};
  switch (request) {
    case abi::kSiocGifAddr:
    case abi::kSiocGifDstAddr:
      SetAddress(to, loopback::kV4Address);
      return kOk;
    case abi::kSiocGifNetmask:
      SetAddress(to, loopback::kV4Mask);
      return kOk;
    case abi::kSiocGifBrdAddr:
      SetAddress(to, kNone);
      return kOk;
    default:
      return Errno::kNoTty;
  }
}

/// What all sockets know. Errors: kNoTty.
Status FillIn(const net::Socket& socket, uint32_t request, InterfaceRequest& to) {
  switch (request) {
    case abi::kSiocGifFlags:
      to.flags = static_cast<int16_t>(loopback::kFlags);
      return kOk;
    case abi::kSiocGifMetric:
      to.number = 0;
      return kOk;
    case abi::kSiocGifMtu:
      to.number = loopback::kMtu;
      return kOk;
    case abi::kSiocGifIndex:
      to.number = loopback::kIndex;
      return kOk;
    case abi::kSiocGifTxqLen:
      to.number = loopback::kQueueLength;
      return kOk;
    case abi::kSiocGifHwAddr:
      std::memset(to.bytes, 0, sizeof(uint16_t) + loopback::kHardwareAddressSize);
      std::memcpy(to.bytes, &loopback::kHardwareType, sizeof(uint16_t));
      return kOk;
    default:
      return socket.kind().family == abi::kAfInet ? FillInAddress(request, to)
                                                  : Status(Errno::kNoTty);
  }
}

/// SIOCGIFCONF: the interfaces that have an IPv4 address; without room for any, the size of all.
Result<uint64_t> ListInterfaces(SyscallContext& context, GuestPtr<abi::InterfaceList> at) {
  abi::InterfaceList list = TRY(context.CopyIn(at));
  if (list.size < 0) return Errno::kInval;
  const bool fits = static_cast<size_t>(list.size) >= sizeof(InterfaceRequest);
  if (list.requests != 0 && fits) {
    InterfaceRequest only{};
    SetName(only);
    SetAddress(only, loopback::kV4Address);
    TRY(context.CopyOut(GuestPtr<InterfaceRequest>{{list.requests}}, only));
  }
  list.size = list.requests == 0 || fits ? int32_t{sizeof(InterfaceRequest)} : 0;
  TRY(context.CopyOut(at, list));
  return uint64_t{0};
}

}  // namespace

Result<uint64_t> InterfaceIoctl(SyscallContext& context, const net::Socket& socket,
                                uint32_t request, GuestAddr argument) {
  if (request == abi::kSiocGifConf) return ListInterfaces(context, {argument});
  if (IsChange(request)) {
    return CallerOf(context).credentials.privileged() ? Errno::kOpNotSupp : Errno::kPerm;
  }
  const GuestPtr<InterfaceRequest> at{argument};
  InterfaceRequest filled{};
  const bool by_index = request == abi::kSiocGifName;
  if (!by_index) TRY(FillIn(socket, request, filled));  // is it one at all?
  InterfaceRequest wanted = TRY(context.CopyIn(at));
  if (by_index) {
    if (wanted.number != loopback::kIndex) return Errno::kNoDev;
    SetName(wanted);
  } else {
    const std::string_view name(wanted.name, strnlen(wanted.name, sizeof(wanted.name)));
    if (name != loopback::kName) return Errno::kNoDev;
    TRY(FillIn(socket, request, wanted));
  }
  TRY(context.CopyOut(at, wanted));
  return uint64_t{0};
}

}  // namespace elfin::kernel
