// Random workloads, done on the host's own filesystem and on ours: the same results, the same
// trees, and nothing for e2fsck to say.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "tests/blockfs/image_folder.h"
#include "tests/lib/posix_block_device.h"

namespace elfin::ext {
namespace {

/// One side's answer: 0 or an errno.
int HostResult(int result) { return result < 0 ? errno : 0; }
int OurResult(const Status& status) { return status.ok() ? 0 : static_cast<int>(status.error()); }

class Workload {
 public:
  Workload(Filesystem& filesystem, std::string host, uint64_t seed)
      : filesystem_(filesystem), host_(std::move(host)), random_(seed) {
    directories_.push_back("");
  }

  void Step() {
    switch (random_() % 18) {
      case 0:
      case 1:
        return MakeDirectory();
      case 2:
      case 3:
      case 4:
        return MakeFile();
      case 5:
      case 6:
      case 7:
        return Write();
      case 8:
        return Truncate();
      case 9:
        return Remove();
      case 10:
      case 11:
        return Rename();
      case 12:
        return Link();
      case 13:
        return Symlink();
      case 14:
        return Allocate();
      case 15:
      case 16:
        return ChangeAttribute();
      default:
        if (random_() % 4 == 0) CHECK(Now(filesystem_.Sync()).ok());
    }
  }

  void Compare() { CompareTree(filesystem_.root(), host_); }

 private:
  std::string NewName() {
    return "n" + std::to_string(random_() % 60) + std::string(random_() % 40, 'x');
  }
  std::string NewPath() { return directories_[random_() % directories_.size()] + "/" + NewName(); }
  std::string SomePath() {
    if (files_.empty() || random_() % 8 == 0) return NewPath();
    return files_[random_() % files_.size()];
  }
  Result<InodePtr> Find(const std::string& path) {
    InodePtr inode = filesystem_.root();
    for (const auto& part : std::filesystem::path(path).relative_path()) {
      if (!inode->is_directory()) return Errno::kNotDir;
      inode = TRY(Now(filesystem_.Lookup(inode, part)));
    }
    return inode;
  }
  struct Place {
    InodePtr directory;
    std::string name;
  };
  Result<Place> FindPlace(const std::string& path) {
    const std::filesystem::path whole(path);
    const InodePtr directory = TRY(Find(whole.parent_path()));
    if (!directory->is_directory()) return Errno::kNotDir;
    return Place{directory, whole.filename()};
  }
  template <class Work>
  int At(const std::string& path, Work work) {
    const Result<Place> place = FindPlace(path);
    return place.ok() ? OurResult(work(*place)) : static_cast<int>(place.error());
  }
  std::string Host(const std::string& path) const { return host_ + path; }
  static Status Plain(const Result<InodePtr>& made) {
    return made.ok() ? Status(kOk) : made.error();
  }

