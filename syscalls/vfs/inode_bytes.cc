#include "syscalls/vfs/inode_bytes.h"

#include "runtime/memory/shared_pages.h"

namespace elfin::vfs {

namespace {

using SharedPagesPtr = std::shared_ptr<memory::SharedPages>;

Task<Result<size_t>> ReadMapped(Inode& inode, SharedPagesPtr pages, uint64_t offset,
                                DataSink& sink) {
  CO_TRY(co_await pages->WriteBack());
  co_return co_await inode.ReadAt(offset, sink);
}

Task<Result<size_t>> WriteMapped(Inode& inode, SharedPagesPtr pages, uint64_t offset,
                                 DataSource& source) {
  CO_TRY(co_await pages->WriteBack());
  CO_ASSIGN(const size_t size, co_await inode.WriteAt(offset, source));
  CO_TRY(co_await pages->Reload(offset, size));
  co_return size;
}

Task<Status> AllocateMapped(Inode& inode, SharedPagesPtr pages, uint64_t offset, uint64_t size,
                            AllocateMode mode) {
  CO_TRY(co_await pages->WriteBack());
  CO_TRY(co_await inode.Allocate(offset, size, mode));
  const bool keeps_bytes = mode == AllocateMode::kExtend || mode == AllocateMode::kKeepSize;
  if (keeps_bytes) {
    pages->Resize();
    co_return kOk;
  }
  co_return co_await pages->Reload(offset, size);
}

Task<Status> SetSizeMapped(Inode& inode, SharedPagesPtr pages, AttributeChange change) {
  CO_TRY(co_await pages->WriteBack());
  CO_TRY(co_await inode.SetAttributes(change));
  pages->Resize();
  co_return kOk;
}

Task<Status> SyncMapped(Inode& inode, SharedPagesPtr pages) {
  CO_TRY(co_await pages->WriteBack());
  co_return co_await inode.Sync();
}

}  // namespace

Task<Result<size_t>> ReadBytes(Inode& inode, uint64_t offset, DataSink& sink) {
  SharedPagesPtr pages = inode.shared_pages.lock();
  if (pages == nullptr) return inode.ReadAt(offset, sink);
  return ReadMapped(inode, std::move(pages), offset, sink);
}

Task<Result<size_t>> WriteBytes(Inode& inode, uint64_t offset, DataSource& source) {
  SharedPagesPtr pages = inode.shared_pages.lock();
  if (pages == nullptr) return inode.WriteAt(offset, source);
  return WriteMapped(inode, std::move(pages), offset, source);
}

Task<Status> AllocateBytes(Inode& inode, uint64_t offset, uint64_t size, AllocateMode mode) {
  SharedPagesPtr pages = inode.shared_pages.lock();
  if (pages == nullptr) return inode.Allocate(offset, size, mode);
  return AllocateMapped(inode, std::move(pages), offset, size, mode);
}

Task<Status> SetSize(Inode& inode, uint64_t size) {
  AttributeChange change;
  change.size = size;
  SharedPagesPtr pages = inode.shared_pages.lock();
  if (pages != nullptr) co_return co_await SetSizeMapped(inode, std::move(pages), change);
  co_return co_await inode.SetAttributes(change);
}

Task<Status> SyncBytes(Inode& inode) {
  SharedPagesPtr pages = inode.shared_pages.lock();
  if (pages == nullptr) return inode.Sync();
  return SyncMapped(inode, std::move(pages));
}

}  // namespace elfin::vfs
