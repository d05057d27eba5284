// What the files of the fuzzer's guest share.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// One call of syscalls/table.inc; `kinds` as it stands there: "(fd, out_data, size)".
struct call_row {
  long number;
  const char* name;
  const char* kinds;
};
extern const struct call_row call_rows[];
extern const size_t call_row_count;

/// xorshift64*: the same numbers on every machine.
extern uint64_t random_state;
uint64_t random_number(void);
/// 0 … limit - 1.
uint64_t below(uint64_t limit);
/// True once in `times`.
bool once_in(uint64_t times);

/// Maps the buffers that arguments point into; the file `name` of the working directory and others
/// beside it become paths.
void prepare_arguments(void);
/// Fills the buffers with other nonsense.
void scramble_buffers(void);
/// Six values for a call's registers.
void draw_arguments(const struct call_row* row, uint64_t arguments[6]);

/// The body of a child: `calls` calls, then it ends. Gives up at `deadline` (CLOCK_MONOTONIC, s).
_Noreturn void run_child(uint64_t seed, unsigned calls, double deadline);
double seconds_now(void);
