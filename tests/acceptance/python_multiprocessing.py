"""multiprocessing: every way of starting, every object that processes share."""
import multiprocessing as mp, multiprocessing.shared_memory as shm, os, signal, sys, time
from concurrent.futures import ProcessPoolExecutor


def square(n):
    return n * n


def fail(n):
    raise ValueError(n)


def put_squares(queue, numbers):
    for n in numbers:
        queue.put(n * n)


def add(value, lock, times):
    for _ in range(times):
        with lock:
            value.value += 1


def wait_and_say(event, queue, n):
    event.wait()
    queue.put(n)


def meet(barrier, queue):
    barrier.wait()
    queue.put("met")


def consume(condition, shared, queue):
    with condition:
        condition.wait_for(lambda: shared.value > 0)
        queue.put(shared.value)


def echo(connection):
    while (message := connection.recv()) is not None:
        connection.send(message[::-1])


def fill(manager_list, manager_dict, n):
    manager_list.append(n)
    manager_dict[n] = str(n)


def write_shared(name, n):
    memory = shm.SharedMemory(name)
    memory.buf[n] = n + 1
    memory.close()


def together(processes):
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]


def main():
    for method in ("fork", "spawn", "forkserver"):
        context = mp.get_context(method)
        queue = context.Queue()
        processes = [context.Process(target=put_squares, args=[queue, range(n, 100, 4)]) for n in range(4)]
        [p.start() for p in processes]
        total = sum(queue.get() for _ in range(100))
        print(method, total, [p.join() or p.exitcode for p in processes])
    value, lock = mp.Value("i", 0), mp.Lock()
    print(together([mp.Process(target=add, args=[value, lock, 300]) for _ in range(4)]), value.value)
    event, queue = mp.Event(), mp.SimpleQueue()
    waiting = [mp.Process(target=wait_and_say, args=[event, queue, n]) for n in range(3)]
    [p.start() for p in waiting]
    time.sleep(0.05)
    event.set()
    print("event", sorted(queue.get() for _ in range(3)), [p.join() or p.exitcode for p in waiting], mp.Event().wait(0.02))
    barrier, queue = mp.Barrier(4), mp.Queue()
    print("barrier", together([mp.Process(target=meet, args=[barrier, queue]) for _ in range(4)]), [queue.get() for _ in range(4)])
    condition, shared = mp.Condition(), mp.Value("i", 0)
    waiting = [mp.Process(target=consume, args=[condition, shared, queue]) for _ in range(3)]
    [p.start() for p in waiting]
    with condition:
        shared.value = 42
        condition.notify_all()
    print("condition", [queue.get() for _ in range(3)], [p.join() or p.exitcode for p in waiting])
    ours, theirs = mp.Pipe()
    process = mp.Process(target=echo, args=[theirs])
    process.start()
    for text in ("abc", "x" * 200000, [1, 2]):
        ours.send(text)
        print("pipe", ours.recv()[:5])
    ours.send(None)
    process.join()
    with mp.Pool(4) as pool:
        print("pool", pool.map(square, range(20)), pool.apply(square, [7]), sorted(pool.imap_unordered(square, range(5))))
        try:
            pool.map(fail, [1])
        except ValueError as error:
            print("raised", error)
        print(pool.starmap(pow, [(2, 3), (3, 2)]), pool.apply_async(square, [9]).get(30))
    with mp.Manager() as manager:
        shared_list, shared_dict, namespace = manager.list(), manager.dict(), manager.Namespace()
        namespace.x = 5
        together([mp.Process(target=fill, args=[shared_list, shared_dict, n]) for n in range(4)])
        print("manager", sorted(shared_list), sorted(shared_dict.items()), namespace.x, manager.Queue().empty())
    memory = shm.SharedMemory(create=True, size=4096)
    together([mp.Process(target=write_shared, args=[memory.name, n]) for n in range(4)])
    print("memory", bytes(memory.buf[:6]))
    memory.close()
    memory.unlink()
    array = mp.Array("d", range(5))
    with array.get_lock():
        array[2] = 0.5
    print(array[:], mp.RawArray("i", 3)[:])
    process = mp.Process(target=time.sleep, args=[100])
    process.start()
    process.terminate()
    process.join()
    print("terminated", process.exitcode)
    process = mp.Process(target=sys.exit, args=[7])
    print(together([process]))
    with ProcessPoolExecutor(2) as executor:
        print("executor", list(executor.map(square, range(8))), executor.submit(os.getppid).result() == os.getpid())
    semaphore = mp.BoundedSemaphore(2)
    print(semaphore.acquire(), semaphore.acquire(), semaphore.acquire(timeout=0.02), semaphore.get_value())
    print(len(mp.active_children()))


if __name__ == "__main__":
    main()
