#include "syscalls/vfs/data.h"

namespace elfin::vfs {

Result<size_t> DataSink::PutZeros(uint64_t size) {
  static constexpr char kZeros[4096] = {};
  size = std::min(size, remaining());
  uint64_t done = 0;
  while (done < size) {
    const size_t piece = static_cast<size_t>(std::min<uint64_t>(size - done, sizeof(kZeros)));
    const Result<size_t> put = Put(kZeros, piece);
    if (!put.ok()) {
      if (done == 0) return put.error();
      break;
    }
    done += put.value();
    if (put.value() < piece) break;
  }
  return static_cast<size_t>(done);
}

Result<size_t> MemorySink::Put(const void* from, size_t size) {
  size = std::min(size, remaining_);
  std::memcpy(next_, from, size);
  next_ += size;
  remaining_ -= size;
  return size;
}

Result<size_t> MemorySource::Take(void* to, size_t size) {
  size = std::min(size, remaining_);
  std::memcpy(to, next_, size);
  next_ += size;
  remaining_ -= size;
  return size;
}

Result<size_t> PutSlice(std::string_view whole, uint64_t offset, DataSink& sink) {
  if (offset >= whole.size()) return size_t{0};
  const uint64_t size = std::min<uint64_t>(whole.size() - offset, sink.remaining());
  return sink.Put(whole.data() + offset, static_cast<size_t>(size));
}

}  // namespace elfin::vfs
