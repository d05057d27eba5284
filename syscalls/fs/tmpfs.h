// tmpfs: a filesystem in the kernel's memory. Also the body of devfs (device nodes in it) and of
// memfd.
//
// Directory entries carry a number that only grows; it is the cookie of a directory reading, so
// that a reading goes on rightly after entries before it were removed. Sizes are as Linux's tmpfs
// shows them: a directory has 20 bytes for each entry, "." and ".." among them. Inodes don't keep
// their filesystem: the mount of a Path does.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "syscalls/fs/inode_core.h"
#include "syscalls/fs/sparse_bytes.h"

namespace elfin::fs {

class Pipe;
class TmpInode;

class TmpFs final : public vfs::Filesystem {
 public:
  struct Options {
    std::string_view type = "tmpfs";
    uint64_t magic = 0x0102'1994;  // statfs(2)'s f_type
    uint64_t max_bytes = uint64_t{1} << 30;
    uint32_t root_permissions = 01777;
    uint32_t uid = 0;
    uint32_t gid = 0;
  };
  static std::shared_ptr<TmpFs> Make(kernel::Host& host, const Options& options);

  std::string_view type() const override { return type_; }
  InodePtr root() override;
  vfs::FilesystemInfo Info() override;

  /// An inode without a name.
  std::shared_ptr<TmpInode> MakeInode(const vfs::NewInode& what);

  kernel::Host& host() { return host_; }
  PageBudget& budget() { return budget_; }
  uint64_t inodes = 0;

 private:
  TmpFs(kernel::Host& host, const Options& options);

  kernel::Host& host_;
  std::string_view type_;
  uint64_t magic_;
  PageBudget budget_;
  uint64_t next_inode_ = 1;
  std::shared_ptr<TmpInode> root_;
};

class TmpInode final : public vfs::Inode {
 public:
  TmpInode(TmpFs& filesystem, const Attributes& attributes);
  ~TmpInode() override;

  vfs::Filesystem& filesystem() override { return fs_; }
  FileType type() const override { return attributes_.type; }
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
  Task<Result<size_t>> WriteAt(uint64_t offset, vfs::DataSource& source) override;
  Task<Result<uint64_t>> SeekSparse(uint64_t offset, vfs::SeekKind kind) override;
  Task<Status> Allocate(uint64_t offset, uint64_t size, vfs::AllocateMode mode) override;
  Task<Result<vfs::FilePtr>> Open(const vfs::Caller& caller, const vfs::Path& path,
                                  uint32_t flags) override;
  uint32_t* seals() override { return memfd_seals.get(); }

  /// Set for what memfd_create makes: F_ADD_SEALS' bits.
  std::unique_ptr<uint32_t> memfd_seals;

 private:
  friend class TmpDirectoryStream;
  struct Entry {
    std::string name;
    std::shared_ptr<TmpInode> inode;
  };

  TmpInode* Find(std::string_view name) const;
  void Insert(std::string_view name, std::shared_ptr<TmpInode> inode);
  std::shared_ptr<TmpInode> Erase(std::string_view name);
  Status CheckReplace(const TmpInode& moved, const TmpInode& replaced) const;
  uint32_t Seals() const { return memfd_seals != nullptr ? *memfd_seals : 0; }
  vfs::FileTime Now() const;
  /// Charges the budget for attributes of that many bytes. Errors: kNoSpc.
  Status ChargeExtended(uint64_t bytes);
  uint64_t ExtendedBytes() const;

  TmpFs& fs_;  // a Path's mount keeps it for whoever holds inodes
  Attributes attributes_;
  SparseBytes bytes_;
  std::map<std::string, std::string> extended_;
  uint64_t extended_pages_ = 0;  // of the budget
  std::string link_target_;
  std::map<uint64_t, Entry> entries_;
  std::unordered_map<std::string, uint64_t> by_name_;
  uint64_t next_entry_ = 1;
  std::shared_ptr<Pipe> pipe_;  // of a FIFO, while it is open
};

}  // namespace elfin::fs
