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
  if (directory.type() != FileType::kDirectory) return Errno::kNotDir;
  TRY(CheckAccess(directory, caller_.credentials, kAccessExecute));
  if (name.empty() || name == ".") return current_;
  if (name == "..") return Up();
  if (name.size() > abi::kNameMax) return Errno::kNameTooLong;

  DentryPtr child = current_.dentry->FindChild(name);
  if (child != nullptr && child->mounts > 0) return Enter(std::move(child));
  Task<Result<InodePtr>> looking = directory.Lookup(name);
  if (!looking.ready()) return AwaitChild(name, std::move(looking));
  return Enter(Dentry::Child(current_.dentry, name, TRY(looking.Take())));
}

Task<Result<Path>> PathWalk::AwaitChild(std::string_view name, Task<Result<InodePtr>> looking) {
  CO_ASSIGN(const InodePtr inode, co_await std::move(looking));
  co_return Enter(Dentry::Child(current_.dentry, name, inode));
}

Result<Path> PathWalk::Enter(DentryPtr child) const {
  Path inside = caller_.mounts.Enter({current_.mount, std::move(child)});
  if ((resolve_ & abi::kResolveNoXdev) != 0 && inside.mount != current_.mount) return Errno::kXDev;
  return inside;
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
  if (path.empty()) return Errno::kNoEnt;
  if (path.find('/') != std::string_view::npos) return WalkToParent(path);
  name_ = path;
  trailing_slash_ = false;
  return kOk;
}

Task<Status> PathWalk::WalkToParent(std::string_view path) {
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
  Task<Result<Path>> child = Child(name_);
  if (child.ready() && !trailing_slash_) {
    Result<Path> path = child.Take();
    const bool last = !path.ok() || follow == LastSymlink::kNoFollow ||
                      path->inode()->type() != FileType::kSymlink;
    if (last) return path;
    child = Task<Result<Path>>(std::move(path));
  }
  return FollowLast(std::move(child), follow);
}

Task<Result<Path>> PathWalk::FollowLast(Task<Result<Path>> child, LastSymlink follow) {
  bool must_be_directory = false;
  for (;; child = Child(name_)) {
    must_be_directory = must_be_directory || trailing_slash_;
    CO_ASSIGN(Path path, co_await std::move(child));
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
  Task<Status> walking = ToParent(path);
  if (!walking.ready()) return AwaitParent(std::move(walking), follow);
  TRY(walking.Take());
  return Last(follow);
}

Task<Result<Path>> PathWalk::AwaitParent(Task<Status> walking, LastSymlink follow) {
  CO_TRY(co_await std::move(walking));
  co_return co_await Last(follow);
}

Task<Result<Path>> WalkTo(const Caller& caller, Path start, std::string path, LastSymlink follow) {
  PathWalk walk(caller, std::move(start));
  co_return co_await walk.To(path, follow);
}

}  // namespace elfin::vfs
