#include "syscalls/fs/hostfs_nodes.h"

namespace elfin::fs {

vfs::InodePtr HostNodes::Find(const Directory& directory, std::string_view name) const {
  const auto nodes = nodes_.find(directory);
  if (nodes == nodes_.end()) return nullptr;
  const auto node = nodes->second.find(name);
  return node != nodes->second.end() ? node->second : nullptr;
}

vfs::InodePtr HostNodes::Add(const Directory& directory, std::string_view name,
                             const vfs::NewInode& what) {
  vfs::InodePtr node = filesystem_->MakeInode(what);
  Put(directory, name, node);
  return node;
}

void HostNodes::Put(const Directory& directory, std::string_view name, vfs::InodePtr node) {
  nodes_[directory].insert_or_assign(std::string(name), std::move(node));
}

vfs::InodePtr HostNodes::Take(const Directory& directory, std::string_view name) {
  const auto nodes = nodes_.find(directory);
  if (nodes == nodes_.end()) return nullptr;
  const auto found = nodes->second.find(name);
  if (found == nodes->second.end()) return nullptr;
  vfs::InodePtr node = std::move(found->second);
  nodes->second.erase(found);
  if (nodes->second.empty()) nodes_.erase(nodes);
  return node;
}

void HostNodes::ForEach(const Directory& directory,
                        const std::function<void(const std::string&, vfs::Inode&)>& visit) const {
  const auto nodes = nodes_.find(directory);
  if (nodes == nodes_.end()) return;
  for (const auto& [name, node] : nodes->second) visit(name, *node);
}

}  // namespace elfin::fs
