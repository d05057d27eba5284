"""asyncio: tasks, locks, queues, streams, subprocesses, signals, threads, timeouts."""
import asyncio, os, signal, socket, ssl, sys, time


async def worker(name, queue, done):
    while True:
        item = await queue.get()
        await asyncio.sleep(0.001 * (item % 3))
        done.append(item)
        queue.task_done()


async def shout(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def talk(opened, name, lines):
    reader, writer = await opened
    heard = 0
    for n in range(lines):
        writer.write(f"{name} {n}\n".encode())
        heard += (await reader.readline()) == f"{name} {n}\n".upper().encode()
    writer.close()
    await writer.wait_closed()
    return heard


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.transport.sendto(data[::-1], address)


class Once(asyncio.DatagramProtocol):
    def __init__(self):
        self.got = asyncio.get_running_loop().create_future()

    def datagram_received(self, data, address):
        self.got.set_result(data)


async def main():
    loop = asyncio.get_running_loop()
    queue, done = asyncio.Queue(), []
    workers = [asyncio.create_task(worker(n, queue, done)) for n in range(5)]
    [queue.put_nowait(n) for n in range(100)]
    await queue.join()
    [w.cancel() for w in workers]
    print(sum(done), [type(r).__name__ for r in await asyncio.gather(*workers, return_exceptions=True)])
    server = await asyncio.start_server(shout, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print("tcp", await asyncio.gather(*(talk(asyncio.open_connection("127.0.0.1", port), n, 20) for n in range(20))))
    server.close()
    server = await asyncio.start_unix_server(shout, "socket")
    print("unix", await asyncio.gather(*(talk(asyncio.open_unix_connection("socket"), n, 5) for n in range(5))))
    server.close()
    transport, _ = await loop.create_datagram_endpoint(Echo, ("127.0.0.1", 0))
    client, protocol = await loop.create_datagram_endpoint(Once, remote_addr=transport.get_extra_info("sockname"))
    client.sendto(b"datagram")
    print("udp", await protocol.got)
    client.close(), transport.close()
    process = await asyncio.create_subprocess_exec("tr", "a-z", "A-Z", stdin=-1, stdout=-1)
    print((await process.communicate(b"subprocess\n" * 3))[0], process.returncode)
    shells = [await asyncio.create_subprocess_shell(f"sleep 0.0{n}; exit {n}") for n in range(6)]
    print(await asyncio.gather(*(s.wait() for s in shells)))
    process = await asyncio.create_subprocess_exec("sleep", "100")
    process.terminate()
    print(await process.wait())
    got = asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, got.set)
    os.kill(os.getpid(), signal.SIGUSR1)
    print("signal", await asyncio.wait_for(got.wait(), 10))
    try:
        async with asyncio.timeout(0.02):
            await asyncio.sleep(100)
    except TimeoutError:
        print("timeout")
    print("threads", await asyncio.gather(*(asyncio.to_thread(lambda n: (time.sleep(0.01), n * n)[1], n) for n in range(10))))
    lock, order = asyncio.Lock(), []

    async def locked(n):
        async with lock:
            order.append(n)
            await asyncio.sleep(0)
            order.append(n)

    async with asyncio.TaskGroup() as group:
        [group.create_task(locked(n)) for n in range(5)]
    print(order)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(100))
            group.create_task(asyncio.wait_for(asyncio.sleep(1), 0.001))
    except* TimeoutError as errors:
        print(errors.exceptions)
    reader, writer = os.pipe()
    seen = loop.create_future()
    loop.add_reader(reader, lambda: seen.set_result(os.read(reader, 10)))
    loop.call_later(0.01, os.write, writer, b"late")
    print(await seen)
    print((await loop.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM))[0][4])


asyncio.run(main())
