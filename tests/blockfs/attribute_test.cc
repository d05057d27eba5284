// Extended attributes: set, replaced and removed at random as in a map, then read by debugfs and
// judged by e2fsck.
#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "tests/blockfs/image_folder.h"

namespace elfin::ext {
namespace {

using Values = std::map<std::string, std::string>;

Values ValuesOf(Filesystem& filesystem, const InodePtr& inode) {
  const auto list = Now(filesystem.Attributes(inode));
  REQUIRE(list.ok());
  Values values;
  for (const Attribute& each : *list) values[each.name] = each.value;
  CHECK(values.size() == list->size());
  return values;
}

InodePtr MakeFile(Filesystem& filesystem, const std::string& name) {
  const auto made = Now(filesystem.Create(filesystem.root(), name, {kModeRegular | 0644, 0, 0, 0}));
  REQUIRE(made.ok());
  return *made;
}

constexpr auto kAny = AttributeSetting::kCreateOrReplace;

}  // namespace

TEST_CASE("attributes are what was set last, here and for debugfs", "[ext-write]") {
  const char* const options = GENERATE("-t ext4", "-t ext4 -b 1024 -I 128", "-t ext2 -b 1024",
                                       "-t ext4 -I 512 -O ^has_journal", "-t ext2 -O ^ext_attr");
  INFO(options);
  const ImageFolder folder;
  const std::string image = folder.Make(options, "16M");
  blockfs::MemoryDevice device = LoadImage(image);
  std::map<std::string, Values> expected;
  uint64_t free_blocks = 0;
  {
    auto mounted = MountImage(device);
    REQUIRE(mounted.ok());
    Filesystem& filesystem = **mounted;
    free_blocks = filesystem.Usage().free_blocks;
    std::mt19937_64 random(4711);
    const char* const prefixes[] = {"user.", "trusted.", "security."};
    std::map<std::string, InodePtr> files;
    for (const char* name : {"a", "b", "c"}) files[name] = MakeFile(filesystem, name);
    for (int step = 0; step < 600; ++step) {
      const std::string file(1, static_cast<char>('a' + random() % 3));
      const std::string name =
          prefixes[random() % 3] + std::string(1 + random() % 6, static_cast<char>('k'));
      Values& values = expected[file];
      std::optional<std::string> value;
      if (random() % 3 != 0) value.emplace(random() % (random() % 4 == 0 ? 300 : 40), 'v');
      const Status status = Now(filesystem.ChangeAttribute(files[file], name, value, kAny));
      if (!value) {
        CHECK((status.ok() ? Errno{} : status.error()) ==
              (values.count(name) != 0 ? Errno{} : Errno::kNoData));
        values.erase(name);
      } else if (status.ok()) {
        values[name] = *value;
      } else {
        CHECK(status.error() == Errno::kNoSpc);
      }
      CHECK(ValuesOf(filesystem, files[file]) == values);
    }
    REQUIRE(Now(filesystem.Unmount()).ok());
  }
  SaveImage(device, image);
  CHECK(CheckImage(image) == "");
  size_t count = 0;
  for (const auto& [file, values] : expected) {
    for (const auto& [name, value] : values) {
      std::string text;
      const std::string value_file = folder.Path("value");
      Shell("debugfs -R 'ea_get -f " + value_file + " /" + file + " " + name + "' " + image, &text);
      std::string got;
      Shell("cat " + value_file, &got);
      CHECK(got == value);
      ++count;
    }
  }
  CHECK(count > 3);

  // Another mount sees the same; when the files go, their blocks do.
  auto mounted = MountImage(device);
  REQUIRE(mounted.ok());
  for (const auto& [file, values] : expected) {
    InodePtr inode = *Now((*mounted)->Lookup((*mounted)->root(), file));
    CHECK(ValuesOf(**mounted, inode) == values);
    REQUIRE(Now((*mounted)->Unlink((*mounted)->root(), file)).ok());
    (*mounted)->Release(std::move(inode));
  }
  REQUIRE(Now((*mounted)->Sync()).ok());
  REQUIRE(Now((*mounted)->Sync()).ok());
  CHECK((*mounted)->Usage().free_blocks == free_blocks);
  REQUIRE(Now((*mounted)->Unmount()).ok());
  SaveImage(device, image);
  CHECK(CheckImage(image) == "");
}

TEST_CASE("what can't be set says why, and leaves all as it was", "[ext-write]") {
  const ImageFolder folder;
  blockfs::MemoryDevice device = LoadImage(folder.Make("-t ext4 -b 4096", "16M"));
  auto mounted = MountImage(device);
  REQUIRE(mounted.ok());
  Filesystem& filesystem = **mounted;
  const InodePtr file = MakeFile(filesystem, "f");
  const auto change = [&](const std::string& name, std::optional<std::string> value,
                          AttributeSetting how) {
    const Status status = Now(filesystem.ChangeAttribute(file, name, std::move(value), how));
    return status.ok() ? Errno{} : status.error();
  };
  CHECK(change("user.a", "1", AttributeSetting::kReplace) == Errno::kNoData);
  CHECK(change("user.a", "1", AttributeSetting::kCreate) == Errno{});
  CHECK(change("user.a", "2", AttributeSetting::kCreate) == Errno::kExist);
  CHECK(change("user.a", "3", AttributeSetting::kReplace) == Errno{});
  CHECK(change("system.posix_acl_access", "x", kAny) == Errno::kOpNotSupp);
  CHECK(change("other.a", "x", kAny) == Errno::kOpNotSupp);
  CHECK(change("user.big", std::string(4096, 'x'), kAny) == Errno::kNoSpc);
  CHECK(change("user.most", std::string(4000, 'x'), kAny) == Errno{});
  CHECK(change("user.more", std::string(100, 'x'), kAny) == Errno::kNoSpc);
  CHECK(change("user.b", std::nullopt, kAny) == Errno::kNoData);
  CHECK(ValuesOf(filesystem, file) ==
        Values{{"user.a", "3"}, {"user.most", std::string(4000, 'x')}});
  // From the block into the record, once it is short enough.
  CHECK(change("user.most", "short", kAny) == Errno{});
  CHECK(file->file_acl() == 0);
  CHECK(filesystem.SectorsOf(*file) == 0);
}

}  // namespace elfin::ext
