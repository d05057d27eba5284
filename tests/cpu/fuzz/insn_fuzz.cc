// insn_fuzz: every row of jit/instructions.inc against the processor. See README.md.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "decoder/insn_decoder.h"
#include "tests/cpu/fuzz/blocks.h"
#include "tests/cpu/fuzz/comparison.h"
#include "tests/cpu/fuzz/emitter.h"
#include "tests/cpu/fuzz/encodings.h"
#include "tests/cpu/fuzz/generator.h"
#include "tests/cpu/fuzz/oracle.h"
#include "tests/cpu/fuzz/row_hints.h"
#include "tests/cpu/fuzz/subject.h"

namespace elfin::fuzz {
namespace {

struct Options {
  std::string rows;            // ",a,b," or empty: all
  uint64_t cases = 1'000'000;  // altogether, but at least kLeast each
  uint64_t seed = 1;
  int64_t only = -1;         // the case of this number alone
  unsigned stop_after = 20;  // differences shown
  unsigned show = 2;         // differences shown of one bucket
  std::string emit;          // file for run_wasm.mjs
  uint64_t each = 0;         // cases of each bucket, instead of `cases`
  uint64_t blocks = 0;       // random blocks instead of instructions
  bool coverage = false;
};
constexpr uint64_t kLeast = 505;
constexpr uint64_t kQuick = 40;

struct Tally {
  uint64_t cases = 0, differences = 0, shown = 0, trapped = 0;
};

class Fuzzer {
 public:
  explicit Fuzzer(const Options& options) : options_(options) {
    if (!options.emit.empty()) emitter_.emplace(options.emit, subject_);
  }

  int Run() {
    const std::vector<Bucket> all = AllBuckets();
    if (options_.blocks != 0) return RunBlocks(all);
    std::vector<const Bucket*> buckets;
    for (const Bucket& bucket : all) {
      if (Wanted(bucket)) buckets.push_back(&bucket);
    }
    uint64_t each = options_.cases / (buckets.empty() ? 1 : buckets.size());
    if (each < kLeast) each = kLeast;
    if (options_.each != 0) each = options_.each;
    for (const Bucket* bucket : buckets) FuzzBucket(*bucket, each);
    return Summarise(buckets.size());
  }

 private:
  bool Wanted(const Bucket& bucket) {
    const std::string name = decoder::ColumnsOf(bucket.row).name;
    const bool chosen =
        options_.rows.empty() || options_.rows.find("," + name + ",") != std::string::npos ||
        options_.rows.find("," + std::string(bucket.chapter) + ",") != std::string::npos;
    if (!chosen) return false;
    if (const char* reason = WhyExcluded(bucket)) {
      if (options_.coverage) printf("%-24s not run: %s\n", bucket.Name().c_str(), reason);
      return false;
    }
    if (bucket.encodings.empty()) {
      ++without_encoding_;
      if (options_.coverage) printf("%-24s no encoding\n", bucket.Name().c_str());
      return false;
    }
    return true;
  }

  int RunBlocks(const std::vector<Bucket>& all) {
    const BlockMaker maker(all);
    const auto plain = std::find_if(all.begin(), all.end(), [](const Bucket& bucket) {
      return bucket.row == decoder::Mnemonic::kAdd;  // nothing of which is excluded
    });
    Tally tally;
    uint64_t undefined_blocks = 0;
    const uint64_t first = options_.only >= 0 ? static_cast<uint64_t>(options_.only) : 0;
    const uint64_t end = options_.only >= 0 ? first + 1 : options_.blocks;
    for (uint64_t number = first; number < end; ++number) {
      Random random(SeedFor(options_.seed, "block", number));
      bool undefined;
      maker.Make(random, &test_, &undefined);
      ++tally.cases;
      undefined_blocks += undefined;
      if (RunCase(*plain) || undefined || RunCase(*plain)) {
        if (emitter_)
          emitter_->Emit("block #" + std::to_string(number), test_, state_before_, reason_);
      } else {
        ++tally.differences;
        Show(*plain, number, &tally);
      }
      tally.trapped += processor_.ending.kind != static_cast<uint32_t>(cpu::TrapKind::kBreakpoint);
    }
    printf("%llu blocks, %llu trapped, %llu with undefined flags, %llu differences\n",
           (unsigned long long)tally.cases, (unsigned long long)tally.trapped,
           (unsigned long long)undefined_blocks, (unsigned long long)tally.differences);
    return tally.differences == 0 ? 0 : 1;
  }

  void FuzzBucket(const Bucket& bucket, uint64_t count) {
    const std::string name = bucket.Name();
    Tally& tally = tallies_[name];
    const uint64_t first = options_.only >= 0 ? static_cast<uint64_t>(options_.only) : 0;
    const uint64_t end = options_.only >= 0 ? first + 1 : count;
    for (uint64_t number = first; number < end; ++number) {
      Random random(SeedFor(options_.seed, name, number));
      if (!MakeCase(random, bucket, &test_)) {
        if (options_.coverage)
          printf("%-24s case %llu: none found\n", name.c_str(), (unsigned long long)number);
        continue;
      }
      ++tally.cases;
      // The second time, since the timer may fall into a case that has made rsp one that the kernel
      // can't go back to.
      if (!RunCase(bucket) && !RunCase(bucket)) {
        ++tally.differences;
        Show(bucket, number, &tally);
      } else if (emitter_) {
        emitter_->Emit(name + " #" + std::to_string(number), test_, state_before_, reason_);
      }
      tally.trapped += processor_.ending.kind != static_cast<uint32_t>(cpu::TrapKind::kBreakpoint);
    }
    if (options_.coverage) {
      printf("%-24s %6llu cases, %5llu trapped, %llu encodings, %llu differences\n", name.c_str(),
             (unsigned long long)tally.cases, (unsigned long long)tally.trapped,
             (unsigned long long)bucket.encodings.size(), (unsigned long long)tally.differences);
    }
    cases_ += tally.cases;
    differences_ += tally.differences;
    empty_ += tally.cases == 0;
  }

