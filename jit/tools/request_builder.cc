#include "jit/tools/request_builder.h"

#include <cstring>
#include <map>
#include <set>

#include "decoder/insn_decoder.h"
#include "jit/region/translation_request.h"

namespace elfin::jit {
namespace {

using decoder::GuestInsn;
using decoder::Mnemonic;

class Selector {
 public:
  explicit Selector(const CodeBytes& code) : code_(code) {}

  void Reach(uint32_t entry) {
    pending_.push_back(entry);
    while (!pending_.empty() && blocks_.size() < kMaxRegionBlocks) {
      const uint32_t address = pending_.back();
      pending_.pop_back();
      if (!blocks_.contains(address)) Decode(address);
    }
  }
  const std::map<uint32_t, uint32_t>& blocks() const { return blocks_; }
  const std::set<uint32_t>& calls() const { return calls_; }

 private:
  void Decode(uint32_t address) {
    uint32_t at = address;
    for (;;) {
      if (at < code_.address || at - code_.address >= code_.size) break;
      const size_t offset = at - code_.address;
      GuestInsn insn{};
      if (decoder::DecodeInsn(code_.bytes + offset, code_.size - offset, at,
                              decoder::GuestMode::k64Bit,
                              &insn) == decoder::DecodeOutcome::kNeedsMoreBytes) {
        break;
      }
      at = static_cast<uint32_t>(insn.next_address());
      if (!decoder::ColumnsOf(insn.mnemonic).ends_block) continue;
      Follow(insn);
      break;
    }
    if (at != address) blocks_[address] = at;
  }

  void Follow(const GuestInsn& insn) {
    const bool direct = decoder::FormOperand(insn.form, 0) == decoder::OperandKind::kImmediate;
    const auto target = static_cast<uint32_t>(insn.immediate);
    if (insn.mnemonic == Mnemonic::kRet) return;
    if (insn.mnemonic != Mnemonic::kJmp) {
      pending_.push_back(static_cast<uint32_t>(insn.next_address()));
    }
    if (!direct) return;
    if (insn.mnemonic == Mnemonic::kCall) {
      calls_.insert(target);
    } else {
      pending_.push_back(target);
    }
  }

  const CodeBytes& code_;
  std::map<uint32_t, uint32_t> blocks_;  // address → end
  std::set<uint32_t> calls_;
  std::vector<uint32_t> pending_;
};

std::vector<uint8_t> ToBytes(const std::vector<uint32_t>& words) {
  std::vector<uint8_t> bytes(4 * words.size());
  std::memcpy(bytes.data(), words.data(), bytes.size());
  return bytes;
}

}  // namespace

std::vector<uint8_t> BuildRegionRequest(const CodeBytes& code, uint32_t entry, uint32_t slot,
                                        uint32_t options, const std::vector<uint32_t>& seen_jumps) {
  Selector selector(code);
  selector.Reach(entry);
  std::set<uint32_t> jumps;
  for (uint32_t target : seen_jumps) {
    selector.Reach(target);
    if (selector.blocks().contains(target)) jumps.insert(target);
  }
  if (!selector.blocks().contains(entry)) return {};
  std::vector<uint32_t> words{slot,
                              0,
                              entry,
                              options,
                              static_cast<uint32_t>(selector.blocks().size()),
                              static_cast<uint32_t>(selector.calls().size()),
                              static_cast<uint32_t>(jumps.size())};
  std::vector<uint8_t> bytes;
  for (const auto& [address, end] : selector.blocks()) {
    words.push_back(address);
    words.push_back(end);
    const uint8_t* first = code.bytes + (address - code.address);
    bytes.insert(bytes.end(), first, first + (end - address));
  }
  for (uint32_t call : selector.calls()) {
    words.push_back(call);
    words.push_back(0);
  }
  words.insert(words.end(), jumps.begin(), jumps.end());
  bytes.resize((bytes.size() + 3) / 4 * 4);
  words[1] = static_cast<uint32_t>(4 * (words.size() - 1) + bytes.size());
  std::vector<uint8_t> request = ToBytes(words);
  request.insert(request.end(), bytes.begin(), bytes.end());
  return request;
}

std::vector<uint8_t> BuildBatch(const std::vector<std::vector<uint8_t>>& regions) {
  std::vector<uint8_t> batch = ToBytes({static_cast<uint32_t>(regions.size())});
  for (const auto& region : regions) batch.insert(batch.end(), region.begin(), region.end());
  return batch;
}

}  // namespace elfin::jit
