"""tmux: windows, panes, copy mode, detaching and attaching, a resize; a client and a server."""
import re

from terminal_session import Session

tmux = Session(rows=24, columns=80)


def steady(line):
    """Not the status line, which has a clock."""
    return not line.startswith("[work] ")


def keys(text, wait, title, keep=steady):
    tmux.type(text)
    tmux.wait(wait)
    tmux.show(title, keep)


def prompts(count):
    """So many panes have a prompt with nothing behind it."""
    return lambda lines: sum(len(re.findall(r"(?:^|│)[#$](?= *(?:│|$))", line)) for line in lines) == count


tmux.wait(r"^\[work\] 0:sh\*")
tmux.wait(prompts(1))
keys("echo fi''rst\r", r"^first$", "first window")
keys("\x02c", lambda lines: any("1:sh*" in line for line in lines) and prompts(1)(lines), "second window")
keys("echo sec''ond\r", r"^second$", "second window")
keys("\x02%", prompts(2), "split")
keys("echo ri''ght\r", r"│right$", "right pane")
keys("\x02\"", prompts(3), "split again")
keys("seq 5\r", r"│5$", "third pane")
keys("\x02oecho ne''xt\r", r"^next ", "next pane")
keys("\x02z", lambda lines: any("Z" in line for line in lines) and prompts(1)(lines), "zoomed")
keys("\x02z", prompts(3), "not zoomed")
keys("\x02x", r"kill-pane", "kill-pane?")
keys("y", prompts(2), "killed")
keys("\x020", r"^first$", "window 0")
keys("seq 100; echo m''any\r", r"^many$", "many lines")
tmux.type("\x02[")
tmux.wait(r"\[0/\d+\]$")
keys("\x1b<", r"^# echo fi''rst", "copy mode", lambda line: steady(line) and "/" not in line)
keys("q", r"^many$", "copy mode ended")
keys("\x02,", r"rename-window", "rename", lambda line: steady(line) and "(rename" not in line)
keys("\x15renamed\r", r"0:renamed\*", "renamed")
tmux.type("\x02:")
tmux.wait(r"^:$")
keys("display-message -d 3000 'shown #{window_panes}'\r", r"shown 1", "message")
tmux.wait(r"^\[work\] 0:renamed")
keys("\x02n", prompts(2), "window 1")
tmux.resize(18, 60)
tmux.wait(lambda lines: lines[17].startswith("[work]"))
tmux.show("resized", steady)
keys("exit\r", prompts(1), "pane ended")
tmux.type("\x02d")
tmux.wait(r"again:")
tmux.show("detached", lambda line: "again" in line or "detached" in line)
keys("\r", r"^\[work\]", "attached")
tmux.type("\x02:")
tmux.wait(r"^:$")
keys("kill-server\r", r"exited", "server killed", lambda line: "exited" in line)
tmux.finish()