  bool RunCase(const Bucket& bucket) {
    PrepareProcessor(test_);
    RunOnProcessor(test_.before, &processor_);
    subject_.Prepare(test_);
    subject_.Load(test_.before);
    if (emitter_) state_before_ = subject_.state();
    reason_ = subject_.Execute(&elfin_);
    auto has_faulted = [](const Result& result) {
      return result.ending.kind != static_cast<uint32_t>(cpu::TrapKind::kBreakpoint);
    };
    const bool faulted = has_faulted(processor_) || has_faulted(elfin_);
    if (faulted && (!FaultsAreCompared(bucket) || JumpedIntoItself())) return true;
    if (!SameResult(bucket, processor_, elfin_, test_.ignored_flags)) return false;
    if (processor_.after.rip != test_.before.rip) AlignMemory(test_, bucket);
    return SameMemory(subject_);
  }

  /// What its own last bytes are as an instruction may be something that isn't compared.
  bool JumpedIntoItself() const {
    const uint64_t into = processor_.after.rip - test_.before.rip;
    return into != 0 && into < test_.code_size;
  }

  void Show(const Bucket& bucket, uint64_t number, Tally* tally) {
    if (tally->shown == options_.show || shown_ == options_.stop_after) return;
    ++tally->shown;
    ++shown_;
    printf("--- case %llu of %s", (unsigned long long)number,
           DescribeDifference(bucket, test_, processor_, elfin_, subject_).c_str());
    fflush(stdout);
  }

  int Summarise(size_t buckets) {
    for (const auto& [name, tally] : tallies_) {
      if (tally.differences != 0) {
        printf("%-24s %llu of %llu differ\n", name.c_str(), (unsigned long long)tally.differences,
               (unsigned long long)tally.cases);
      }
    }
    printf(
        "%zu of row × width × form run, %llu without a case, %llu without an encoding; %llu cases, "
        "%llu differences\n",
        buckets, (unsigned long long)empty_, (unsigned long long)without_encoding_,
        (unsigned long long)cases_, (unsigned long long)differences_);
    return differences_ == 0 ? 0 : 1;
  }

  const Options& options_;
  Subject subject_;
  Case test_;
  Result processor_, elfin_;
  std::optional<Emitter> emitter_;
  cpu::CpuState state_before_;
  cpu::ExitReason reason_;
  std::map<std::string, Tally> tallies_;
  uint64_t cases_ = 0, differences_ = 0, empty_ = 0, without_encoding_ = 0, shown_ = 0;
};

void Usage() {
  fprintf(stderr,
          "usage: insn_fuzz [--rows a,b] [--cases N] [--seed S] [--only CASE] [--stop-after K] "
          "[--show K]\n"
          "                 [--each N] [--quick] [--coverage] [--blocks N] [--emit FILE]\n"
          "rows: names of rows or chapters of jit/instructions.inc\n");
  exit(2);
}

Options Parse(int argc, char** argv) {
  Options options;
  for (int n = 1; n < argc; ++n) {
    const std::string name = argv[n];
    auto value = [&] {
      if (++n == argc) Usage();
      return argv[n];
    };
    if (name == "--rows")
      options.rows = std::string(",") + value() + ",";
    else if (name == "--cases")
      options.cases = strtoull(value(), nullptr, 0);
    else if (name == "--seed")
      options.seed = strtoull(value(), nullptr, 0);
    else if (name == "--only")
      options.only = strtoll(value(), nullptr, 0);
    else if (name == "--stop-after")
      options.stop_after = static_cast<unsigned>(atoi(value()));
    else if (name == "--show")
      options.show = static_cast<unsigned>(atoi(value()));
    else if (name == "--quick")
      options.each = kQuick;
    else if (name == "--each")
      options.each = strtoull(value(), nullptr, 0);
    else if (name == "--emit")
      options.emit = value();
    else if (name == "--blocks")
      options.blocks = strtoull(value(), nullptr, 0);
    else if (name == "--coverage")
      options.coverage = true;
    else
      Usage();
  }
  return options;
}

/// In a child, so that a case that breaks the harness is told of.
int RunGuarded(const Options& options) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    setvbuf(stdout, nullptr, _IOLBF, 0);  // nothing is lost when the harness breaks
    StartOracle();
    const int status = Fuzzer(options).Run();
    fflush(stdout);
    fflush(nullptr);
    _exit(status);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  fprintf(stderr, "insn_fuzz: the harness itself ended with signal %d\n", WTERMSIG(status));
  return 3;
}

}  // namespace
}  // namespace elfin::fuzz

int main(int argc, char** argv) { return elfin::fuzz::RunGuarded(elfin::fuzz::Parse(argc, argv)); }
