// What kernel.wasm exports: the kernel as the host's JavaScript drives it
// (docs/binary-interfaces.md).
//
// One machine an instance. Numbers in, numbers out; a result below zero is a negative errno. Text
// that goes with an answer (why a spawn failed, how a process died) is at kernel_text_address().
//
// What may have to wait for a disk is an operation: its export begins it and returns its number,
// and kernel_operation_ended and kernel_operation_result tell the rest.
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "blockfs/overlay/overlay_device.h"
#include "runtime/base/log.h"
#include "syscalls/entry/host_imports.h"
#include "syscalls/entry/machine_files.h"
#include "syscalls/entry/machine_mounts.h"
#include "syscalls/entry/wasm_block_device.h"
#include "syscalls/entry/wasm_host.h"
#include "syscalls/entry/wasm_host_folder.h"
#include "syscalls/kernel/kernel.h"

#define ELFIN_EXPORT(name) extern "C" __attribute__((export_name(#name)))

namespace elfin::kernel {
namespace {

constexpr uint32_t kCreateStrace = 1;
constexpr uint32_t kMountReadOnly = 1;
constexpr uint32_t kMountBare = 2;

/// What an operation's export promises, and the text that goes with it.
struct OperationResult {
  int32_t result;
  std::string text;
};

/// The machine. It lives as long as the instance: nothing is destroyed at the end.
struct Machine {
  explicit Machine(KernelOptions options) : kernel(host, options) {}

  WasmHost host;
  Kernel kernel;
  /// What the embedding has begun, by number.
  std::map<uint32_t, Task<OperationResult>> operations;
  uint32_t last_operation = 0;
  std::string text;
  StepResult last_step{StepState::kDone, std::nullopt};
};

Machine* g_machine = nullptr;
/// Whether the cpu has called us: tells the host whose trap it sees.
bool g_in_syscall = false;

int32_t ToResult(const Status& status) {
  return status.ok() ? 0 : static_cast<int32_t>(ToSyscallReturn(status.error()));
}

uint32_t Begin(Task<OperationResult> operation) {
  const uint32_t number = ++g_machine->last_operation;
  g_machine->operations.emplace(number, std::move(operation));
  return number;
}

Task<OperationResult> Report(Task<Status> task) {
  co_return OperationResult{ToResult(co_await std::move(task)), {}};
}

Task<OperationResult> Spawn(SpawnRequest request) {
  SpawnOutcome outcome = co_await g_machine->kernel.Spawn(std::move(request));
  const int32_t result = outcome.ok() ? outcome.pid : ToResult(outcome.error);
  co_return OperationResult{result, std::move(outcome.message)};
}

Task<OperationResult> RequestFile(FileRequest request) {
  Result<std::string> answer = co_await RunFileRequest(g_machine->kernel, std::move(request));
  if (!answer.ok()) co_return OperationResult{ToResult(answer.error()), {}};
  const auto size = static_cast<int32_t>(answer->size());
  co_return OperationResult{size, std::move(answer).value()};
}

/// Reads what packSpawnRequest of web/host/machine.js has written.
class SpawnRequestReader {
 public:
  SpawnRequestReader(const uint8_t* bytes, size_t size)
      : at_(reinterpret_cast<const char*>(bytes)), end_(at_ + size) {}

  SpawnRequest Read() {
    SpawnRequest request;
    request.uid = Number();
    request.gid = Number();
    const uint32_t argument_count = Number();
    const uint32_t variable_count = Number();
    request.first_stream = Number();
    request.path = String();
    request.directory = String();
    for (uint32_t i = 0; i < argument_count; ++i) request.arguments.push_back(String());
    for (uint32_t i = 0; i < variable_count; ++i) request.environment.push_back(String());
    return request;
  }

 private:
  uint32_t Number() {
    uint32_t value;
    CHECK(end_ - at_ >= static_cast<ptrdiff_t>(sizeof(value)));
    std::memcpy(&value, at_, sizeof(value));
    at_ += sizeof(value);
    return value;
  }
  std::string String() {
    const void* zero = std::memchr(at_, 0, static_cast<size_t>(end_ - at_));
    CHECK(zero != nullptr);
    std::string text(at_);
    at_ = static_cast<const char*>(zero) + 1;
    return text;
  }

