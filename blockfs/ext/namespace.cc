#include "blockfs/ext/namespace.h"

#include <algorithm>
#include <cstring>

#include "blockfs/ext/block_map.h"
#include "blockfs/ext/directory.h"
#include "blockfs/ext/file_data.h"
#include "blockfs/ext/orphans.h"

namespace elfin::ext {
namespace {

constexpr uint16_t kMaxLinks = 65000;
constexpr uint16_t kSetGid = 02000;

void TouchDirectory(Volume& volume, Inode& directory) {
  const Nanoseconds now = volume.Now();
  directory.set_time(Inode::Time::kModify, now);
  directory.set_time(Inode::Time::kChange, now);
}

/// A directory's links: with dir_nlink they are 1 ("many") once they have passed the limit.
bool MayHaveSubdirectory(const Volume& volume, const Inode& directory) {
  return volume.has_ro_compat(kRoCompatDirNlink) || directory.record().links < kMaxLinks;
}
void AddSubdirectory(Inode& directory) {
  uint16_t& links = directory.record().links;
  if (links == 1) return;
  links = links >= kMaxLinks ? 1 : links + 1;
}
void DropSubdirectory(Inode& directory) {
  if (directory.record().links > 2) --directory.record().links;
}

Task<Status> CheckFree(Volume& volume, Inode& directory, std::string_view name) {
  if (directory.record().links == 0) co_return Errno::kNoEnt;
  const Result<FoundEntry> there = co_await FindName(volume, directory, name);
  if (there.ok()) co_return Errno::kExist;
  if (there.error() != Errno::kNoEnt) co_return there.error();
  co_return kOk;
}

/// Names the new inode; takes it back where there is no room for the name.
Task<Status> NameNew(Volume& volume, Inode& directory, std::string_view name,
                     const InodePtr& inode) {
  const Status status =
      co_await AddName(volume, directory, name, inode->number(), EntryTypeOf(*inode));
  if (status.ok()) co_return co_await volume.SaveInode(*inode);
  if (status.error() == Errno::kNoSpc) CO_TRY(co_await DeleteInode(volume, *inode));
  co_return status;
}

InodeRequest Inherited(const Inode& directory, const InodeRequest& request) {
  InodeRequest inherited = request;
  if ((directory.record().mode & kSetGid) != 0) {
    inherited.gid = directory.gid();
    if ((request.mode & kModeTypeMask) == kModeDirectory) inherited.mode |= kSetGid;
  }
  return inherited;
}

/// One name less.
Task<Status> DropLink(Volume& volume, const InodePtr& inode) {
  InodeRecord& record = inode->record();
  inode->set_time(Inode::Time::kChange, volume.Now());
  record.links = inode->is_directory() ? 0 : record.links - 1;
  if (record.links > 0) co_return co_await volume.SaveInode(*inode);
  volume.access_times.erase(inode->number());
  if (volume.journaled()) CO_TRY(co_await AddOrphan(volume, inode));
  // Whoever else holds it calls ReleaseInode in the end.
  const long mine = volume.journaled() ? 2 : 1;
  if (inode.use_count() > mine) co_return kOk;
  co_return co_await ReleaseInode(volume, inode);
}

Task<Status> SetParent(Volume& volume, Inode& directory, uint32_t parent) {
  CO_ASSIGN(const FoundEntry entry, co_await FindName(volume, directory, ".."));
  co_return ChangeName(volume, directory, entry, parent, kEntryDirectory);
}

}  // namespace

Task<Status> ReleaseInode(Volume& volume, const InodePtr& inode) {
  if (inode->deleted || inode->record().links > 0) co_return kOk;
  if (volume.journaled()) co_return co_await DeleteInode(volume, *inode);
  volume.delete_after_commit.push_back(inode);
  co_return kOk;
}

Task<Result<InodePtr>> MakeNode(Volume& volume, Inode& directory, std::string_view name,
                                const InodeRequest& request) {
  CO_TRY(co_await CheckFree(volume, directory, name));
  const bool is_directory = (request.mode & kModeTypeMask) == kModeDirectory;
  if (is_directory && !MayHaveSubdirectory(volume, directory)) co_return Errno::kMLink;
  CO_ASSIGN(InodePtr inode,
            co_await AllocateInode(volume, directory, Inherited(directory, request)));
  if (is_directory) {
    const Status status = co_await InitDirectory(volume, *inode, directory.number());
    if (!status.ok()) {
      if (status.error() == Errno::kNoSpc) CO_TRY(co_await DeleteInode(volume, *inode));
      co_return status.error();
    }
  }
  CO_TRY(co_await NameNew(volume, directory, name, inode));
  if (is_directory) AddSubdirectory(directory);
  TouchDirectory(volume, directory);
  CO_TRY(co_await volume.SaveInode(directory));
  co_return inode;
}

Task<Result<InodePtr>> MakeSymlink(Volume& volume, Inode& directory, std::string_view name,
                                   std::string_view target, const InodeRequest& request) {
  CO_TRY(co_await CheckFree(volume, directory, name));
  if (target.size() >= volume.block_size()) co_return Errno::kNameTooLong;
  CO_ASSIGN(InodePtr inode,
            co_await AllocateInode(volume, directory, Inherited(directory, request)));
  if (target.size() < kInodeBlockBytes) {
    inode->record().flags &= ~kInodeExtents;
    std::memset(inode->record().block, 0, kInodeBlockBytes);
    std::memcpy(inode->record().block, target.data(), target.size());
    inode->set_size(target.size());
  } else {
    const Result<size_t> written = co_await WriteBytes(
        volume, inode, 0, reinterpret_cast<const uint8_t*>(target.data()), target.size());
    if (!written.ok()) {
      if (written.error() == Errno::kNoSpc) CO_TRY(co_await DeleteInode(volume, *inode));
      co_return written.error();
    }
  }
  CO_TRY(co_await NameNew(volume, directory, name, inode));
  TouchDirectory(volume, directory);
  CO_TRY(co_await volume.SaveInode(directory));
  co_return inode;
}

Task<Result<InodePtr>> MakeUnnamed(Volume& volume, Inode& near, const InodeRequest& request) {
  CO_ASSIGN(InodePtr inode, co_await AllocateInode(volume, near, Inherited(near, request)));
  inode->record().links = 0;
  CO_TRY(co_await AddOrphan(volume, inode));
  co_return inode;
}

Task<Status> LinkInode(Volume& volume, Inode& directory, std::string_view name,
                       const InodePtr& inode) {
  CO_TRY(co_await CheckFree(volume, directory, name));
  if (inode->record().links >= kMaxLinks) co_return Errno::kMLink;
  CO_TRY(co_await AddName(volume, directory, name, inode->number(), EntryTypeOf(*inode)));
  if (inode->record().links == 0) CO_TRY(co_await RemoveOrphan(volume, *inode));
  ++inode->record().links;
  inode->set_time(Inode::Time::kChange, volume.Now());
  CO_TRY(co_await volume.SaveInode(*inode));
  TouchDirectory(volume, directory);
  co_return co_await volume.SaveInode(directory);
}

Task<Status> UnlinkName(Volume& volume, Inode& directory, std::string_view name) {
  CO_ASSIGN(const FoundEntry entry, co_await FindName(volume, directory, name));
  CO_ASSIGN(const InodePtr inode, co_await volume.GetInode(entry.inode));
  if (inode->is_directory()) co_return Errno::kIsDir;
  CO_TRY(RemoveName(volume, directory, entry));
  TouchDirectory(volume, directory);
  CO_TRY(co_await volume.SaveInode(directory));
  co_return co_await DropLink(volume, inode);
}

Task<Status> RemoveDirectory(Volume& volume, Inode& directory, std::string_view name) {
  CO_ASSIGN(const FoundEntry entry, co_await FindName(volume, directory, name));
  CO_ASSIGN(const InodePtr inode, co_await volume.GetInode(entry.inode));
  if (!inode->is_directory()) co_return Errno::kNotDir;
  CO_ASSIGN(const bool empty, co_await IsEmptyDirectory(volume, *inode));
  if (!empty) co_return Errno::kNotEmpty;
  CO_TRY(RemoveName(volume, directory, entry));
  DropSubdirectory(directory);
  TouchDirectory(volume, directory);
  CO_TRY(co_await volume.SaveInode(directory));
  co_return co_await DropLink(volume, inode);
}

namespace {

Task<Status> Exchange(Volume& volume, Inode& from, std::string_view name, Inode& to,
                      std::string_view to_name) {
  CO_ASSIGN(const FoundEntry first, co_await FindName(volume, from, name));
  CO_ASSIGN(const FoundEntry second, co_await FindName(volume, to, to_name));
  if (first.inode == second.inode) co_return kOk;
  CO_ASSIGN(const InodePtr one, co_await volume.GetInode(first.inode));
  CO_ASSIGN(const InodePtr other, co_await volume.GetInode(second.inode));
  CO_TRY(ChangeName(volume, from, first, other->number(), EntryTypeOf(*other)));
  CO_TRY(ChangeName(volume, to, second, one->number(), EntryTypeOf(*one)));
  if (&from != &to) {
    if (one->is_directory()) CO_TRY(co_await SetParent(volume, *one, to.number()));
    if (other->is_directory()) CO_TRY(co_await SetParent(volume, *other, from.number()));
    if (one->is_directory() != other->is_directory()) {
      AddSubdirectory(one->is_directory() ? to : from);
      DropSubdirectory(one->is_directory() ? from : to);
    }
  }
  for (Inode* inode : {one.get(), other.get()}) {
    inode->set_time(Inode::Time::kChange, volume.Now());
    CO_TRY(co_await volume.SaveInode(*inode));
  }
  for (Inode* directory : {&from, &to}) {
    TouchDirectory(volume, *directory);
    CO_TRY(co_await volume.SaveInode(*directory));
  }
  co_return kOk;
}

Task<Status> CheckReplace(Volume& volume, const Inode& moved, Inode& replaced) {
  if (replaced.is_directory() != moved.is_directory()) {
    co_return moved.is_directory() ? Errno::kNotDir : Errno::kIsDir;
  }
  if (!replaced.is_directory()) co_return kOk;
  CO_ASSIGN(const bool empty, co_await IsEmptyDirectory(volume, replaced));
  if (!empty) co_return Errno::kNotEmpty;
  co_return kOk;
}

}  // namespace

Task<Status> RenameName(Volume& volume, Inode& from, std::string_view name, Inode& to,
                        std::string_view to_name, RenameMode mode) {
  if (mode == RenameMode::kExchange) co_return co_await Exchange(volume, from, name, to, to_name);
  if (to.record().links == 0) co_return Errno::kNoEnt;
  CO_ASSIGN(FoundEntry source, co_await FindName(volume, from, name));
  const Result<FoundEntry> target = co_await FindName(volume, to, to_name);
  if (!target.ok() && target.error() != Errno::kNoEnt) co_return target.error();
  if (target.ok() && mode == RenameMode::kNoReplace) co_return Errno::kExist;
  if (target.ok() && target->inode == source.inode) co_return kOk;
  CO_ASSIGN(const InodePtr moved, co_await volume.GetInode(source.inode));
  const bool new_parent = moved->is_directory() && &from != &to;
  InodePtr replaced;
  if (target.ok()) {
    CO_ASSIGN(replaced, co_await volume.GetInode(target->inode));
    CO_TRY(co_await CheckReplace(volume, *moved, *replaced));
    CO_TRY(ChangeName(volume, to, *target, moved->number(), EntryTypeOf(*moved)));
  } else {
    if (new_parent && !MayHaveSubdirectory(volume, to)) co_return Errno::kMLink;
    CO_TRY(co_await AddName(volume, to, to_name, moved->number(), EntryTypeOf(*moved)));
  }
  // The new name may have moved the old one within its directory.
  CO_ASSIGN(source, co_await FindName(volume, from, name));
  CO_TRY(RemoveName(volume, from, source));
  if (new_parent) {
    CO_TRY(co_await SetParent(volume, *moved, to.number()));
    DropSubdirectory(from);
    AddSubdirectory(to);
  }
  if (replaced != nullptr && replaced->is_directory()) DropSubdirectory(to);
  moved->set_time(Inode::Time::kChange, volume.Now());
  CO_TRY(co_await volume.SaveInode(*moved));
  for (Inode* directory : {&from, &to}) {
    TouchDirectory(volume, *directory);
    CO_TRY(co_await volume.SaveInode(*directory));
  }
  if (replaced == nullptr) co_return kOk;
  co_return co_await DropLink(volume, replaced);
}

}  // namespace elfin::ext
