#include "syscalls/vfs/namespace_ops.h"

#include <utility>

#include "syscalls/vfs/permissions.h"

namespace elfin::vfs {
namespace {

/// For what makes a name: fails with kExist where the last name is there (before anything else, as
/// Linux), otherwise checks that it may be made.
Task<Status> CheckNew(const Caller& caller, PathWalk& walk, FileType type) {
  if (!walk.has_plain_name()) co_return Errno::kExist;
  const bool slash = walk.trailing_slash();
  const Path directory = walk.directory();
  const std::string name = walk.name();
  if (directory.inode()->type() != FileType::kDirectory) co_return Errno::kNotDir;
  CO_TRY(CheckAccess(*directory.inode(), caller.credentials, kAccessExecute));
  if (name.size() > 255) co_return Errno::kNameTooLong;
  const DentryPtr living = directory.dentry->FindChild(name);
  if (living != nullptr && living->mounts > 0) co_return Errno::kExist;
  const Result<InodePtr> there = co_await directory.inode()->Lookup(name);
  if (there.ok()) co_return Errno::kExist;
  if (there.error() != Errno::kNoEnt) co_return there.error();
  if (slash && type != FileType::kDirectory) co_return Errno::kNoEnt;
  CO_TRY(CheckChangeNames(directory, caller.credentials));
  co_return kOk;
}

NewInode Owned(const Caller& caller, FileType type, uint32_t permissions, uint64_t rdev) {
  return {type, permissions & kPermissionMask & ~caller.context.umask, caller.credentials.uid,
          caller.credentials.gid, rdev};
}

/// Something that is to go or to move: its name, and what it is.
struct Victim {
  Path directory;
  std::string name;
  bool trailing_slash = false;
  Path path;
};

Task<Result<Victim>> FindVictim(const Caller& caller, NamedPlace place, Errno no_name) {
  PathWalk walk(caller, std::move(place.start));
  CO_TRY(co_await walk.ToParent(place.path));
  if (!walk.has_plain_name()) {
    if (walk.name() == "..") co_return no_name == Errno::kInval ? Errno::kNotEmpty : no_name;
    co_return walk.name().empty() && no_name == Errno::kInval ? Errno::kBusy : no_name;
  }
  Victim victim{walk.directory(), walk.name(), walk.trailing_slash(), {}};
  if (victim.directory.inode()->type() != FileType::kDirectory) co_return Errno::kNotDir;
  if (victim.directory.mount->read_only()) {
    // Linux says so before it has looked; a bad name is still a bad name.
    CO_TRY(CheckAccess(*victim.directory.inode(), caller.credentials, kAccessExecute));
    co_return Errno::kRoFs;
  }
  CO_TRY(CheckAccess(*victim.directory.inode(), caller.credentials, kAccessExecute));
  if (victim.name.size() > 255) co_return Errno::kNameTooLong;
  DentryPtr living = victim.directory.dentry->FindChild(victim.name);
  if (living == nullptr || living->mounts == 0) {
    CO_ASSIGN(const InodePtr inode, co_await victim.directory.inode()->Lookup(victim.name));
    living = Dentry::Child(victim.directory.dentry, victim.name, inode);
  }
  victim.path = Path{victim.directory.mount, living};
  co_return victim;
}

Status CheckRemovable(const Caller& caller, const Victim& victim) {
  TRY(CheckChangeNames(victim.directory, caller.credentials));
  TRY(CheckSticky(victim.directory, *victim.path.inode(), caller.credentials));
  if (victim.path.dentry->mounts > 0) return Errno::kBusy;
  return kOk;
}

Task<Result<Victim>> FindRenameTarget(const Caller& caller, NamedPlace place) {
  PathWalk walk(caller, std::move(place.start));
  CO_TRY(co_await walk.ToParent(place.path));
  if (!walk.has_plain_name()) co_return Errno::kBusy;
  Victim target{walk.directory(), walk.name(), walk.trailing_slash(), {}};
  if (target.directory.inode()->type() != FileType::kDirectory) co_return Errno::kNotDir;
  CO_TRY(CheckAccess(*target.directory.inode(), caller.credentials, kAccessExecute));
  if (target.name.size() > 255) co_return Errno::kNameTooLong;
  const Result<InodePtr> there = co_await target.directory.inode()->Lookup(target.name);
  if (!there.ok() && there.error() != Errno::kNoEnt) co_return there.error();
  if (there.ok()) {
    target.path = Path{target.directory.mount,
                       Dentry::Child(target.directory.dentry, target.name, there.value())};
  }
  co_return target;
}

bool IsDirectory(const Path& path) { return path.inode()->type() == FileType::kDirectory; }

/// The rules of rename(2) that need no look at the filesystem.
Status CheckRename(const Caller& caller, const Victim& from, const Victim& to, RenameMode mode) {
  if (mode == RenameMode::kNoReplace && to.path.valid()) return Errno::kExist;
  if (mode == RenameMode::kExchange && !to.path.valid()) return Errno::kNoEnt;
  if (!IsDirectory(from.path)) {
    if (from.trailing_slash) return Errno::kNotDir;
    if (to.trailing_slash && mode != RenameMode::kExchange) return Errno::kNotDir;
  }
  if (to.directory.dentry->IsWithin(*from.path.dentry)) return Errno::kInval;
  if (from.directory.dentry->IsWithin(to.path.valid() ? *to.path.dentry : *from.path.dentry)) {
    return mode == RenameMode::kExchange ? Errno::kInval : Errno::kNotEmpty;
  }
  TRY(CheckRemovable(caller, from));
  if (!to.path.valid()) return CheckChangeNames(to.directory, caller.credentials);
  TRY(CheckRemovable(caller, to));
  if (mode == RenameMode::kReplace) {
    if (IsDirectory(from.path) && !IsDirectory(to.path)) return Errno::kNotDir;
    if (!IsDirectory(from.path) && IsDirectory(to.path)) return Errno::kIsDir;
  }
  return kOk;
}

bool IsLastName(Inode& inode) {
  const Result<Attributes> attributes = inode.attributes();
  return attributes.ok() && attributes.value().links <= 1;
}

void NotifyMove(const Caller& caller, const Victim& from, const Victim& to) {
  Inode& moved = *from.path.inode();
  const uint32_t cookie = caller.mounts.NextMoveCookie();
  NotifyEntry(*from.directory.inode(), from.name, moved, abi::kInMovedFrom, cookie);
  NotifyEntry(*to.directory.inode(), to.name, moved, abi::kInMovedTo, cookie);
}

/// Both names' directories, what was replaced, and what was moved.
void NotifyMoved(const Caller& caller, const Victim& from, const Victim& to, RenameMode mode) {
  NotifyMove(caller, from, to);
  if (mode == RenameMode::kExchange) {
    NotifySelf(*from.path.inode(), abi::kInMoveSelf);
    NotifyMove(caller, {to.directory, to.name, false, to.path},
               {from.directory, from.name, false, from.path});
    NotifySelf(*to.path.inode(), abi::kInMoveSelf);
    return;
  }
  if (to.path.valid()) NotifySelf(*to.path.inode(), abi::kInAttrib);
  NotifySelf(*from.path.inode(), abi::kInMoveSelf);
}

}  // namespace

Task<Status> MakeNode(const Caller& caller, NamedPlace place, FileType type, uint32_t permissions,
                      uint64_t rdev) {
  PathWalk walk(caller, std::move(place.start));
  CO_TRY(co_await walk.ToParent(place.path));
  CO_TRY(co_await CheckNew(caller, walk, type));
  const bool device = type == FileType::kCharacter || type == FileType::kBlock;
  if (device && !caller.credentials.privileged()) co_return Errno::kPerm;
  const NewInode what = Owned(caller, type, permissions, rdev);
  CO_ASSIGN(const InodePtr made, co_await walk.directory().inode()->Create(walk.name(), what));
  NotifyEntry(*walk.directory().inode(), walk.name(), *made, abi::kInCreate);
  co_return kOk;
}

Task<Status> MakeSymlink(const Caller& caller, std::string target, NamedPlace place) {
  if (target.empty()) co_return Errno::kNoEnt;
  PathWalk walk(caller, std::move(place.start));
  CO_TRY(co_await walk.ToParent(place.path));
  CO_TRY(co_await CheckNew(caller, walk, FileType::kSymlink));
  NewInode owner = Owned(caller, FileType::kSymlink, 0, 0);
  owner.permissions = 0777;
  Inode& directory = *walk.directory().inode();
  CO_TRY(co_await directory.Symlink(walk.name(), target, owner));
  if (directory.is_watched()) directory.Notify(abi::kInCreate, walk.name(), 0);
  co_return kOk;
}

Task<Status> MakeLink(const Caller& caller, Path existing, NamedPlace place) {
  PathWalk walk(caller, std::move(place.start));
  CO_TRY(co_await walk.ToParent(place.path));
  CO_TRY(co_await CheckNew(caller, walk, existing.inode()->type()));
  if (existing.mount != walk.directory().mount) co_return Errno::kXDev;
  if (IsDirectory(existing)) co_return Errno::kPerm;
  CO_TRY(co_await walk.directory().inode()->Link(walk.name(), existing.inode()));
  NotifySelf(*existing.inode(), abi::kInAttrib);
  NotifyEntry(*walk.directory().inode(), walk.name(), *existing.inode(), abi::kInCreate);
  co_return kOk;
}

Task<Status> RemoveFile(const Caller& caller, NamedPlace place) {
  CO_ASSIGN(const Victim victim, co_await FindVictim(caller, std::move(place), Errno::kIsDir));
  if (victim.trailing_slash) co_return IsDirectory(victim.path) ? Errno::kIsDir : Errno::kNotDir;
  CO_TRY(CheckRemovable(caller, victim));
  if (IsDirectory(victim.path)) co_return Errno::kIsDir;
  const bool is_last = IsLastName(*victim.path.inode());
  CO_TRY(co_await victim.directory.inode()->Unlink(victim.name));
  victim.directory.dentry->ChildRemoved(victim.name);
  NotifySelf(*victim.path.inode(), abi::kInAttrib);
  if (is_last) NotifySelf(*victim.path.inode(), abi::kInDeleteSelf);
  NotifyEntry(*victim.directory.inode(), victim.name, *victim.path.inode(), abi::kInDelete);
  co_return kOk;
}

Task<Status> RemoveDirectory(const Caller& caller, NamedPlace place) {
  CO_ASSIGN(const Victim victim, co_await FindVictim(caller, std::move(place), Errno::kInval));
  CO_TRY(CheckRemovable(caller, victim));
  if (!IsDirectory(victim.path)) co_return Errno::kNotDir;
  CO_TRY(co_await victim.directory.inode()->RemoveDirectory(victim.name));
  victim.directory.dentry->ChildRemoved(victim.name);
  victim.path.inode()->Notify(abi::kInDeleteSelf, {}, 0);
  NotifyEntry(*victim.directory.inode(), victim.name, *victim.path.inode(), abi::kInDelete);
  co_return kOk;
}

Task<Status> RenamePath(const Caller& caller, NamedPlace from_place, NamedPlace to_place,
                        RenameMode mode) {
  CO_ASSIGN(const Victim from, co_await FindVictim(caller, std::move(from_place), Errno::kBusy));
  CO_ASSIGN(const Victim to, co_await FindRenameTarget(caller, std::move(to_place)));
  if (from.directory.mount != to.directory.mount) co_return Errno::kXDev;
  CO_TRY(CheckRename(caller, from, to, mode));
  // Two names of one file: POSIX says that nothing happens.
  if (to.path.valid() && to.path.inode() == from.path.inode()) co_return kOk;
  const bool ends_target = mode == RenameMode::kReplace && to.path.valid() &&
                           (IsDirectory(to.path) || IsLastName(*to.path.inode()));
  CO_TRY(co_await from.directory.inode()->Rename(from.name, to.directory.inode(), to.name, mode));
  if (mode == RenameMode::kExchange) {
    from.directory.dentry->ChildrenExchanged(from.name, to.directory.dentry, to.name);
  } else {
    from.directory.dentry->ChildMoved(from.name, to.directory.dentry, to.name);
  }
  NotifyMoved(caller, from, to, mode);
  if (ends_target) to.path.inode()->Notify(abi::kInDeleteSelf, {}, 0);
  co_return kOk;
}

}  // namespace elfin::vfs
