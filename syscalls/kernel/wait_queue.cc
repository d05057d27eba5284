#include "syscalls/kernel/wait_queue.h"

#include "syscalls/kernel/thread.h"

namespace elfin::kernel {

Wait::Wait(Thread& thread)
    : scheduler_(thread.scheduler()), thread_(&thread), timer_(scheduler_, *this) {}

Wait::Wait(Scheduler& scheduler) : scheduler_(scheduler), timer_(scheduler, *this) {}

Wait::~Wait() {
  Unlink();
  if (state_ == State::kReady) scheduler_.Remove(*this);
}

void Wait::On(WaitQueue& queue) {
  CHECK(state_ == State::kNew);
  links_.emplace_back();
  links_.back().queue = &queue;
}

void Wait::Until(int64_t deadline_ns) { deadline_ = deadline_ns; }

void Wait::Yield() { yields_ = true; }

bool Wait::await_ready() {
  CHECK(state_ == State::kNew);
  if (yields_) return false;
  if (thread_ != nullptr && thread_->HasDeliverableSignal()) {
    result_ = Errno::kRestartSys;
    return true;
  }
  if (deadline_ && *deadline_ <= scheduler_.Now()) {
    result_ = Errno::kTimedOut;
    return true;
  }
  return false;
}

void Wait::await_suspend(std::coroutine_handle<> coroutine) {
  coroutine_ = coroutine;
  state_ = State::kWaiting;
  for (Link& link : links_) {
    link.wait = this;
    link.previous = link.queue->tail_;
    (link.queue->tail_ != nullptr ? link.queue->tail_->next : link.queue->head_) = &link;
    link.queue->tail_ = &link;
  }
  if (deadline_) timer_.Arm(*deadline_);
  if (thread_ != nullptr && !yields_) thread_->waiting = this;
  if (yields_) Finish(kOk);
}

Status Wait::await_resume() {
  state_ = State::kDone;
  return result_;
}

void Wait::Interrupt() { Finish(Errno::kRestartSys); }

void Wait::Deadline::Expire() { wait_.Finish(Errno::kTimedOut); }

void Wait::Finish(Status result) {
  if (state_ != State::kWaiting) return;
  result_ = result;
  Unlink();
  state_ = State::kReady;
  scheduler_.Append(*this);
}

void Wait::Unlink() {
  timer_.Disarm();
  if (state_ != State::kWaiting) return;
  for (Link& link : links_) {
    (link.previous != nullptr ? link.previous->next : link.queue->head_) = link.next;
    (link.next != nullptr ? link.next->previous : link.queue->tail_) = link.previous;
    link.previous = link.next = nullptr;
  }
  if (thread_ != nullptr && thread_->waiting == this) thread_->waiting = nullptr;
}

size_t WaitQueue::Wake(size_t count) {
  size_t woken = 0;
  for (; woken < count && head_ != nullptr; ++woken) head_->wait->Finish(kOk);
  return woken;
}

void WaitQueue::WakeAll(uint32_t events) {
  Wake(SIZE_MAX);
  if (events != 0) listeners_.Tell(events);
}

}  // namespace elfin::kernel
