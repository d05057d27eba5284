// The functions that kernel.wasm imports, all from module "host", implemented by web/host.
//
// Rules of this boundary (docs/binary-interfaces.md):
//   - arguments are 32-bit integers, or doubles where 32 bits are too few (offsets, times);
//   - pointers are offsets in kernel.wasm's own memory, valid for the call only;
//   - `id` names a process memory, `folder` a host folder, `handle` an open file of a host folder,
//     `device` a block device of the host;
//   - a result below zero is a negative Linux errno, with one exception: CpuRun.
//   - no import calls back into kernel.wasm, but CpuRun, whose cpu calls kernel_syscall.
#pragma once

#include <cstddef>
#include <cstdint>

#define ELFIN_HOST_IMPORT(name) \
  extern "C" __attribute__((import_module("host"), import_name(#name)))

namespace elfin::kernel::host_imports {

// ---- Process memories and the cpu in each -------------------------------------------------------

/// A new memory of 2 MiB, low part zero, with a cpu instance in it. Its id, or -EAGAIN.
ELFIN_HOST_IMPORT(memory_create) int32_t memory_create();
/// The id is free again; the host may keep the memory for a later memory_create.
ELFIN_HOST_IMPORT(memory_release) void memory_release(int32_t id);
/// Makes the memory `pages` pages of 64 KiB long. 0 or -ENOMEM.
ELFIN_HOST_IMPORT(memory_grow) int32_t memory_grow(int32_t id, uint32_t pages);
ELFIN_HOST_IMPORT(memory_read)
void memory_read(int32_t id, uint32_t address, void* to, size_t size);
ELFIN_HOST_IMPORT(memory_write)
void memory_write(int32_t id, uint32_t address, const void* from, size_t size);
ELFIN_HOST_IMPORT(memory_fill)
void memory_fill(int32_t id, uint32_t address, uint32_t byte, size_t size);
ELFIN_HOST_IMPORT(memory_move)
void memory_move(int32_t id, uint32_t to, uint32_t from, size_t size);
/// Copies the pages of [address, address + size) of memory `from` that are not zero to the same
/// place in memory `to`, which is zero there.
ELFIN_HOST_IMPORT(memory_copy)
void memory_copy(int32_t to, int32_t from, uint32_t address, size_t size);
/// Index of the first zero byte in [address, address + limit), or limit.
ELFIN_HOST_IMPORT(memory_find_zero)
uint32_t memory_find_zero(int32_t id, uint32_t address, uint32_t limit);
/// Drops code of [begin, end) from the cpu's caches; with count > 0 also fills the page map.
ELFIN_HOST_IMPORT(memory_set_flags)
void memory_set_flags(int32_t id, uint32_t first_page, uint32_t count, uint32_t flags);
ELFIN_HOST_IMPORT(memory_invalidate)
void memory_invalidate(int32_t id, uint32_t begin, uint32_t end);

ELFIN_HOST_IMPORT(cpu_reset)
void cpu_reset(int32_t id, uint32_t cache_begin, uint32_t cache_end);
/// The address of the CpuState in the process memory.
ELFIN_HOST_IMPORT(cpu_state) uint32_t cpu_state(int32_t id);
/// cpu::ExitReason, or -1: the cpu itself trapped, a bug of Elfin's that the host has reported.
ELFIN_HOST_IMPORT(cpu_run) int32_t cpu_run(int32_t id);
ELFIN_HOST_IMPORT(cpu_interrupt) void cpu_interrupt(int32_t id);
/// Translated code looks at every page's permissions from now on.
ELFIN_HOST_IMPORT(cpu_set_page_checks) void cpu_set_page_checks(int32_t id);
/// Where in the process memory the mnemonic of the instruction at `address` stands,
/// zero-terminated.
ELFIN_HOST_IMPORT(cpu_insn_name) uint32_t cpu_insn_name(int32_t id, uint32_t address);

// ---- Clock, random numbers, streams, messages ---------------------------------------------------

/// Nanoseconds of a HostClock. (A double holds today's date to 256 ns.)
ELFIN_HOST_IMPORT(clock_now) double clock_now(uint32_t clock);
ELFIN_HOST_IMPORT(random_fill) void random_fill(void* to, size_t size);
ELFIN_HOST_IMPORT(stream_kind) uint32_t stream_kind(uint32_t stream);
ELFIN_HOST_IMPORT(stream_read) int32_t stream_read(uint32_t stream, void* to, size_t size);
ELFIN_HOST_IMPORT(stream_write)
int32_t stream_write(uint32_t stream, const void* from, size_t size);
/// rows << 16 | columns.
ELFIN_HOST_IMPORT(stream_close) void stream_close(uint32_t stream);
ELFIN_HOST_IMPORT(terminal_size) uint32_t terminal_size(uint32_t stream);
ELFIN_HOST_IMPORT(report) void report(const char* text, size_t size);

// ---- Host folders -------------------------------------------------------------------------------
// `stat` points at a HostStat. Answers whose length is not known before (names of a folder, a
// link's target) are fetched in two steps: the call returns the length, blob_take copies the bytes.
//
// What has a `request` may answer kFolderPending. Then the host calls kernel_folder_done(request,
// result) later, never from inside an import, and blob_take gives what `stat` or `to` would have
// got, or the answer of unknown length. Nothing that was pointed at is needed after the call.

inline constexpr int32_t kFolderPending = INT32_MIN;

ELFIN_HOST_IMPORT(blob_take) void blob_take(void* to, size_t size);
ELFIN_HOST_IMPORT(folder_stat)
int32_t folder_stat(int32_t folder, const char* path, size_t path_size, void* stat,
                    uint32_t request);
/// Length of the target, now in the blob.
ELFIN_HOST_IMPORT(folder_read_link)
int32_t folder_read_link(int32_t folder, const char* path, size_t path_size, uint32_t request);
/// Length of the list, now in the blob. An entry is: inode u64, type u8, name length u16 (little
/// endian, packed), name.
ELFIN_HOST_IMPORT(folder_list)
int32_t folder_list(int32_t folder, const char* path, size_t path_size, uint32_t request);
ELFIN_HOST_IMPORT(folder_open)
int32_t folder_open(int32_t folder, const char* path, size_t path_size, uint32_t flags,
                    uint32_t mode, uint32_t request);
ELFIN_HOST_IMPORT(folder_close) void folder_close(int32_t folder, uint32_t handle);
ELFIN_HOST_IMPORT(folder_stat_handle)
int32_t folder_stat_handle(int32_t folder, uint32_t handle, void* stat);
ELFIN_HOST_IMPORT(folder_read)
int32_t folder_read(int32_t folder, uint32_t handle, double offset, void* to, size_t size,
                    uint32_t request);
ELFIN_HOST_IMPORT(folder_write)
int32_t folder_write(int32_t folder, uint32_t handle, double offset, const void* from, size_t size,
                     uint32_t request);
ELFIN_HOST_IMPORT(folder_truncate)
int32_t folder_truncate(int32_t folder, uint32_t handle, double size, uint32_t request);
ELFIN_HOST_IMPORT(folder_sync)
int32_t folder_sync(int32_t folder, uint32_t handle, uint32_t request);
/// The guest has closed the file.
ELFIN_HOST_IMPORT(folder_flush)
int32_t folder_flush(int32_t folder, uint32_t handle, uint32_t request);
/// As folder_sync, of every file.
ELFIN_HOST_IMPORT(folder_sync_all) int32_t folder_sync_all(int32_t folder, uint32_t request);
ELFIN_HOST_IMPORT(folder_make_directory)
int32_t folder_make_directory(int32_t folder, const char* path, size_t path_size, uint32_t mode,
                              uint32_t request);
ELFIN_HOST_IMPORT(folder_remove)
int32_t folder_remove(int32_t folder, const char* path, size_t path_size, uint32_t request);
ELFIN_HOST_IMPORT(folder_remove_directory)
int32_t folder_remove_directory(int32_t folder, const char* path, size_t path_size,
                                uint32_t request);
ELFIN_HOST_IMPORT(folder_rename)
int32_t folder_rename(int32_t folder, const char* from, size_t from_size, const char* to,
                      size_t to_size, uint32_t request);
ELFIN_HOST_IMPORT(folder_link)
int32_t folder_link(int32_t folder, const char* from, size_t from_size, const char* to,
                    size_t to_size, uint32_t request);
ELFIN_HOST_IMPORT(folder_symlink)
int32_t folder_symlink(int32_t folder, const char* target, size_t target_size, const char* path,
                       size_t path_size, uint32_t request);
ELFIN_HOST_IMPORT(folder_change_mode)
int32_t folder_change_mode(int32_t folder, const char* path, size_t path_size, uint32_t mode,
                           uint32_t request);
ELFIN_HOST_IMPORT(folder_change_owner)
int32_t folder_change_owner(int32_t folder, const char* path, size_t path_size, uint32_t uid,
                            uint32_t gid, uint32_t request);
/// `times` points at two int64: nanoseconds of access and modification.
ELFIN_HOST_IMPORT(folder_set_times)
int32_t folder_set_times(int32_t folder, const char* path, size_t path_size, const int64_t* times,
                         uint32_t request);

// ---- Block devices: disk images -----------------------------------------------------------------
// All or nothing is read or written. The answer is 0, -errno, or kDevicePending: then the host
// tells how it went by kernel_device_done(request, 0 or -errno), later and never from inside an
// import. `to` and `from` belong to the host until then.

inline constexpr int32_t kDevicePending = 1;

ELFIN_HOST_IMPORT(device_size) double device_size(int32_t device);
ELFIN_HOST_IMPORT(device_read_only) uint32_t device_read_only(int32_t device);
/// What tells the device's contents from another's, for blob_take; its size, 0 where only the
/// contents tell.
ELFIN_HOST_IMPORT(device_identity) uint32_t device_identity(int32_t device);
ELFIN_HOST_IMPORT(device_read)
int32_t device_read(int32_t device, double offset, void* to, size_t size, uint32_t request);
/// Whether it never leaves a read pending: then device_read_memory may be called.
ELFIN_HOST_IMPORT(device_reads_at_once) uint32_t device_reads_at_once(int32_t device);
/// Into the process memory `id`. Never kDevicePending.
ELFIN_HOST_IMPORT(device_read_memory)
int32_t device_read_memory(int32_t device, double offset, int32_t id, uint32_t address,
                           size_t size);
ELFIN_HOST_IMPORT(device_write)
int32_t device_write(int32_t device, double offset, const void* from, size_t size,
                     uint32_t request);
/// Makes durable what was written.
ELFIN_HOST_IMPORT(device_flush) int32_t device_flush(int32_t device, uint32_t request);

}  // namespace elfin::kernel::host_imports
