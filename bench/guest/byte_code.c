// An interpreter: a switch over one-byte instructions of a small stack machine, which counts the
// steps of Collatz's sequences. Indirect jumps, as every scripting language makes them.
// Size: sequences from 1 to this many thousands.
#include "kernel.h"

enum Op { kPush, kLoad, kStore, kAdd, kMultiply, kHalve, kAnd, kLess, kJump, kJumpIfZero, kHalt };
enum Variable { kStart, kNumber, kSteps, kLimit, kVariables };
enum { kLabel = 100 };  // in listings only: the place that jumps to this operand mean

struct Line {
  uint8_t op, operand;
};

// while (start < limit) { n = start; while (1 < n) { n = n odd ? 3 n + 1 : n / 2; ++steps; }
// ++start; }
static const struct Line kCollatz[] = {
    {kLabel, 0},       {kLoad, kStart},   {kLoad, kLimit}, {kLess, 0},       {kJumpIfZero, 4},
    {kLoad, kStart},   {kStore, kNumber}, {kLabel, 1},     {kPush, 1},       {kLoad, kNumber},
    {kLess, 0},        {kJumpIfZero, 3},  {kLoad, kSteps}, {kPush, 1},       {kAdd, 0},
    {kStore, kSteps},  {kLoad, kNumber},  {kPush, 1},      {kAnd, 0},        {kJumpIfZero, 2},
    {kLoad, kNumber},  {kPush, 3},        {kMultiply, 0},  {kPush, 1},       {kAdd, 0},
    {kStore, kNumber}, {kJump, 1},        {kLabel, 2},     {kLoad, kNumber}, {kHalve, 0},
    {kStore, kNumber}, {kJump, 1},        {kLabel, 3},     {kLoad, kStart},  {kPush, 1},
    {kAdd, 0},         {kStore, kStart},  {kJump, 0},      {kLabel, 4},      {kHalt, 0},
};

static int HasOperand(uint8_t op) {
  return op == kPush || op == kLoad || op == kStore || op == kJump || op == kJumpIfZero;
}

static void Assemble(const struct Line* lines, size_t count, uint8_t* code) {
  uint8_t labels[8] = {0};
  for (int pass = 0; pass < 2; ++pass) {
    uint8_t at = 0;
    for (size_t i = 0; i < count; ++i) {
      const struct Line line = lines[i];
      if (line.op == kLabel) {
        labels[line.operand] = at;
        continue;
      }
      const int jumps = line.op == kJump || line.op == kJumpIfZero;
      code[at++] = line.op;
      if (HasOperand(line.op)) code[at++] = jumps ? labels[line.operand] : line.operand;
    }
  }
}

__attribute__((noinline)) static void Run(int64_t* variables, const uint8_t* code) {
  int64_t stack[16];
  int64_t* top = stack;
  const uint8_t* at = code;
  for (;;) {
    switch ((enum Op) * at++) {
      case kPush:
        *++top = *at++;
        break;
      case kLoad:
        *++top = variables[*at++];
        break;
      case kStore:
        variables[*at++] = *top--;
        break;
      case kAdd:
        top[-1] += top[0], --top;
        break;
      case kMultiply:
        top[-1] *= top[0], --top;
        break;
      case kHalve:
        *top >>= 1;
        break;
      case kAnd:
        top[-1] &= top[0], --top;
        break;
      case kLess:
        top[-1] = top[-1] < top[0], --top;
        break;
      case kJump:
        at = code + *at;
        break;
      case kJumpIfZero:
        at = *top-- == 0 ? code + *at : at + 1;
        break;
      case kHalt:
        return;
    }
  }
}

int main(int argc, char** argv) {
  uint8_t code[128];
  Assemble(kCollatz, sizeof kCollatz / sizeof *kCollatz, code);
  int64_t variables[kVariables] = {[kStart] = 1, [kLimit] = KernelSize(argc, argv, 500) * 1000};
  Run(variables, code);
  printf("%lld steps\n", (long long)variables[kSteps]);
  return PrintChecksum("byte_code", (uint64_t)variables[kSteps]);
}
