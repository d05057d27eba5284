#include "syscalls/net/in_flight.h"

#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "syscalls/net/network.h"
#include "syscalls/net/socket.h"

namespace elfin::net {
namespace {

/// Of a socket that queues hold: how many of its users they are.
struct Holding {
  long by_queues = 0;
  long users = 0;
};

/// Calls `visit(socket, users)` for the sockets that `holder` holds.
template <class Visit>
void VisitSockets(const Socket& holder, Visit visit) {
  holder.VisitHeld([&](vfs::File& file, long users) {
    if (Socket* const socket = file.socket()) visit(*socket, users);
  });
}

std::vector<Socket*> FindUnreachable(const Network& network) {
  std::map<const Socket*, Holding> held;
  for (const Socket* holder : network.unix_sockets) {
    VisitSockets(*holder, [&](Socket& socket, long users) {
      Holding& holding = held[&socket];
      ++holding.by_queues;
      holding.users = users;
    });
  }
  std::vector<const Socket*> to_visit;
  for (const Socket* socket : network.unix_sockets) {
    const auto found = held.find(socket);
    const bool by_queues_alone =
        found != held.end() && found->second.users == found->second.by_queues;
    if (!by_queues_alone) to_visit.push_back(socket);
  }
  std::set<const Socket*> reached(to_visit.begin(), to_visit.end());
  while (!to_visit.empty()) {
    const Socket* holder = to_visit.back();
    to_visit.pop_back();
    VisitSockets(*holder, [&](Socket& socket, long) {
      if (reached.insert(&socket).second) to_visit.push_back(&socket);
    });
  }
  std::vector<Socket*> unreachable;
  for (Socket* socket : network.unix_sockets) {
    if (reached.count(socket) == 0) unreachable.push_back(socket);
  }
  return unreachable;
}

}  // namespace

void LetGo(Network& network, std::vector<vfs::FilePtr> files) {
  std::vector<vfs::FilePtr>& waiting = network.files_to_let_go;
  std::move(files.begin(), files.end(), std::back_inserter(waiting));
  if (network.is_letting_go) return;
  network.is_letting_go = true;
  while (!waiting.empty()) {
    vfs::FilePtr file = std::move(waiting.back());
    waiting.pop_back();
    file.reset();  // may let go of more
  }
  network.is_letting_go = false;
}

void CollectUnreachable(Network& network) {
  // All are let go at once, after the last look at any of them.
  std::vector<vfs::FilePtr> let_go;
  for (Socket* socket : FindUnreachable(network)) {
    std::vector<vfs::FilePtr> held = socket->ReleaseHeld();
    std::move(held.begin(), held.end(), std::back_inserter(let_go));
  }
  LetGo(network, std::move(let_go));
  network.files_sent = 0;
}

void NoteSent(Network& network, size_t files) {
  constexpr size_t kMost = 64;
  network.files_sent += files;
  network.files_are_in_flight = true;
  if (network.files_sent > kMost) CollectUnreachable(network);
}

void NoteProcessEnd(Network& network) {
  if (!network.files_are_in_flight) return;
  CollectUnreachable(network);
  network.files_are_in_flight = false;
  for (const Socket* holder : network.unix_sockets) {
    holder->VisitHeld([&](vfs::File&, long) { network.files_are_in_flight = true; });
  }
}

}  // namespace elfin::net