  void MakeDirectory() {
    const std::string path = NewPath();
    INFO("mkdir " << path);
    const int expected = HostResult(mkdir(Host(path).c_str(), 0755));
    const InodeRequest request{kModeDirectory | 0755, 0, 0, 0};
    CHECK(At(path, [&](const Place& place) {
            return Plain(Now(filesystem_.Create(place.directory, place.name, request)));
          }) == expected);
    if (expected == 0) directories_.push_back(path);
  }
  void MakeFile() {
    const std::string path = NewPath();
    INFO("create " << path);
    const int descriptor = open(Host(path).c_str(), O_CREAT | O_EXCL | O_WRONLY, 0644);
    const int expected = HostResult(descriptor);
    if (descriptor >= 0) close(descriptor);
    const InodeRequest request{kModeRegular | 0644, 0, 0, 0};
    CHECK(At(path, [&](const Place& place) {
            return Plain(Now(filesystem_.Create(place.directory, place.name, request)));
          }) == expected);
    if (expected == 0) files_.push_back(path);
  }
  void Write() {
    const std::string path = SomePath();
    const std::string bytes(random_() % (random_() % 8 == 0 ? 100'000 : 6000),
                            static_cast<char>('a' + random_() % 26));
    const uint64_t offset = random_() % (random_() % 4 == 0 ? 3'000'000 : 20'000);
    INFO("write " << path << " " << bytes.size() << " at " << offset);
    const Result<InodePtr> inode = Find(path);
    struct stat status {};
    const bool there = lstat(Host(path).c_str(), &status) == 0;
    REQUIRE(inode.ok() == there);
    if (!there || !(*inode)->is_regular()) return;
    const int descriptor = open(Host(path).c_str(), O_WRONLY);
    REQUIRE(pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset)) ==
            static_cast<ssize_t>(bytes.size()));
    close(descriptor);
    StringSource source(bytes);
    const Result<size_t> written = Now(filesystem_.Write(*inode, offset, source));
    REQUIRE(written.ok());
    CHECK(*written == bytes.size());
  }
  void Truncate() {
    const std::string path = SomePath();
    const uint64_t size = random_() % 60'000;
    INFO("truncate " << path << " " << size);
    const Result<InodePtr> inode = Find(path);
    if (!inode.ok() || !(*inode)->is_regular()) return;
    REQUIRE(truncate(Host(path).c_str(), static_cast<off_t>(size)) == 0);
    InodeChange change;
    change.size = size;
    CHECK(Now(filesystem_.Change(*inode, change)).ok());
  }
  void Remove() {
    const std::string path =
        random_() % 3 == 0 ? directories_[random_() % directories_.size()] : SomePath();
    if (path.empty()) return;
    INFO("remove " << path);
    struct stat status {};
    const bool directory = lstat(Host(path).c_str(), &status) == 0 && S_ISDIR(status.st_mode);
    const int expected =
        HostResult(directory ? rmdir(Host(path).c_str()) : unlink(Host(path).c_str()));
    CHECK(At(path, [&](const Place& place) {
            return Now(directory ? filesystem_.RemoveDirectory(place.directory, place.name)
                                 : filesystem_.Unlink(place.directory, place.name));
          }) == expected);
    if (expected != 0) return;
    std::erase(directories_, path);
    std::erase(files_, path);
  }
  void Rename() {
    const bool directory = random_() % 3 == 0;
    const std::string from = directory ? directories_[random_() % directories_.size()] : SomePath();
    const std::string to = random_() % 3 == 0 ? SomePath() : NewPath();
    if (from.empty() || (to + "/").rfind(from + "/", 0) == 0 ||
        (from + "/").rfind(to + "/", 0) == 0) {
      return;
    }
    INFO("rename " << from << " " << to);
    const int expected = HostResult(rename(Host(from).c_str(), Host(to).c_str()));
    const Result<Place> target = FindPlace(to);
    const int result =
        target.ok()
            ? At(from,
                 [&](const Place& source) {
                   return Now(filesystem_.Rename(source.directory, source.name, target->directory,
                                                 target->name, RenameMode::kReplace));
                 })
            : static_cast<int>(target.error());
    CHECK(result == expected);
    if (expected != 0) return;
    std::erase(files_, to);
    std::erase(directories_, to);
    for (auto* list : {&files_, &directories_}) {
      for (std::string& path : *list) {
        if ((path + "/").rfind(from + "/", 0) == 0) path = to + path.substr(from.size());
      }
    }
  }
  void Link() {
    const std::string from = SomePath();
    const std::string to = NewPath();
    INFO("link " << from << " " << to);
    const Result<InodePtr> inode = Find(from);
    if (!inode.ok() || (*inode)->is_directory()) return;
    const int expected = HostResult(link(Host(from).c_str(), Host(to).c_str()));
    CHECK(At(to, [&](const Place& place) {
            return Now(filesystem_.Link(place.directory, place.name, *inode));
          }) == expected);
    if (expected == 0) files_.push_back(to);
  }
  void Symlink() {
    const std::string path = NewPath();
    const std::string target(1 + random_() % 100, 't');
    INFO("symlink " << path);
    const int expected = HostResult(symlink(target.c_str(), Host(path).c_str()));
    const InodeRequest request{kModeSymlink | 0777, 0, 0, 0};
    CHECK(At(path, [&](const Place& place) {
            return Plain(Now(filesystem_.Symlink(place.directory, place.name, target, request)));
          }) == expected);
    if (expected == 0) files_.push_back(path);
  }
  void Allocate() {
    const std::string path = SomePath();
    const Result<InodePtr> inode = Find(path);
    if (!inode.ok() || !(*inode)->is_regular()) return;
    const uint64_t offset = random_() % 50'000;
    const uint64_t size = 1 + random_() % 50'000;
    const bool punch = random_() % 2 == 0;
    if (!punch && !(*inode)->uses_extents()) return;
    INFO((punch ? "punch " : "allocate ") << path << " " << offset << " " << size);
    const int descriptor = open(Host(path).c_str(), O_WRONLY);
    const int mode = punch ? FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE : 0;
    REQUIRE(fallocate(descriptor, mode, static_cast<off_t>(offset), static_cast<off_t>(size)) == 0);
    close(descriptor);
    CHECK(Now(filesystem_.Allocate(*inode, offset, size,
                                   punch ? Preallocation::kPunchHole : Preallocation::kExtend))
              .ok());
  }