  const char* at_;
  const char* end_;
};

}  // namespace

// ---- Memory for arguments -----------------------------------------------------------------------

ELFIN_EXPORT(kernel_alloc) void* kernel_alloc(size_t size) {
  void* memory = std::malloc(size == 0 ? 1 : size);
  CHECK(memory != nullptr);
  return memory;
}

ELFIN_EXPORT(kernel_free) void kernel_free(void* memory) { std::free(memory); }

ELFIN_EXPORT(kernel_text_address) const char* kernel_text_address() {
  return g_machine->text.data();
}

ELFIN_EXPORT(kernel_text_size) uint32_t kernel_text_size() {
  return static_cast<uint32_t>(g_machine->text.size());
}

// ---- Making a machine ---------------------------------------------------------------------------

ELFIN_EXPORT(kernel_create) void kernel_create(uint32_t flags) {
  CHECK(g_machine == nullptr);
  KernelOptions options;
  options.strace = (flags & kCreateStrace) != 0;
  SetLogSink([](LogLevel, std::string_view message) {
    host_imports::report(message.data(), message.size());
  });
  g_machine = new Machine(options);
}

// ---- Operations ---------------------------------------------------------------------------------

ELFIN_EXPORT(kernel_operation_ended) uint32_t kernel_operation_ended(uint32_t number) {
  const auto found = g_machine->operations.find(number);
  CHECK(found != g_machine->operations.end());
  return found->second.ready() ? 1 : 0;
}

/// Of one that has ended; its number means nothing after that.
ELFIN_EXPORT(kernel_operation_result) int32_t kernel_operation_result(uint32_t number) {
  const auto found = g_machine->operations.find(number);
  CHECK(found != g_machine->operations.end());
  OperationResult ended = found->second.Take();
  g_machine->operations.erase(found);
  g_machine->text = std::move(ended.text);
  return ended.result;
}

/// Operation: 0.
ELFIN_EXPORT(kernel_mount_folder)
uint32_t kernel_mount_folder(const char* target, size_t size, int32_t folder, uint32_t flags) {
  const auto writable = (flags & kMountReadOnly) != 0 ? fs::Writable::kNo : fs::Writable::kYes;
  return Begin(Report(MountHostFolder(g_machine->kernel, {target, size},
                                      std::make_unique<WasmHostFolder>(folder), writable)));
}

/// Of what kernel_mount_folder has mounted there. Operation: 0.
ELFIN_EXPORT(kernel_unmount_folder)
uint32_t kernel_unmount_folder(const char* target, size_t size) {
  return Begin(Report(UnmountHostFolder(g_machine->kernel, {target, size})));
}

/// On "/", as the first mount. `store`: the device for what is written, -1: memory. Operation: 0.
ELFIN_EXPORT(kernel_mount_image)
uint32_t kernel_mount_image(int32_t image, int32_t store, uint32_t flags) {
  const auto writable = (flags & kMountReadOnly) != 0 ? fs::Writable::kNo : fs::Writable::kYes;
  const auto around = (flags & kMountBare) != 0 ? Surroundings::kNone : Surroundings::kMachine;
  std::unique_ptr<blockfs::BlockDevice> written;
  if (store >= 0) written = std::make_unique<WasmBlockDevice>(store);
  return Begin(Report(MountImage(g_machine->kernel, std::make_unique<WasmBlockDevice>(image),
                                 std::move(written), writable, around)));
}

/// How long an overlay's store has to be for an image of that size.
ELFIN_EXPORT(kernel_overlay_size) double kernel_overlay_size(double image_size) {
  return static_cast<double>(blockfs::OverlayDevice::StoreSize(static_cast<uint64_t>(image_size)));
}

/// Writes everything back and closes the filesystems. The machine is at its end. Operation: 0.
ELFIN_EXPORT(kernel_close) uint32_t kernel_close() {
  return Begin(Report(CloseFilesystems(g_machine->kernel)));
}

/// What became of a request of device_read, device_write or device_flush that was left pending.
ELFIN_EXPORT(kernel_device_done) void kernel_device_done(uint32_t request, int32_t result) {
  WasmBlockDevice::Done(request, result);
}

/// What became of a folder_* call that was left pending: its result, and the size of what blob_take
/// has of it.
ELFIN_EXPORT(kernel_folder_done)
void kernel_folder_done(uint32_t request, int32_t result, size_t size) {
  WasmHostFolder::Done(request, result, size);
}

// ---- Processes ----------------------------------------------------------------------------------

/// Starts a program; the request is copied. Operation: the pid, or -errno and a sentence.
ELFIN_EXPORT(kernel_spawn) uint32_t kernel_spawn(const uint8_t* request, size_t size) {
  return Begin(Spawn(SpawnRequestReader(request, size).Read()));
}

ELFIN_EXPORT(kernel_step) uint32_t kernel_step() {
  g_machine->last_step = g_machine->kernel.Step();
  return static_cast<uint32_t>(g_machine->last_step.state);
}

/// After a step that was idle: when to step again (ns, monotonic clock); -1: only after an event.
ELFIN_EXPORT(kernel_deadline) double kernel_deadline() {
  const auto& deadline = g_machine->last_step.deadline_ns;
  return deadline.has_value() ? static_cast<double>(*deadline) : -1;
}

/// For cpu.wasm alone.
ELFIN_EXPORT(kernel_syscall)
int64_t kernel_syscall(int64_t number, int64_t a0, int64_t a1, int64_t a2, int64_t a3, int64_t a4,
                       int64_t a5) {
  const uint64_t arguments[6] = {static_cast<uint64_t>(a0), static_cast<uint64_t>(a1),
                                 static_cast<uint64_t>(a2), static_cast<uint64_t>(a3),
                                 static_cast<uint64_t>(a4), static_cast<uint64_t>(a5)};
  g_in_syscall = true;
  const int64_t result = g_machine->kernel.Syscall(static_cast<uint64_t>(number), arguments);
  g_in_syscall = false;
  return result;
}

ELFIN_EXPORT(kernel_in_syscall) uint32_t kernel_in_syscall() { return g_in_syscall ? 1 : 0; }

ELFIN_EXPORT(kernel_stream_ready) void kernel_stream_ready(uint32_t stream) {
  g_machine->kernel.StreamReady(stream);
}

ELFIN_EXPORT(kernel_stream_resized) void kernel_stream_resized(uint32_t stream) {
  g_machine->kernel.StreamResized(stream);
}

ELFIN_EXPORT(kernel_kill) int32_t kernel_kill(int32_t pid, int32_t signal) {
  return ToResult(g_machine->kernel.Kill(pid, signal));
}

/// The wait status as wait4(2) stores it, and the line about a fatal signal; -1 while the process
/// runs. Told once, upon which the process is forgotten.
ELFIN_EXPORT(kernel_exit_status) int32_t kernel_exit_status(int32_t pid) {
  const ExitStatus* status = g_machine->kernel.exit_status(pid);
  if (status == nullptr) return -1;
  g_machine->text = status->message;
  const int32_t wait_status = status->WaitStatus();
  g_machine->kernel.Reap(pid);
  return wait_status;
}

/// 0 guest instructions, 1 system calls, 2 time slices.
ELFIN_EXPORT(kernel_statistic) double kernel_statistic(uint32_t index) {
  const KernelStats& stats = g_machine->kernel.stats();
  switch (index) {
    case 0:
      return static_cast<double>(stats.instructions);
    case 1:
      return static_cast<double>(stats.system_calls);
    case 2:
      return static_cast<double>(stats.slices);
    default:
      return -1;
  }
}

// ---- Files of the machine, for the embedding ----------------------------------------------------

/// Operation: the answer's length; its bytes are the text. All arguments are copied;
/// machine_files.h has what `operation` can be.
ELFIN_EXPORT(kernel_file_request)
uint32_t kernel_file_request(uint32_t operation, const char* path, size_t path_size,
                             const char* data, size_t size, uint32_t number, double offset) {
  FileRequest request{
      static_cast<FileOperation>(operation), {path, path_size}, {data, size}, number, offset};
  return Begin(RequestFile(std::move(request)));
}

}  // namespace elfin::kernel
