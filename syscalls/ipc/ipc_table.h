// IpcTable: the objects of one kind, by key and by id.
#pragma once

#include <memory>
#include <vector>

#include "syscalls/ipc/ipc_object.h"

namespace elfin::ipc {

/// How many objects of a kind there can be; an id is place + generation × this.
inline constexpr int32_t kIpcPlaces = 32'768;
inline constexpr int32_t kIpcGenerations = INT32_MAX / kIpcPlaces;

template <class Object>
class IpcTable {
 public:
  explicit IpcTable(size_t limit) : limit_(limit) {}

  /// semget and its like: what has the key, or what `make` makes. `make`: () →
  /// Result<shared_ptr<Object>>; `check`: (const Object&) → Status for one that is there. Errors:
  /// kNoEnt, kExist, kAcces, kNoSpc, theirs.
  template <class Make, class Check>
  Result<int32_t> Get(const IpcCaller& caller, int32_t key, int32_t flags, Make make, Check check) {
    const std::shared_ptr<Object> found = key == abi::kIpcPrivate ? nullptr : FindKey(key);
    if (found != nullptr) {
      constexpr int32_t kBoth = abi::kIpcCreate | abi::kIpcExclusive;
      if ((flags & kBoth) == kBoth) return Errno::kExist;
      TRY(check(*found));
      TRY(found->CheckAccess(caller, static_cast<uint32_t>(flags) & IpcObject::kPermissionBits));
      return found->id;
    }
    if (key != abi::kIpcPrivate && (flags & abi::kIpcCreate) == 0) return Errno::kNoEnt;
    if (count_ >= limit_) return Errno::kNoSpc;
    return Add(TRY(make()));
  }
  /// Errors: kInval (there is none), kIdRm (another one is in its place).
  Result<std::shared_ptr<Object>> Find(int32_t id) const {
    if (id < 0) return Errno::kInval;
    const auto place = static_cast<size_t>(id % kIpcPlaces);
    if (place >= places_.size() || places_[place].object == nullptr) return Errno::kInval;
    if (places_[place].object->id != id) return abi::kErrnoIdRemoved;
    return places_[place].object;
  }
  /// By place, for ipcs. Errors: kInval.
  Result<std::shared_ptr<Object>> FindPlace(int32_t place) const {
    if (place < 0 || static_cast<size_t>(place) >= places_.size()) return Errno::kInval;
    if (places_[static_cast<size_t>(place)].object == nullptr) return Errno::kInval;
    return places_[static_cast<size_t>(place)].object;
  }
  /// The highest place in use; 0 also where nothing is.
  int32_t highest_place() const {
    for (size_t place = places_.size(); place > 0; --place) {
      if (places_[place - 1].object != nullptr) return static_cast<int32_t>(place - 1);
    }
    return 0;
  }
  size_t count() const { return count_; }
  void Remove(const Object& object) {
    places_[static_cast<size_t>(object.id % kIpcPlaces)].object = nullptr;
    --count_;
  }
  template <class Visit>
  void ForEach(Visit visit) const {
    for (const Place& place : places_) {
      if (place.object != nullptr) visit(place.object);
    }
  }

 private:
  struct Place {
    std::shared_ptr<Object> object;
    int32_t generation = 0;  // of the next object
  };

  std::shared_ptr<Object> FindKey(int32_t key) const {
    for (const Place& place : places_) {
      if (place.object != nullptr && place.object->key() == key) return place.object;
    }
    return nullptr;
  }
  int32_t Add(std::shared_ptr<Object> object) {
    size_t place = 0;
    while (place < places_.size() && places_[place].object != nullptr) ++place;
    if (place == places_.size()) places_.emplace_back();
    int32_t& generation = places_[place].generation;
    object->id = static_cast<int32_t>(place) + generation * kIpcPlaces;
    generation = (generation + 1) % kIpcGenerations;
    places_[place].object = std::move(object);
    ++count_;
    return places_[place].object->id;
  }

  size_t limit_;
  size_t count_ = 0;
  std::vector<Place> places_;
};

}  // namespace elfin::ipc