  /// Sizes of which all fit in any case, whatever the host's filesystem has room for.
  void ChangeAttribute() {
    const std::string path = SomePath();
    const Result<InodePtr> inode = Find(path);
    if (!inode.ok() || !(*inode)->is_regular()) return;
    const std::string name = random_() % 4 == 0 ? "user.other-name" : "user.a";
    if (random_() % 4 == 0) {
      INFO("remove attribute " << name << " of " << path);
      const int expected = HostResult(removexattr(Host(path).c_str(), name.c_str()));
      CHECK(OurResult(Now(filesystem_.ChangeAttribute(*inode, name, std::nullopt,
                                                      AttributeSetting::kReplace))) == expected);
      return;
    }
    const std::string value(random_() % 2 == 0 ? random_() % 30 : random_() % 400, 'v');
    const auto mode = static_cast<AttributeSetting>(random_() % 3);
    INFO("set attribute " << name << " of " << path << ", " << value.size() << " bytes");
    constexpr int kFlags[] = {0, XATTR_CREATE, XATTR_REPLACE};
    const int expected = HostResult(setxattr(Host(path).c_str(), name.c_str(), value.data(),
                                             value.size(), kFlags[static_cast<int>(mode)]));
    CHECK(OurResult(Now(filesystem_.ChangeAttribute(*inode, name, value, mode))) == expected);
  }

  void CompareAttributes(const InodePtr& inode, const std::string& path) {
    const auto attributes = Now(filesystem_.Attributes(inode));
    REQUIRE(attributes.ok());
    char names[4096];
    const ssize_t size = listxattr(path.c_str(), names, sizeof(names));
    REQUIRE(size >= 0);
    std::map<std::string, std::string> expected;
    for (ssize_t at = 0; at < size; at += static_cast<ssize_t>(std::strlen(names + at)) + 1) {
      char value[4096];
      const ssize_t length = getxattr(path.c_str(), names + at, value, sizeof(value));
      REQUIRE(length >= 0);
      expected[names + at] = std::string(value, static_cast<size_t>(length));
    }
    std::map<std::string, std::string> ours;
    for (const Attribute& attribute : *attributes) ours[attribute.name] = attribute.value;
    CHECK(ours == expected);
  }

  void CompareTree(const InodePtr& inode, const std::string& path) {
    INFO(path);
    struct stat expected {};
    REQUIRE(lstat(path.c_str(), &expected) == 0);
    if (path != host_) {
      CHECK((inode->record().mode & kModeTypeMask) == (expected.st_mode & S_IFMT));
    }
    if (inode->type() == kModeSymlink) {
      CHECK(*Now(filesystem_.ReadLink(inode)) == std::filesystem::read_symlink(path).string());
    } else if (inode->is_regular()) {
      CHECK(inode->record().links == expected.st_nlink);
      std::ifstream file(path, std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(file)), {});
      CHECK((Contents(filesystem_, inode) == bytes));
      CompareAttributes(inode, path);
    } else {
      std::map<std::string, uint32_t> names;
      uint32_t links = 2;
      const auto listed = Now(filesystem_.List(inode));
      REQUIRE(listed.ok());
      for (const ListedName& name : *listed) {
        if (name.name != "lost+found") names[name.name] = name.inode;
        const auto child = Now(filesystem_.Lookup(inode, name.name));
        if (child.ok() && (*child)->is_directory()) ++links;
      }
      CHECK(inode->record().links == links);
      for (const auto& entry : std::filesystem::directory_iterator(path)) {
        const auto child = Now(filesystem_.Lookup(inode, entry.path().filename()));
        REQUIRE(child.ok());
        CompareTree(*child, entry.path());
        names.erase(entry.path().filename());
      }
      CHECK(names.empty());
    }
  }

  Filesystem& filesystem_;
  std::string host_;
  std::mt19937_64 random_;
  std::vector<std::string> directories_;
  std::vector<std::string> files_;
};

}  // namespace

TEST_CASE("random workloads end in the same tree as on the host, and e2fsck is content",
          "[ext-write]") {
  const char* const options =
      GENERATE("-t ext4", "-t ext4 -b 1024", "-t ext4 -O ^has_journal", "-t ext2 -b 1024",
               "-t ext3 -b 2048", "-t ext4 -b 1024 -O orphan_file,metadata_csum_seed,^dir_index",
               "-t ext4 -O ^metadata_csum,uninit_bg -g 1024 -b 1024", "-t ext2 -O ^filetype");
  INFO(options);
  const ImageFolder folder;
  const std::string image = folder.Make(options, "64M");
  REQUIRE(!image.empty());
  std::filesystem::create_directory(folder.Path("host"));
  blockfs::MemoryDevice device = LoadImage(image);
  auto mounted = MountImage(device);
  REQUIRE(mounted.ok());
  Workload workload(**mounted, folder.Path("host"), 4711);
  for (int i = 0; i < 1200; ++i) workload.Step();
  workload.Compare();
  REQUIRE(Now((*mounted)->Unmount()).ok());
  SaveImage(device, image);
  CHECK(CheckImage(image) == "");
}

