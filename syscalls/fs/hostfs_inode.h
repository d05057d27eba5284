// The inode of hostfs (hostfs.h).
#pragma once

#include <optional>

#include "syscalls/fs/hostfs.h"

namespace elfin::fs {

class HostInode final : public vfs::Inode {
 public:
  HostInode(HostFs& filesystem, const kernel::HostStat& stat, std::shared_ptr<HostInode> parent,
            std::string_view name);
  ~HostInode() override;

  vfs::Filesystem& filesystem() override { return fs_; }
  FileType type() const override { return type_; }
  Result<Attributes> attributes() override;
  Task<Status> SetAttributes(const vfs::AttributeChange& change) override;

  Task<Result<InodePtr>> Lookup(std::string_view name) override;
  Task<Result<InodePtr>> Create(std::string_view name, const vfs::NewInode& what) override;
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
  Task<Result<size_t>> WriteAt(uint64_t offset, vfs::DataSource& source) override;
  Task<Status> Allocate(uint64_t offset, uint64_t size, vfs::AllocateMode mode) override;
  Task<Status> Sync() override;
  Task<Status> Flush() override;
  Task<Result<vfs::FilePtr>> Open(const vfs::Caller& caller, const vfs::Path& path,
                                  uint32_t flags) override;

  uint64_t host_device() const { return stat_.device; }
  uint64_t host_inode() const { return stat_.inode; }
  /// What HostNodes knows this directory as.
  HostNodes::Directory directory_key() const { return {stat_.device, stat_.inode}; }
  /// The same inode was found under this name.
  void SetPlace(const kernel::HostStat& stat, std::shared_ptr<HostInode> parent,
                std::string_view name);
  std::string PathOf(std::string_view child = {}) const;

 private:
  Status Refresh();
  void Remember(const kernel::HostStat& stat);
  void Outdate() { stat_time_ = 0; }
  Task<Result<uint32_t>> Handle(bool for_writing);
  Task<Result<size_t>> WriteBytes(uint32_t handle, uint64_t offset, vfs::DataSource& source);
  Task<Status> Chown(std::string_view name, const vfs::NewInode& what);
  Task<Result<InodePtr>> AwaitChild(std::string_view name, Task<Result<kernel::HostStat>> asked);
  InodePtr ChildOf(const kernel::HostStat& stat, std::string_view name);

  HostFs& fs_;
  FileType type_;
  kernel::HostStat stat_;
  int64_t stat_time_ = 0;  // monotonic; 0: out of date
  std::shared_ptr<HostInode> parent_;
  std::string name_;
  std::optional<uint32_t> read_handle_;
  std::optional<uint32_t> write_handle_;  // opened O_RDWR
};

}  // namespace elfin::fs
