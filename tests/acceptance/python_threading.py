"""threading, queue, concurrent.futures: every kind of lock, and many threads."""
import concurrent.futures, queue, sys, threading, time

counter, lock = 0, threading.Lock()


def count():
    global counter
    for _ in range(2000):
        with lock:
            counter += 1


threads = [threading.Thread(target=count) for _ in range(16)]
[t.start() for t in threads], [t.join() for t in threads]
print("counter", counter)
tasks, results = queue.Queue(maxsize=5), queue.PriorityQueue()


def worker():
    while (item := tasks.get()) is not None:
        results.put(item * item)
        tasks.task_done()


workers = [threading.Thread(target=worker, daemon=True) for _ in range(4)]
[w.start() for w in workers]
[tasks.put(n) for n in range(300)]
tasks.join()
[tasks.put(None) for _ in workers]
print("queue", sum(results.get() for _ in range(300)))
barrier, order = threading.Barrier(5), []


def meet(n):
    for turn in range(10):
        order.append(turn)
        barrier.wait()


threads = [threading.Thread(target=meet, args=[n]) for n in range(5)]
[t.start() for t in threads], [t.join() for t in threads]
print("barrier", order == sorted(order))
condition, items = threading.Condition(), []


def consume(taken):
    with condition:
        while not items:
            condition.wait()
        taken.append(items.pop())


taken = []
threads = [threading.Thread(target=consume, args=[taken]) for _ in range(10)]
[t.start() for t in threads]
for n in range(10):
    with condition:
        items.append(n)
        condition.notify()
[t.join() for t in threads]
print("condition", sorted(taken), condition.acquire() and condition.wait(0.02))
condition.release()
event, semaphore = threading.Event(), threading.BoundedSemaphore(3)
peak, inside = 0, 0


def limited():
    global peak, inside
    event.wait()
    with semaphore:
        with lock:
            inside += 1
            peak = max(peak, inside)
        time.sleep(0.002)
        with lock:
            inside -= 1


threads = [threading.Thread(target=limited) for _ in range(12)]
[t.start() for t in threads]
event.set()
[t.join() for t in threads]
print("semaphore", peak, event.wait(0), threading.Event().wait(0.01))
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    print("pool", list(pool.map(lambda n: sum(range(n)), range(0, 2000, 250))))
    print(sorted(f.result() for f in concurrent.futures.as_completed([pool.submit(pow, 2, n) for n in range(8)])))
    print(repr(pool.submit(lambda: 1 / 0).exception()))
local = threading.local()
seen = []


def own(n):
    local.value = n
    time.sleep(0.001)
    seen.append(local.value == n)


threads = [threading.Thread(target=own, args=[n]) for n in range(20)]
[t.start() for t in threads], [t.join() for t in threads]
print("local", all(seen), hasattr(local, "value"))
timer = threading.Timer(10, print, ["never"])
timer.start()
timer.cancel()
timer.join()
deep = []
threading.stack_size(16 << 20)
sys.setrecursionlimit(20000)


def recurse(n):
    return n and recurse(n - 1)


thread = threading.Thread(target=lambda: deep.append(recurse(15000)))
thread.start()
thread.join()
threading.stack_size(0)
print("deep", deep)
hooked = []
threading.excepthook = lambda args: hooked.append(args.exc_type.__name__)
thread = threading.Thread(target=lambda: [][1])
thread.start()
thread.join()
print(hooked, threading.active_count())
spinning, stop = [0], False


def spin():
    while not stop:
        spinning[0] += 1


thread = threading.Thread(target=spin)
thread.start()
time.sleep(0.1)
stop = True
thread.join(10)
print("spun", spinning[0] > 0, thread.is_alive())
many = [threading.Thread(target=event.wait) for _ in range(100)]
event.clear()
[t.start() for t in many]
print("many", threading.active_count())
event.set()
[t.join() for t in many]