TEST_CASE("a directory of many names grows an index, and shrinks", "[ext-write]") {
  const char* const options = GENERATE("-t ext4 -b 1024 -N 20000", "-t ext4 -N 20000",
                                       "-t ext2 -b 1024 -N 20000 -O ^dir_index");
  INFO(options);
  const ImageFolder folder;
  const std::string image = folder.Make(options, "64M");
  blockfs::MemoryDevice device = LoadImage(image);
  const int count = std::strstr(options, "dir_index") != nullptr ? 1500 : 12000;
  {
    auto mounted = MountImage(device);
    REQUIRE(mounted.ok());
    Filesystem& filesystem = **mounted;
    const auto made =
        Now(filesystem.Create(filesystem.root(), "d", {kModeDirectory | 0755, 0, 0, 0}));
    REQUIRE(made.ok());
    for (int i = 0; i < count; ++i) {
      const auto file = Now(filesystem.Create(*made, "some-file-" + std::to_string(i),
                                              {kModeRegular | 0644, 0, 0, 0}));
      if (!file.ok()) FAIL(i << " " << ErrnoName(file.error()));
    }
    CHECK(Now(filesystem.List(*made))->size() == static_cast<size_t>(count));
    CHECK(Now(filesystem.Create(*made, "some-file-77", {kModeRegular | 0644, 0, 0, 0})).error() ==
          Errno::kExist);
    for (int i = 0; i < count; i += 2) {
      const Status gone = Now(filesystem.Unlink(*made, "some-file-" + std::to_string(i)));
      if (!gone.ok()) FAIL(i << " " << ErrnoName(gone.error()));
    }
    for (int i = 0; i < count; ++i) {
      const auto file = Now(filesystem.Lookup(*made, "some-file-" + std::to_string(i)));
      if (file.ok() != (i % 2 == 1)) FAIL(i);
    }
    REQUIRE(Now(filesystem.Unmount()).ok());
  }
  SaveImage(device, image);
  CHECK(CheckImage(image) == "");
}

TEST_CASE("the last block and the last inode can be had, and ENOSPC comes right after them",
          "[ext-write]") {
  const char* const options =
      GENERATE("-t ext4 -b 1024", "-t ext4 -O ^has_journal", "-t ext2 -b 1024");
  INFO(options);
  const ImageFolder folder;
  const std::string image = folder.Make(options, "8M");
  blockfs::MemoryDevice device = LoadImage(image);
  auto mounted = MountImage(device);
  REQUIRE(mounted.ok());
  Filesystem& filesystem = **mounted;
  for (int round = 0; round < 2; ++round) {
    const uint64_t free_at_first = filesystem.Usage().free_blocks;
    auto file = Now(filesystem.Create(filesystem.root(), "big", {kModeRegular | 0644, 0, 0, 0}));
    REQUIRE(file.ok());
    const std::string bytes(100'000, 'q');
    uint64_t offset = 0;
    for (;;) {
      StringSource source(bytes);
      const auto written = Now(filesystem.Write(*file, offset, source));
      if (!written.ok()) {
        CHECK(written.error() == Errno::kNoSpc);
        break;
      }
      offset += *written;
    }
    CHECK(filesystem.Usage().free_blocks == 0);
    CHECK((*file)->size() == offset);
    CHECK(Contents(filesystem, *file) == std::string(offset, 'q'));
    REQUIRE(Now(filesystem.Unlink(filesystem.root(), "big")).ok());
    filesystem.Release(std::move(*file));
    REQUIRE(Now(filesystem.Sync()).ok());
    REQUIRE(Now(filesystem.Sync()).ok());
    CHECK(filesystem.Usage().free_blocks == free_at_first);
  }
  uint64_t made = 0;
  const uint64_t inodes = filesystem.Usage().free_inodes;
  for (;; ++made) {
    const auto file = Now(filesystem.Create(filesystem.root(), "f" + std::to_string(made),
                                            {kModeRegular | 0644, 0, 0, 0}));
    if (file.ok()) continue;
    CHECK(file.error() == Errno::kNoSpc);
    break;
  }
  CHECK(made == inodes);
  REQUIRE(Now(filesystem.Unmount()).ok());
  SaveImage(device, image);
  CHECK(CheckImage(image) == "");
}

}  // namespace elfin::ext
