#include "syscalls/vfs/fd_table.h"

#include <algorithm>
#include <utility>

#include "syscalls/vfs/file_locks.h"

namespace elfin::vfs {

const FdTable::Slot* FdTable::Find(Fd fd) const {
  const size_t index = static_cast<size_t>(fd.value);
  if (fd.value < 0 || index >= slots_.size() || slots_[index].file == nullptr) return nullptr;
  return &slots_[index];
}

Result<Fd> FdTable::Add(FilePtr file, OnExec close_on_exec, int32_t minimum) {
  if (minimum < 0 || static_cast<uint64_t>(minimum) >= limit_) return Errno::kInval;
  size_t index = static_cast<size_t>(minimum);
  while (index < slots_.size() && slots_[index].file != nullptr) ++index;
  if (index >= limit_) return Errno::kMFile;
  if (index >= slots_.size()) slots_.resize(index + 1);
  slots_[index] = Slot{std::move(file), close_on_exec};
  return Fd{static_cast<int32_t>(index)};
}

Status FdTable::CheckRoom() const {
  if (slots_.size() < limit_) return kOk;
  const auto end = slots_.begin() + static_cast<ptrdiff_t>(limit_);
  const auto free =
      std::find_if(slots_.begin(), end, [](const Slot& s) { return s.file == nullptr; });
  return free == end ? Status(Errno::kMFile) : Status(kOk);
}

Status FdTable::Replace(Fd fd, FilePtr file, OnExec close_on_exec) {
  if (fd.value < 0 || static_cast<uint64_t>(fd.value) >= limit_) return Errno::kBadF;
  const size_t index = static_cast<size_t>(fd.value);
  if (index >= slots_.size()) slots_.resize(index + 1);
  Empty(index, Slot{std::move(file), close_on_exec});
  return kOk;
}

Result<FilePtr> FdTable::GetWithPathOnly(Fd fd) const {
  const Slot* slot = Find(fd);
  if (slot == nullptr) return Errno::kBadF;
  return slot->file;
}

Result<FilePtr> FdTable::Get(Fd fd) const {
  const Slot* slot = Find(fd);
  if (slot == nullptr || slot->file->path_only()) return Errno::kBadF;
  return slot->file;
}

Result<OnExec> FdTable::GetCloseOnExec(Fd fd) const {
  const Slot* slot = Find(fd);
  if (slot == nullptr) return Errno::kBadF;
  return slot->close_on_exec;
}

Status FdTable::SetCloseOnExec(Fd fd, OnExec close_on_exec) {
  if (Find(fd) == nullptr) return Errno::kBadF;
  slots_[static_cast<size_t>(fd.value)].close_on_exec = close_on_exec;
  return kOk;
}

void FdTable::Empty(size_t index) { Empty(index, Slot{}); }

/// The old file's destructor may run only when the table is in order again. As POSIX has it, the
/// record locks that this table has on the file go with any of its descriptors.
void FdTable::Empty(size_t index, Slot instead) {
  const Slot old = std::exchange(slots_[index], std::move(instead));
  if (old.file == nullptr || old.file->path_only()) return;
  const InodePtr& inode = old.file->inode();
  if (inode->locks != nullptr) inode->locks->Release(*this);
}

Status FdTable::Close(Fd fd) {
  if (Find(fd) == nullptr) return Errno::kBadF;
  Empty(static_cast<size_t>(fd.value));
  while (!slots_.empty() && slots_.back().file == nullptr) slots_.pop_back();
  return kOk;
}

void FdTable::CloseRange(uint32_t first, uint32_t last) {
  for (uint64_t fd = first; fd <= last && fd < slots_.size(); ++fd) {
    Empty(fd);
  }
}

void FdTable::MarkRangeCloseOnExec(uint32_t first, uint32_t last) {
  for (uint64_t fd = first; fd <= last && fd < slots_.size(); ++fd) {
    slots_[fd].close_on_exec = OnExec::kClose;
  }
}

void FdTable::CloseMarked() {
  for (size_t fd = 0; fd < slots_.size(); ++fd) {
    if (slots_[fd].close_on_exec == OnExec::kClose) Empty(fd);
  }
}

void FdTable::CloseAll() { CloseRange(0, UINT32_MAX); }

std::vector<Fd> FdTable::List() const {
  std::vector<Fd> open;
  for (size_t fd = 0; fd < slots_.size(); ++fd) {
    if (slots_[fd].file != nullptr) open.push_back(Fd{static_cast<int32_t>(fd)});
  }
  return open;
}

}  // namespace elfin::vfs
