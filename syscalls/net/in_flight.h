// Files in flight: sent in messages (SCM_RIGHTS) that nobody has received yet.
//
// A socket that lies in its own queue, or in another's that lies in its own, is held although no
// descriptor leads to it. Such sockets are found as Linux's net/unix/garbage.c finds them: those
// that are held by queues alone, and that can't be reached from any other.
#pragma once

#include <cstddef>
#include <vector>

#include "syscalls/vfs/file.h"

namespace elfin::net {

class Network;

/// What a socket held that ends. Sockets may hold each other in a chain of any length: they end one
/// after the other, not one within the other.
void LetGo(Network& network, std::vector<vfs::FilePtr> files);

/// Empties the queues of sockets that nobody can reach any more, which ends them. Looks at every
/// Unix socket, so it is asked for now and then: NoteSent says when.
void CollectUnreachable(Network& network);

/// Files have been sent; collects after every so many of them.
void NoteSent(Network& network, size_t files);

/// A process has ended, and its descriptors with it; collects if files are in flight at all.
void NoteProcessEnd(Network& network);

}  // namespace elfin::net
