#include "syscalls/kernel/exec.h"

#include "decoder/features.h"
#include "runtime/loader/auxiliary_keys.h"
#include "runtime/loader/image_loader.h"
#include "runtime/loader/initial_stack.h"
#include "runtime/loader/script.h"
#include "syscalls/abi/signal_frame.h"
#include "syscalls/abi/time.h"
#include "syscalls/kernel/exit.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/posix_timer.h"
#include "syscalls/kernel/process_files.h"

namespace elfin::kernel {

namespace {

constexpr int kMaxScripts = 5;
constexpr uint64_t kMinStackSize = 0x2'0000;
constexpr uint64_t kMaxStackSize = 0x0400'0000;
constexpr size_t kNameMax = 15;
/// AT_HWCAP is CPUID.1:EDX.
constexpr uint64_t kHardwareCapabilities = decoder::FeatureBits(1, 0, decoder::CpuidRegister::kEdx);
constexpr uint32_t kSetUid = 04000, kSetGid = 02000;
constexpr unsigned kRsp = 4;

/// What is being executed, once scripts have been followed.
struct Program {
  vfs::ExecutableFile file;
  loader::ElfImage image;
  vfs::ExecutableFile interpreter;  // file is null: none
  loader::ElfImage interpreter_image;
};

/// A new memory with everything in it.
struct Prepared {
  std::unique_ptr<memory::AddressSpace> space;
  uint64_t entry = 0;
  loader::InitialStack stack;
};

const char* SentenceFor(Errno error) {
  switch (error) {
    case Errno::kNoEnt:
      return "no such file or directory";
    case Errno::kAcces:
      return "permission denied: not an executable file";
    case Errno::kIsDir:
      return "is a directory";
    case Errno::kNotDir:
      return "not a directory";
    case Errno::kLoop:
      return "too many levels of symbolic links or scripts";
    case Errno::kNoMem:
      return "not enough memory";
    case Errno::k2Big:
      return "argument list too long";
    case Errno::kNoExec:
      return "exec format error";
    case Errno::kAgain:
      return "no further process memory to be had";
    default:
      return ErrnoName(error);
  }
}

/// `detail` is what a layer below has said; empty: the errno's own sentence.
void Explain(std::string& sentence, Errno error, const std::string& detail) {
  sentence = SentenceFor(error);
  if (!detail.empty()) sentence += ": " + detail;
}

/// Opens the file; where it is a script, rewrites the arguments and opens its interpreter instead.
Task<Result<vfs::ExecutableFile>> OpenThroughScripts(Process& process, ExecRequest& request,
                                                     std::string& detail) {
  Fd directory = request.directory;
  std::string path = request.path;
  bool follow = request.follow_last_symlink;
  for (int level = 0; level <= kMaxScripts; ++level) {
    Result<vfs::ExecutableFile> opened =
        co_await vfs::OpenExecutable(process, directory, path, follow);
    if (!opened.ok()) {
      if (level > 0) detail = "the script's interpreter " + path;
      co_return opened.error();
    }
    uint8_t first[loader::kScriptLineMax];
    CO_ASSIGN(const size_t size, co_await opened->file->Read(0, first, sizeof(first)));
    if (!loader::IsScript(first, size)) co_return std::move(opened).value();
    CO_ASSIGN(loader::ScriptLine line, loader::ReadScriptLine(first, size, detail));
    std::vector<std::string> arguments = {line.interpreter};
    if (line.argument) arguments.push_back(*line.argument);
    arguments.push_back(path);
    if (!request.arguments.empty()) {
      arguments.insert(arguments.end(), request.arguments.begin() + 1, request.arguments.end());
    }
    request.arguments = std::move(arguments);
    path = line.interpreter;
    directory = kWorkingDirectory;
    follow = true;
  }
  co_return Errno::kLoop;
}

Task<Result<Program>> OpenProgram(Process& process, ExecRequest& request, std::string& detail) {
  Program program;
  CO_ASSIGN(program.file, co_await OpenThroughScripts(process, request, detail));
  CO_ASSIGN(program.image, co_await loader::ReadElfFile(*program.file.file, detail));
  if (!program.image.interpreter_offset) co_return std::move(program);
  CO_ASSIGN(const std::string path,
            co_await loader::ReadInterpreterPath(*program.file.file, program.image, detail));
  Result<vfs::ExecutableFile> interpreter =
      co_await vfs::OpenExecutable(process, kWorkingDirectory, path, true);
  if (!interpreter.ok()) {
    detail = "the program's interpreter " + path;
    co_return interpreter.error();
  }
  program.interpreter = std::move(interpreter).value();
  Result<loader::ElfImage> image = co_await loader::ReadElfFile(*program.interpreter.file, detail);
  if (!image.ok()) {
    detail = "the program's interpreter " + path + " is " + detail;
    co_return image.error() == Errno::kNoExec ? Errno::kLibBad : image.error();
  }
  program.interpreter_image = std::move(image).value();
  co_return std::move(program);
}

bool GainsIdentity(const vfs::ExecutableFile& file, const Credentials& credentials) {
  return ((file.mode & kSetUid) != 0 && file.uid != credentials.effective_uid) ||
         ((file.mode & kSetGid) != 0 && file.gid != credentials.effective_gid);
}

Credentials CredentialsAfter(const vfs::ExecutableFile& file, Credentials credentials) {
  if ((file.mode & kSetUid) != 0) credentials.effective_uid = file.uid;
  if ((file.mode & kSetGid) != 0) credentials.effective_gid = file.gid;
  credentials.saved_uid = credentials.filesystem_uid = credentials.effective_uid;
  credentials.saved_gid = credentials.filesystem_gid = credentials.effective_gid;
  return credentials;
}

loader::AuxiliaryVector Auxiliary(const Program& program, const loader::LoadedImage& image,
                                  uint64_t interpreter_base, const Credentials& credentials,
                                  bool secure) {
  return {
      {loader::kAtMinSignalStackSize, abi::kMinSignalStackSize},
      {loader::kAtHwcap, kHardwareCapabilities},
      {loader::kAtPageSize, kPageSize},
      {loader::kAtClockTicks, abi::kClockTicksPerSecond},
      {loader::kAtPhdr, image.program_headers},
      {loader::kAtPhent, loader::kProgramHeaderSize},
      {loader::kAtPhnum, program.image.header.program_header_count},
      {loader::kAtBase, interpreter_base},
      {loader::kAtFlags, 0},
      {loader::kAtEntry, image.entry},
      {loader::kAtUid, credentials.real_uid},
      {loader::kAtEuid, credentials.effective_uid},
      {loader::kAtGid, credentials.real_gid},
      {loader::kAtEgid, credentials.effective_gid},
      {loader::kAtSecure, secure ? 1u : 0u},
      {loader::kAtHwcap2, 0},
  };
}

Task<Result<Prepared>> Prepare(Process& process, const Program& program, const ExecRequest& request,
                               std::string& detail) {
  Host& host = process.kernel.host();
  Prepared prepared;
  CO_ASSIGN(auto memory, host.CreateProcessMemory());
  prepared.space = std::make_unique<memory::AddressSpace>(std::move(memory));
  memory::AddressSpace& space = *prepared.space;
  CO_ASSIGN(const loader::LoadedImage image,
            co_await loader::LoadImage(space, program.file.file, program.image,
                                       loader::ImageRole::kProgram, detail));
  const uint64_t stack_size =
      std::clamp(process.limits[Resource::kStack].current, kMinStackSize, kMaxStackSize);
  CO_TRY(space.Arrange(image.end, stack_size));
  prepared.entry = image.entry;
  uint64_t interpreter_base = 0;
  if (program.interpreter.file != nullptr) {
    CO_ASSIGN(const loader::LoadedImage interpreter,
              co_await loader::LoadImage(space, program.interpreter.file, program.interpreter_image,
                                         loader::ImageRole::kInterpreter, detail));
    prepared.entry = interpreter.entry;
    interpreter_base = interpreter.base;
  }
  const Credentials credentials = CredentialsAfter(program.file, process.credentials);
  const bool secure = GainsIdentity(program.file, process.credentials);
  loader::StackContents contents;
  contents.arguments = request.arguments;
  if (contents.arguments.empty()) contents.arguments.emplace_back();  // as Linux since 5.18
  contents.environment = request.environment;
  contents.file_name = request.path;
  host.FillRandom(contents.random.data(), contents.random.size());
  contents.auxiliary = Auxiliary(program, image, interpreter_base, credentials, secure);
  CO_ASSIGN(prepared.stack, loader::BuildInitialStack(space, contents));
  co_return std::move(prepared);
}

void ApplyLimits(Process& process) {
  memory::AddressSpace::Limits& limits = process.memory->limits();
  limits.address_space = process.limits[Resource::kAddressSpace].current;
  limits.data = process.limits[Resource::kData].current;
  limits.locked = process.credentials.privileged()
                      ? kUnlimited
                      : process.limits[Resource::kLockedMemory].current;
}

void ResetThread(Thread& thread, const Prepared& prepared) {
  thread.alternate_stack = {0, abi::kSsDisable, 0, 0};
  thread.alternate_stack.flags = 0;
  thread.clear_child_tid = 0;
  thread.robust_list = thread.robust_list_size = 0;
  thread.trap_number = thread.trap_error_code = thread.fault_address = 0;
  thread.trap_text.clear();
  thread.restart = nullptr;
  cpu::CpuState state = thread.ReadCpu();
  state.rip = prepared.entry;
  state.gpr[kRsp] = prepared.stack.stack_pointer;
  thread.WriteCpu(state);
  thread.cpu_replaced = true;
}

}  // namespace

Task<Status> Exec(Thread& thread, ExecRequest request, std::string& sentence) {
  Process& process = thread.process();
  std::string detail;
  Result<Program> program = co_await OpenProgram(process, request, detail);
  if (!program.ok()) {
    Explain(sentence, program.error(), detail);
    co_return program.error();
  }
  Result<Prepared> prepared = co_await Prepare(process, program.value(), request, detail);
  if (!prepared.ok()) {
    Explain(sentence, prepared.error(), detail);
    co_return prepared.error();
  }
  if (process.memory != nullptr) {
    Status synced = co_await process.memory->SyncAll();
    if (!synced.ok()) process.kernel.host().Report("a shared mapping could not be written back");
  }
  const vfs::ExecutableFile& file = program->file;
  process.credentials = CredentialsAfter(file, process.credentials);
  process.kernel.KeepOnly(thread);
  process.posix_timers.clear();
  if (process.files.use_count() > 1) process.files = vfs::CopyFiles(*process.files);
  process.memory = std::move(prepared->space);
  thread.AdoptCpu();
  process.has_executed = true;
  ReleaseVfork(process);
  ApplyLimits(process);
  process.executable = file.path;
  process.execution = file.execution;
  const size_t slash = request.path.find_last_of('/');
  process.name =
      request.path.substr(slash == std::string::npos ? 0 : slash + 1).substr(0, kNameMax);
  process.arguments = std::move(request.arguments);
  process.environment = std::move(request.environment);
  process.auxiliary_vector = prepared->stack.auxiliary;
  process.actions.ResetForExec();
  ResetThread(thread, prepared.value());
  Status closed = co_await vfs::CloseOnExec(*process.files);
  if (!closed.ok()) process.kernel.host().Report("a file could not be closed at exec");
  co_return kOk;
}

}  // namespace elfin::kernel
