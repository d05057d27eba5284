#include "syscalls/vfs/path_walk.h"

#include <utility>

#include "syscalls/abi/fcntl.h"
#include "syscalls/vfs/permissions.h"

namespace elfin::vfs {
namespace {

/// Takes the first name off `rest`, with the slashes before and after it.
std::string TakeName(std::string& rest, bool* slash_follows) {
  const size_t begin = std::min(rest.find_first_not_of('/'), rest.size());
  const size_t end = std::min(rest.find('/', begin), rest.size());
  std::string name = rest.substr(begin, end - begin);
  const size_t next = std::min(rest.find_first_not_of('/', end), rest.size());
  *slash_follows = next > end;
  rest.erase(0, next);
  return name;
}

}  // namespace

PathWalk::PathWalk(const Caller& caller, Path start, uint64_t resolve)
    : caller_(caller),
      start_(std::move(start)),
      root_((resolve & abi::kResolveInRoot) != 0 ? start_ : caller.context.root),
      resolve_(resolve),
      current_(start_) {}

Result<Path> PathWalk::Up() const {
  if (current_ == root_) return current_;
  if ((resolve_ & abi::kResolveBeneath) != 0 && current_ == start_) return Errno::kXDev;
  Path place = caller_.mounts.Leave(current_);
  if ((resolve_ & abi::kResolveNoXdev) != 0 && place.mount != current_.mount) return Errno::kXDev;
  if (place.dentry->parent() != nullptr) place.dentry = place.dentry->parent();
  return caller_.mounts.Enter(place);
}

Task<Result<Path>> PathWalk::Child(std::string_view name) {
  Inode& directory = *current_.inode();
  if (directory.type() != FileType::kDirectory) co_return Errno::kNotDir;
  CO_TRY(CheckAccess(directory, caller_.credentials, kAccessExecute));
  if (name.empty() || name == ".") co_return current_;
  if (name == "..") co_return Up();
  if (name.size() > abi::kNameMax) co_return Errno::kNameTooLong;

  Path child{current_.mount, current_.dentry->FindChild(name)};
  if (child.dentry == nullptr || child.dentry->mounts == 0) {
    CO_ASSIGN(const InodePtr inode, co_await directory.Lookup(name));
    child.dentry = Dentry::Child(current_.dentry, name, inode);
  }
  Path inside = caller_.mounts.Enter(child);
  if ((resolve_ & abi::kResolveNoXdev) != 0 && inside.mount != current_.mount)
    co_return Errno::kXDev;
  co_return inside;
}

Status PathWalk::CheckSymlink() {
  if ((resolve_ & abi::kResolveNoSymlinks) != 0) return Errno::kLoop;
  if (++symlinks_ > abi::kMaxSymlinks) return Errno::kLoop;
  return kOk;
}

Result<Path> PathWalk::Jump(const LinkTarget& target) const {
  if ((resolve_ & abi::kResolveNoMagicLinks) != 0) return Errno::kLoop;
  if ((resolve_ & (abi::kResolveBeneath | abi::kResolveInRoot)) != 0) return Errno::kXDev;
  if ((resolve_ & abi::kResolveNoXdev) != 0 && target.place->mount != current_.mount) {
    return Errno::kXDev;
  }
  return *target.place;
}

Task<Status> PathWalk::ToParent(std::string_view path) {
  if (path.empty()) co_return Errno::kNoEnt;
  name_.clear();
  if (path.front() == '/') {
    if ((resolve_ & abi::kResolveBeneath) != 0) co_return Errno::kXDev;
    current_ = root_;
  }
  std::string rest(path);
  for (;;) {
    bool slash_follows = false;
    std::string name = TakeName(rest, &slash_follows);
    if (rest.empty()) {
      name_ = std::move(name);
      trailing_slash_ = slash_follows;
      co_return kOk;
    }
    CO_ASSIGN(Path next, co_await Child(name));
    if (next.inode()->type() != FileType::kSymlink) {
      current_ = std::move(next);
      continue;
    }
    CO_TRY(CheckSymlink());
    CO_ASSIGN(LinkTarget target, co_await next.inode()->ReadLink(caller_));
    if (target.place != nullptr) {
      CO_ASSIGN(current_, Jump(target));
      continue;
    }
    if (target.text.empty()) co_return Errno::kNoEnt;
    if (target.text.front() == '/') {
      if ((resolve_ & abi::kResolveBeneath) != 0) co_return Errno::kXDev;
      current_ = root_;
    }
    rest = target.text + "/" + rest;
  }
}

Task<Result<Path>> PathWalk::Last(LastSymlink follow) {
  bool must_be_directory = false;
  for (;;) {
    must_be_directory = must_be_directory || trailing_slash_;
    CO_ASSIGN(Path path, co_await Child(name_));
    const FileType type = path.inode()->type();
    if (type != FileType::kSymlink || (follow == LastSymlink::kNoFollow && !must_be_directory)) {
      if (must_be_directory && type != FileType::kDirectory) co_return Errno::kNotDir;
      co_return path;
    }
    CO_TRY(CheckSymlink());
    CO_ASSIGN(LinkTarget target, co_await path.inode()->ReadLink(caller_));
    if (target.place != nullptr) {
      CO_ASSIGN(Path place, Jump(target));
      if (must_be_directory && place.inode()->type() != FileType::kDirectory) {
        co_return Errno::kNotDir;
      }
      co_return place;
    }
    CO_TRY(co_await ToParent(target.text));
  }
}

Task<Result<Path>> PathWalk::To(std::string_view path, LastSymlink follow) {
  CO_TRY(co_await ToParent(path));
  co_return co_await Last(follow);
}

Task<Result<Path>> WalkTo(const Caller& caller, Path start, std::string path, LastSymlink follow) {
  PathWalk walk(caller, std::move(start));
  co_return co_await walk.To(path, follow);
}

}  // namespace elfin::vfs
