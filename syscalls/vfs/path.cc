#include "syscalls/vfs/path.h"

#include <utility>

namespace elfin::vfs {

Dentry::Dentry(DentryPtr parent, std::string name, InodePtr inode)
    : parent_(std::move(parent)), name_(std::move(name)), inode_(std::move(inode)) {}

Dentry::~Dentry() { Detach(); }

DentryPtr Dentry::MakeRoot(InodePtr inode, std::string name) {
  return DentryPtr(new Dentry(nullptr, std::move(name), std::move(inode)));
}

DentryPtr Dentry::Child(const DentryPtr& parent, std::string_view name, const InodePtr& inode) {
  const auto found = parent->children_.find(name);
  if (found != parent->children_.end()) {
    if (found->second->inode_ == inode || found->second->mounts > 0) {
      return found->second->shared_from_this();
    }
    // The filesystem has another inode there by now (a host folder changed).
    found->second->removed_ = true;
    found->second->Detach();
  }
  DentryPtr child(new Dentry(parent, std::string(name), inode));
  parent->children_.emplace(child->name_, child.get());
  return child;
}

bool Dentry::IsWithin(const Dentry& other) const {
  for (const Dentry* dentry = this; dentry != nullptr; dentry = dentry->parent_.get()) {
    if (dentry == &other) return true;
  }
  return false;
}

DentryPtr Dentry::FindChild(std::string_view name) const {
  const auto found = children_.find(name);
  return found == children_.end() ? nullptr : found->second->shared_from_this();
}

void Dentry::Detach() {
  if (parent_ == nullptr) return;
  const auto found = parent_->children_.find(name_);
  if (found != parent_->children_.end() && found->second == this) parent_->children_.erase(found);
}

void Dentry::Attach(const DentryPtr& parent, std::string_view name) {
  parent_ = parent;
  name_ = name;
  parent->children_[name_] = this;
}

void Dentry::ChildRemoved(std::string_view name) {
  const DentryPtr child = FindChild(name);
  if (child == nullptr) return;
  child->removed_ = true;
  child->Detach();
}

void Dentry::ChildMoved(std::string_view name, const DentryPtr& to, std::string_view to_name) {
  to->ChildRemoved(to_name);
  const DentryPtr child = FindChild(name);
  if (child == nullptr) return;
  child->Detach();
  child->Attach(to, to_name);
}

void Dentry::ChildrenExchanged(std::string_view name, const DentryPtr& other,
                               std::string_view other_name) {
  const DentryPtr self = shared_from_this();
  const DentryPtr first = FindChild(name);
  const DentryPtr second = other->FindChild(other_name);
  if (first != nullptr) first->Detach();
  if (second != nullptr) second->Detach();
  if (first != nullptr) first->Attach(other, other_name);
  if (second != nullptr) second->Attach(self, name);
}

std::string PathText(const Path& path, const Path& root) {
  if (path.mount->pseudo) return path.dentry->name();
  std::string text;
  Path place = path;
  while (!(place == root)) {
    if (place.dentry == place.mount->root) {
      if (place.mount->parent == nullptr) break;
      place = Path{place.mount->parent, place.mount->covered};
      continue;
    }
    text.insert(0, "/" + place.dentry->name());
    if (place.dentry->parent() == nullptr) break;
    place.dentry = place.dentry->parent();
  }
  if (text.empty()) text = "/";
  if (!(place == root)) text.insert(0, "(unreachable)");
  if (path.dentry->removed()) text += " (deleted)";
  return text;
}

}  // namespace elfin::vfs
