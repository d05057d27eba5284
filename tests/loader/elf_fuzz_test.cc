// Corrupted ELF files: read and loaded, they give an error or an image, never a crash or a hang.
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <random>

#include "runtime/loader/image_loader.h"
#include "tests/lib/fake_mapped_file.h"
#include "tests/lib/fake_process_memory.h"
#include "tests/loader/elf_builder.h"

namespace elfin::loader {
namespace {

using testing::BuildElf;

constexpr int kFiles = 1000;
constexpr uint64_t kMemoryLimit = 0x1000'0000;

std::string HostFile(const char* path) {
  std::ifstream stream(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(stream)), {});
}

std::vector<std::string> Seeds() {
  return {HostFile("/bin/true"), HostFile("/lib64/ld-linux-x86-64.so.2"), HostFile("/bin/busybox"),
          BuildElf(2, 0x400200,
                   {{.address = 0x400000, .file_size = 0x1000, .memory_size = 0x1000},
                    {.type = 3, .offset = 0x200, .file_size = 16},
                    {.flags = 6,
                     .offset = 0x1000,
                     .address = 0x402000,
                     .file_size = 0x80,
                     .memory_size = 0x3000}},
                   0x1200),
          BuildElf(3, 0, {{.memory_size = 0x1000}}, 0x100)};
}

using Random = std::mt19937_64;

/// Values that bounds checks get wrong.
uint64_t Interesting(Random& random) {
  const uint64_t values[] = {0,
                             1,
                             0xfff,
                             0x1000,
                             0x7fffffff,
                             0xffffffff,
                             0x1'0000'0000,
                             0xffff'0000,
                             UINT64_MAX,
                             UINT64_MAX - 0xfff,
                             INT64_MAX,
                             random()};
  return values[random() % std::size(values)];
}

void Corrupt(std::string& file, Random& random) {
  // Mostly the headers: the rest is data to the loader.
  const size_t reach =
      random() % 8 == 0 ? file.size() : std::min<size_t>(file.size(), 64 + 56 * 14);
  for (uint64_t count = 1 + random() % 6; count > 0; --count) {
    const uint64_t value = Interesting(random);
    const size_t width = size_t{1} << random() % 4;
    if (reach < 16) return;
    const size_t at = 4 + random() % (reach - 12);
    switch (random() % 4) {
      case 0:
        file[at] = static_cast<char>(file[at] ^ (1 << random() % 8));
        break;
      case 1:
        file[at] = static_cast<char>(random());
        break;
      default:
        std::memcpy(file.data() + RoundDown(at, width), &value, width);
    }
  }
  if (random() % 8 == 0) file.resize(random() % (file.size() + 1));
}

/// True if the file could be loaded.
bool TryToLoad(const std::string& bytes) {
  std::string sentence;
  Result<ElfImage> parsed =
      ReadElf(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), sentence);
  if (!parsed.ok()) {
    REQUIRE(parsed.error() == Errno::kNoExec);
    REQUIRE_FALSE(sentence.empty());
    return false;
  }
  auto file = std::make_shared<testing::FakeMappedFile>(bytes);
  memory::AddressSpace space(std::make_unique<testing::FakeProcessMemory>(kMemoryLimit));
  Result<ElfImage> image = ReadElfFile(*file, sentence).Take();
  REQUIRE(image.ok());
  if (image->interpreter_offset) (void)ReadInterpreterPath(*file, image.value(), sentence).Take();
  Result<LoadedImage> loaded =
      LoadImage(space, file, image.value(), ImageRole::kProgram, sentence).Take();
  if (!loaded.ok()) {
    REQUIRE_FALSE(sentence.empty());
    return false;
  }
  return space.Arrange(loaded->end, 0x80'0000).ok();
}

TEST_CASE("A thousand corrupted ELF files", "[loader][fuzz]") {
  const std::vector<std::string> seeds = Seeds();
  int loaded = 0;
  for (int number = 0; number < kFiles; ++number) {
    Random random(static_cast<uint64_t>(number));
    std::string file = seeds[random() % seeds.size()];
    Corrupt(file, random);
    CAPTURE(number);
    loaded += TryToLoad(file) ? 1 : 0;
  }
  // Both ways out are taken often.
  CHECK(loaded > kFiles / 20);
  CHECK(loaded < kFiles * 19 / 20);
}

}  // namespace
}  // namespace elfin::loader
