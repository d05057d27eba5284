// Cases: an instruction of a bucket, and registers and memory that make it interesting.
#pragma once

#include "tests/cpu/fuzz/encodings.h"
#include "tests/cpu/fuzz/machine_image.h"
#include "tests/cpu/fuzz/random.h"

namespace elfin::fuzz {

/// Makes a case. False: nothing was found within some tries.
bool MakeCase(Random& random, const Bucket& bucket, Case* test);

}  // namespace elfin::fuzz
