// Task<T>, the type of every system call that can wait: see runtime/base/task.h.
#pragma once

#include "runtime/base/task.h"  // IWYU pragma: export
