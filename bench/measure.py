#!/usr/bin/env python3
"""Runs a command and prints what it and its descendants used, as one line of JSON.

    measure.py LIMIT INPUT OUTPUT COMMAND [ARGUMENT...]

INPUT becomes its standard input, OUTPUT gets its standard output. After LIMIT seconds of wall time it is
killed with its process group. Keys: user, system, wall (seconds), peak_kib (largest resident set of any
one process), status (128 + signal when killed), timed_out. Processor time is that of the whole process
tree, as the kernel adds it up when children are waited for.
"""
import json
import os
import signal
import sys
import time


def main():
    limit, input_path, output_path, *command = sys.argv[1:]
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        os.dup2(os.open(input_path, os.O_RDONLY), 0)
        os.dup2(os.open(output_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666), 1)
        try:
            os.execvp(command[0], command)
        except OSError as error:
            print(f"{command[0]}: {error.strerror}", file=sys.stderr)
            os._exit(127)
    timed_out = False

    def kill_group(*_):
        nonlocal timed_out
        timed_out = True
        os.killpg(child, signal.SIGKILL)

    def interrupted(number, _):
        os.killpg(child, number)
        sys.exit(128 + number)

    signal.signal(signal.SIGALRM, kill_group)
    signal.signal(signal.SIGINT, interrupted)
    signal.signal(signal.SIGTERM, interrupted)
    signal.setitimer(signal.ITIMER_REAL, float(limit))
    _, status, usage = os.wait4(child, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    by_signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    print(json.dumps({
        "user": usage.ru_utime,
        "system": usage.ru_stime,
        "wall": time.monotonic() - started,
        "peak_kib": usage.ru_maxrss,
        "status": 128 + by_signal if by_signal else os.WEXITSTATUS(status),
        "timed_out": timed_out,
    }))


main()
