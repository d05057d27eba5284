// elfin_native: kernel and interpreter as one native process, to run a program under gdb or a
// sanitizer.
//
//   elfin_native [--root DIR] [--rw] [--strace] [--] PROGRAM [ARGUMENT…]
//
// PROGRAM is a path in the guest's tree. The exit status is as that of `elfin run`.
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "syscalls/fs/standard_tree.h"
#include "syscalls/kernel/kernel.h"
#include "tests/lib/native_host.h"
#include "tests/lib/posix_host_folder.h"

namespace elfin::testing {
namespace {

constexpr int kTrouble = 125;
constexpr int kNoExec = 126;
constexpr int kNotFound = 127;

struct Options {
  std::string root = "/";
  fs::Writable writable = fs::Writable::kNo;
  bool strace = false;
  std::vector<std::string> command;
};

bool ParseOptions(int argc, char** argv, Options* options) {
  int at = 1;
  for (; at < argc && argv[at][0] == '-'; ++at) {
    const std::string_view word = argv[at];
    if (word == "--") {
      ++at;
      break;
    }
    if (word == "--root" && at + 1 < argc) {
      options->root = argv[++at];
    } else if (word == "--rw") {
      options->writable = fs::Writable::kYes;
    } else if (word == "--strace") {
      options->strace = true;
    } else {
      return false;
    }
  }
  options->command.assign(argv + at, argv + argc);
  return !options->command.empty();
}

kernel::SpawnRequest MakeRequest(const Options& options) {
  kernel::SpawnRequest request;
  request.path = options.command.front();
  request.arguments = options.command;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    request.environment.emplace_back(*variable);
  }
  request.uid = getuid();
  request.gid = getgid();
  return request;
}

/// Steps until `done` says so. False: nothing can happen any more.
template <class Done>
bool StepUntil(kernel::Kernel& kernel, NativeHost& host, Done done) {
  while (!done()) {
    const kernel::StepResult step = kernel.Step();
    if (step.state == kernel::StepState::kMore || done()) continue;
    if (!host.WaitForEvent(kernel, step.deadline_ns.value_or(-1))) return false;
  }
  return true;
}

Status MountRoot(kernel::Kernel& kernel, const Options& options) {
  auto folder = TRY(PosixHostFolder::Open(options.root));
  kernel.mounts = TRY(fs::MakeHostTree(kernel, std::move(folder), options.writable, "hostfs"));
  return kOk;
}

int SpawnFailure(const kernel::SpawnOutcome& outcome, const std::string& path) {
  std::fprintf(stderr, "elfin: %s: %s\n", path.c_str(), outcome.message.c_str());
  return outcome.error == Errno::kNoEnt || outcome.error == Errno::kNotDir ? kNotFound : kNoExec;
}

int Run(const Options& options) {
  NativeHost host;
  kernel::Kernel kernel(host, {.strace = options.strace});
  host.Connect(kernel);
  const Status mounted = MountRoot(kernel, options);
  if (!mounted.ok()) {
    std::fprintf(stderr, "elfin: --root %s: %s\n", options.root.c_str(),
                 ErrnoName(mounted.error()));
    return kTrouble;
  }
  Task<kernel::SpawnOutcome> spawn = kernel.Spawn(MakeRequest(options));
  if (!StepUntil(kernel, host, [&] { return spawn.ready(); })) return kTrouble;
  const kernel::SpawnOutcome outcome = spawn.Take();
  if (!outcome.ok()) return SpawnFailure(outcome, options.command.front());
  const auto ended = [&] { return kernel.exit_status(outcome.pid) != nullptr; };
  if (!StepUntil(kernel, host, ended)) {
    std::fprintf(stderr, "elfin: the program waits for something that can't happen\n");
    return kTrouble;
  }
  const kernel::ExitStatus& status = *kernel.exit_status(outcome.pid);
  if (!status.message.empty()) std::fprintf(stderr, "elfin: %s\n", status.message.c_str());
  return status.signal != 0 ? 128 + status.signal : status.code & 0xff;
}

}  // namespace
}  // namespace elfin::testing

int main(int argc, char** argv) {
  elfin::testing::Options options;
  if (!elfin::testing::ParseOptions(argc, argv, &options)) {
    std::fprintf(stderr,
                 "usage: elfin_native [--root DIR] [--rw] [--strace] [--] PROGRAM [ARGUMENT…]\n");
    return elfin::testing::kTrouble;
  }
  return elfin::testing::Run(options);
}
