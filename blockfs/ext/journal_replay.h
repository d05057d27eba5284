// Recovery: brings the committed transactions of the log to their places.
#pragma once

#include "blockfs/ext/volume.h"

namespace elfin::ext {

/// Writes to the device, past the cache: the volume is to be mounted anew after it. The log is
/// empty when it returns kOk. Errors: kUClean (a committed block is damaged), kIo, kInval.
Task<Status> ReplayJournal(Volume& volume);

}  // namespace elfin::ext
