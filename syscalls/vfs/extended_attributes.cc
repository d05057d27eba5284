#include "syscalls/vfs/extended_attributes.h"

#include <cstring>

#include "syscalls/vfs/permissions.h"

namespace elfin::vfs {
namespace {

enum class Namespace { kUser, kTrusted, kSecurity };

/// Errors: kOpNotSupp, kInval.
Result<Namespace> NamespaceOf(std::string_view name) {
  struct Prefix {
    std::string_view text;
    Namespace meaning;
  };
  constexpr Prefix kPrefixes[] = {{"user.", Namespace::kUser},
                                  {"trusted.", Namespace::kTrusted},
                                  {"security.", Namespace::kSecurity}};
  for (const Prefix& prefix : kPrefixes) {
    if (name.substr(0, prefix.text.size()) != prefix.text) continue;
    if (name.size() == prefix.text.size()) return Errno::kInval;
    return prefix.meaning;
  }
  return Errno::kOpNotSupp;
}

bool HoldsUserAttributes(FileType type) {
  return type == FileType::kRegular || type == FileType::kDirectory;
}

Status CheckReading(const Caller& caller, const Path& path, Namespace space) {
  if (space == Namespace::kTrusted && !caller.credentials.privileged()) return Errno::kNoData;
  if (space != Namespace::kUser) return kOk;
  if (!HoldsUserAttributes(path.inode()->type())) return Errno::kNoData;
  return CheckAccess(*path.inode(), caller.credentials, kAccessRead);
}

Status CheckChanging(const Caller& caller, const Path& path, Namespace space) {
  if (space != Namespace::kUser) {
    return caller.credentials.privileged() ? Status(kOk) : Status(Errno::kPerm);
  }
  if (!HoldsUserAttributes(path.inode()->type())) return Errno::kPerm;
  const Attributes now = TRY(path.inode()->attributes());
  if (now.type == FileType::kDirectory && (now.permissions & kSticky) != 0) {
    TRY(CheckOwner(now, caller.credentials));
  }
  return CheckAccess(now, caller.credentials, kAccessWrite);
}

/// What capabilities(7) calls revisions 2 and 3: their sizes and first words.
bool IsCapability(const std::string& value) {
  constexpr uint32_t kRevisionMask = 0xff000000;
  uint32_t magic = 0;
  if (value.size() < sizeof(magic)) return false;
  std::memcpy(&magic, value.data(), sizeof(magic));
  const uint32_t revision = magic & kRevisionMask;
  return (value.size() == 20 && revision == 0x02000000) ||
         (value.size() == 24 && revision == 0x03000000);
}

}  // namespace

Task<Result<std::vector<ExtendedAttribute>>> ListExtendedAttributes(const Caller& caller,
                                                                    Path path) {
  CO_ASSIGN(std::vector<ExtendedAttribute> list, co_await path.inode()->ExtendedAttributes());
  if (!caller.credentials.privileged()) {
    std::erase_if(list, [](const ExtendedAttribute& each) {
      return each.name.compare(0, 8, "trusted.") == 0;
    });
  }
  co_return list;
}

Task<Result<std::string>> ReadExtendedAttribute(const Caller& caller, Path path, std::string name) {
  CO_ASSIGN(const Namespace space, NamespaceOf(name));
  CO_TRY(CheckReading(caller, path, space));
  CO_ASSIGN(std::vector<ExtendedAttribute> list, co_await path.inode()->ExtendedAttributes());
  for (ExtendedAttribute& each : list) {
    if (each.name == name) co_return std::move(each.value);
  }
  co_return Errno::kNoData;
}

Task<Status> ChangeExtendedAttribute(const Caller& caller, Path path, std::string name,
                                     std::optional<std::string> value, AttributeSetting how) {
  if (path.mount->read_only()) co_return Errno::kRoFs;
  CO_ASSIGN(const Namespace space, NamespaceOf(name));
  CO_TRY(CheckChanging(caller, path, space));
  if (value && name == "security.capability" && !IsCapability(*value)) co_return Errno::kInval;
  CO_TRY(co_await path.inode()->SetExtendedAttribute(std::move(name), std::move(value), how));
  NotifyFile(path, abi::kInAttrib);
  co_return kOk;
}

}  // namespace elfin::vfs
