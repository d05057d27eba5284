#!/usr/bin/env python3
"""Runs a command and prints what it and its descendants used, as one line of JSON.

    measure.py INPUT OUTPUT COMMAND [ARGUMENT...]

INPUT becomes its standard input, OUTPUT gets its standard output. Keys: user, system, wall (seconds),
peak_kib (largest resident set of any one process), status (128 + signal when killed). Processor time
is that of the whole process tree, as the kernel adds it up when children are waited for.
"""
import json
import os
import sys
import time


def main():
    input_path, output_path, *command = sys.argv[1:]
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        os.dup2(os.open(input_path, os.O_RDONLY), 0)
        os.dup2(os.open(output_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666), 1)
        try:
            os.execvp(command[0], command)
        except OSError as error:
            print(f"{command[0]}: {error.strerror}", file=sys.stderr)
            os._exit(127)
    _, status, usage = os.wait4(child, 0)
    signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    print(json.dumps({
        "user": usage.ru_utime,
        "system": usage.ru_stime,
        "wall": time.monotonic() - started,
        "peak_kib": usage.ru_maxrss,
        "status": 128 + signal if signal else os.WEXITSTATUS(status),
    }))


main()
