// The inode of extfs (extfs.h).
#pragma once

#include "syscalls/fs/extfs.h"

namespace elfin::fs {

class Pipe;

class ExtInode final : public vfs::Inode {
 public:
  ExtInode(ExtFs& filesystem, ext::InodePtr inode) : fs_(filesystem), inode_(std::move(inode)) {}
  ~ExtInode() override;

  vfs::Filesystem& filesystem() override { return fs_; }
  FileType type() const override { return static_cast<FileType>(inode_->type()); }
  Result<Attributes> attributes() override;
  Task<Status> SetAttributes(const vfs::AttributeChange& change) override;
  Task<Result<std::vector<vfs::ExtendedAttribute>>> ExtendedAttributes() override;
  Task<Status> SetExtendedAttribute(std::string name, std::optional<std::string> value,
                                    vfs::AttributeSetting how) override;

  Task<Result<InodePtr>> Lookup(std::string_view name) override;
  Task<Result<InodePtr>> Create(std::string_view name, const vfs::NewInode& what) override;
  Task<Result<InodePtr>> CreateUnnamed(const vfs::NewInode& what) override;
  Task<Status> Symlink(std::string_view name, std::string_view target,
                       const vfs::NewInode& owner) override;
  Task<Status> Link(std::string_view name, InodePtr target) override;
  Task<Status> Unlink(std::string_view name) override;
  Task<Status> RemoveDirectory(std::string_view name) override;
  Task<Status> Rename(std::string_view name, InodePtr to, std::string_view to_name,
                      vfs::RenameMode mode) override;
  Result<std::unique_ptr<vfs::DirectoryStream>> OpenDirectory() override;

  Task<Result<vfs::LinkTarget>> ReadLink(const vfs::Caller& caller) override;
  Task<Result<size_t>> ReadAt(uint64_t offset, vfs::DataSink& sink) override;
  void WillRead(uint64_t offset, uint64_t size) override {
    fs_.filesystem().WillRead(inode_, offset, size);
  }
  Task<Result<size_t>> WriteAt(uint64_t offset, vfs::DataSource& source) override;
  Task<Result<uint64_t>> SeekSparse(uint64_t offset, vfs::SeekKind kind) override;
  Task<Status> Allocate(uint64_t offset, uint64_t size, vfs::AllocateMode mode) override;
  Task<Status> Sync() override { return fs_.Sync(); }
  Task<Result<vfs::FilePtr>> Open(const vfs::Caller& caller, const vfs::Path& path,
                                  uint32_t flags) override;

  const ext::InodePtr& inode() const { return inode_; }
  ext::Filesystem& ext_filesystem() { return fs_.filesystem(); }

 private:
  // As the functions of like names, where something has to be waited for.
  Task<Result<InodePtr>> LookUpSlowly(std::string_view name);
  Task<Result<size_t>> ReadSlowly(uint64_t offset, vfs::DataSink& sink);

  ExtFs& fs_;  // a Path's mount keeps it for whoever holds inodes
  ext::InodePtr inode_;
  std::shared_ptr<Pipe> pipe_;  // of a FIFO, while it is open
};

}  // namespace elfin::fs
