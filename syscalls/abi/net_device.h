// netdevice(7): the calls about interfaces that any socket takes.
#pragma once

#include <cstdint>

namespace elfin::abi {

inline constexpr uint32_t kSiocGifName = 0x8910, kSiocGifConf = 0x8912, kSiocGifFlags = 0x8913,
                          kSiocSifFlags = 0x8914, kSiocGifAddr = 0x8915, kSiocSifAddr = 0x8916,
                          kSiocGifDstAddr = 0x8917, kSiocSifDstAddr = 0x8918,
                          kSiocGifBrdAddr = 0x8919, kSiocSifBrdAddr = 0x891a,
                          kSiocGifNetmask = 0x891b, kSiocSifNetmask = 0x891c,
                          kSiocGifMetric = 0x891d, kSiocSifMetric = 0x891e, kSiocGifMtu = 0x8921,
                          kSiocSifMtu = 0x8922, kSiocSifHwAddr = 0x8924, kSiocGifHwAddr = 0x8927,
                          kSiocGifIndex = 0x8933, kSiocGifTxqLen = 0x8942, kSiocSifTxqLen = 0x8943;

inline constexpr size_t kInterfaceNameSize = 16;

struct InterfaceRequest {  // struct ifreq
  char name[kInterfaceNameSize];
  union {
    int32_t number;
    int16_t flags;
    uint8_t bytes[24];  // a struct sockaddr in the first 16
  };
};
static_assert(sizeof(InterfaceRequest) == 40);

struct InterfaceList {  // struct ifconf
  int32_t size;
  int32_t padding;
  uint64_t requests;
};
static_assert(sizeof(InterfaceList) == 16);

}  // namespace elfin::abi
