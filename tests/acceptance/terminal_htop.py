"""htop: its screen, a filter, the tree, setup, a signal to a process."""
import re

from terminal_session import Session

htop = Session(rows=24, columns=100)


def keys(text, wait, title, keep):
    htop.type(text)
    htop.wait(wait)
    htop.show(title, keep)


def frame(line):
    return re.search(r"F1Help|PID\D*USER", line)


htop.wait(r"F1Help.*F10Quit")
htop.wait(r"PID.*USER.*Command")
htop.show("screen", frame)
keys("\\", r"Filter:", "filter", lambda line: "Filter" in line)
keys("htop\r", r"F1Help", "filtered", lambda line: frame(line) and "PID" in line)
htop.wait(r"\d htop|/htop")
keys("t", r"F5List", "tree", lambda line: "F5List" in line)
keys("t", r"F5Tree", "list", lambda line: "F5Tree" in line)
keys("h", r"htop \d+\.\d+\.\d+", "help", lambda line: re.search(r"Released|Arrows|incremental", line))
keys("q", r"F1Help", "closed", frame)
keys("S", r"Setup|Categories", "setup", lambda line: re.search(r"Categor|Display options", line))
keys("\x1b", r"F1Help", "closed", frame)
htop.resize(16, 80)
htop.wait(lambda lines: "F1Help" in lines[15])
htop.show("resized", frame)
htop.type("q")
htop.finish()
