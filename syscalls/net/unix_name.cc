#include "syscalls/net/unix_name.h"

#include <cstdio>
#include <cstring>

#include "syscalls/net/network.h"
#include "syscalls/vfs/namespace_ops.h"
#include "syscalls/vfs/path_walk.h"
#include "syscalls/vfs/permissions.h"

namespace elfin::net {
namespace {

constexpr uint32_t kAutomaticNames = 0x100000;  // five hexadecimal digits

/// Errors: kInval: not the address of a Unix socket.
Status Check(const Address& address) {
  const bool fits = address.size() > abi::kUnixPathOffset &&
                    address.size() <= abi::kUnixPathOffset + abi::kUnixPathMax;
  if (!fits || FamilyOf(address) != abi::kAfUnix) return Errno::kInval;
  return kOk;
}

bool IsAbstract(const Address& address) { return address[abi::kUnixPathOffset] == '\0'; }

/// Each type of socket has abstract names of its own.
std::string KeyOf(const Address& address, int32_t type) {
  return std::string(1, static_cast<char>(type)) + address;
}

std::string PathOf(const Address& address) {
  const char* path = address.data() + abi::kUnixPathOffset;
  return std::string(path, strnlen(path, address.size() - abi::kUnixPathOffset));
}

}  // namespace

Address UnixName::None() {
  return {static_cast<char>(abi::kAfUnix), static_cast<char>(abi::kAfUnix >> 8)};
}

UnixName::~UnixName() {
  if (!is_bound()) return;
  if (place_.valid()) {
    owner_.network().unix_inodes.erase(place_.inode().get());
  } else {
    owner_.network().unix_abstract.erase(KeyOf(address_, owner_.kind().type));
  }
}

Status UnixName::BindAutomatically() {
  if (is_bound()) return kOk;
  auto& names = owner_.network().unix_abstract;
  for (uint32_t number = 0; number < kAutomaticNames; ++number) {
    char text[8];
    std::snprintf(text, sizeof(text), "%05x", number);
    Address address = None() + std::string(1, '\0') + text;
    if (!names.emplace(KeyOf(address, owner_.kind().type), &owner_).second) continue;
    address_ = std::move(address);
    return kOk;
  }
  return Errno::kNoSpc;
}

Task<Status> UnixName::Bind(const vfs::Caller& caller, Address address) {
  if (address.size() == abi::kUnixPathOffset && FamilyOf(address) == abi::kAfUnix) {
    co_return BindAutomatically();
  }
  CO_TRY(Check(address));
  if (IsAbstract(address)) {
    if (is_bound()) co_return Errno::kInval;
    if (!owner_.network()
             .unix_abstract.emplace(KeyOf(address, owner_.kind().type), &owner_)
             .second) {
      co_return Errno::kAddrInUse;
    }
    address_ = std::move(address);
    co_return kOk;
  }
  const std::string path = PathOf(address);
  const vfs::Path start = caller.context.working_directory;
  if (is_bound()) {
    vfs::PathWalk there(caller, start);
    const Result<vfs::Path> found = co_await there.To(path, vfs::LastSymlink::kNoFollow);
    co_return found.ok() ? Errno::kAddrInUse : Errno::kInval;
  }
  vfs::NamedPlace named{start, path};
  const Status made =
      co_await vfs::MakeNode(caller, std::move(named), vfs::FileType::kSocket, 0777, 0);
  if (!made.ok()) co_return made.error() == Errno::kExist ? Errno::kAddrInUse : made.error();
  vfs::PathWalk walk(caller, start);
  CO_ASSIGN(place_, co_await walk.To(path, vfs::LastSymlink::kNoFollow));
  owner_.network().unix_inodes[place_.inode().get()] = &owner_;
  address_ = None() + path + std::string(1, '\0');
  co_return kOk;
}

Task<Result<Socket*>> UnixName::Find(const vfs::Caller& caller, Network& network, Address address,
                                     int32_t type) {
  CO_TRY(Check(address));
  Socket* found = nullptr;
  if (IsAbstract(address)) {
    const auto entry = network.unix_abstract.find(KeyOf(address, type));
    if (entry == network.unix_abstract.end()) co_return Errno::kConnRefused;
    found = entry->second;
  } else {
    const std::string path = PathOf(address);
    vfs::PathWalk walk(caller, caller.context.working_directory);
    CO_ASSIGN(const vfs::Path place, co_await walk.To(path, vfs::LastSymlink::kFollow));
    CO_TRY(vfs::CheckAccess(*place.inode(), caller.credentials, vfs::kAccessWrite));
    const auto entry = network.unix_inodes.find(place.inode().get());
    if (entry == network.unix_inodes.end()) co_return Errno::kConnRefused;
    found = entry->second;
  }
  if (found->kind().type != type) co_return Errno::kPrototype;
  co_return found;
}

}  // namespace elfin::net
