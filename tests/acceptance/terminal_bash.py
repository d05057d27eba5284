"""bash -i: prompt, editing, history, completion, jobs, and what else a person types."""
import os
import re

from terminal_session import Session

for name in ("alpha.txt", "alphabet.txt", "beta file.txt"):
    open(name, "w").write(f"{name}\n" * 3)
os.mkdir("folder")
shell = Session(rows=30, columns=80)
number = 0


def prompt():
    global number
    number += 1
    shell.wait(lambda lines: [line for line in lines if line] and [line for line in lines if line][-1] == f"{number}:")


def without_numbers(line):
    return re.sub(r"^\[(\d)\] \d+$", r"[\1] PID", line)


def command(keys, title=None):
    shell.type("\x0c" + keys + "\r")
    prompt()
    shell.show(title or keys, keep=lambda line: "Terminated" not in line, rewrite=without_numbers)


shell.wait(r"\$$|#$")
shell.type(r"PS1='\#: '; bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; HISTFILE=; history -c" + "\r")
number = 1
prompt()
command("echo hello")
command("ehco typo\x01\x1b[C\x0b\x01\x0becho edited", "^A ^K")
command("echo one two three\x1b[D\x17\x7fX", "left, ^W, backspace")
command("echo a b c\x1bb\x1bb\x1bd\x1b[F end", "M-b, M-d, End")
command("nonsense\x15echo xkilled\x01" + 5 * "\x1b[C" + "\x1b[3~\x1b[H\x05", "^U, delete")
command("echo swap\x14\x1bu", "^T, M-u")
command("\x1b[A\x1b[A again", "up, up")
command("\x12ello\x05 found", "^R")
command("!ec:0 word", "! of history")
command("^word^other", "^ of history")
command("fc -l -3 | cut -f 2", "fc")
command("cat al\t\t\tbet.\t", "Tab: files")
command("cat be\t", "Tab: quotes a blank")
command("cd fol\t; pwd | grep -o folder; cd ..", "Tab: folder")
command("mapf\t -t lines < alpha.txt; echo ${#lin\t[@]}", "Tab: builtin, variable")
shell.type("\x0ccat al\t")
shell.type("\t\t")
shell.wait(r"alpha\.txt +alphabet\.txt")
shell.show("Tab Tab")
shell.type("\x15\x15")
command("seq 1000 | grep 7 | wc -l | tr -d ' '")
command("cat <<END | tr a-z A-Z\rhere $((6 * 7))\rEND", "here-document")
command("for i in 1 2 3\rdo\r  echo $i\rdone", "continued")
command("diff <(seq 3) <(seq 2 4)")
command("TIMEFORMAT='done in %0R'; time sleep 0.01")
command("ulimit -n 77; ulimit -n; ulimit -c; (ulimit -v 100000; ulimit -v)")
command("trap 'echo caught' INT; kill -INT $$; trap - INT")
command("sleep 0.2 & wait; echo waited", "background")
shell.type("\x0c(echo run''ning; exec sleep 1000)\r")
shell.wait("^running")
shell.type("\x03")
prompt()
command("echo $?", "^C")
shell.type("\x0cfirst half \x03")
number -= 1  # a line that was given up doesn't count
prompt()
shell.show("^C while typing")
shell.type("\x0csh -c 'echo run''ning; exec sleep 1000'\r")
shell.wait("^running")
shell.type("\x1a")
prompt()
shell.show("^Z")
command("jobs")
command("bg; jobs")
shell.type("\x0cfg\r")
shell.wait(lambda lines: any(line.startswith("sh -c") for line in lines))
shell.type("\x1a")
prompt()
command("kill %1; while [[ $(jobs -s) ]]; do sleep 0.01; done; wait; echo none", "kill")
shell.type("\x0ccat\r")
shell.wait("cat$")
shell.type("typd\x7fed\r")
shell.wait(lambda lines: lines.count("typed") == 2)
shell.type("\x04")
prompt()
shell.show("^D", keep=lambda line: "Terminated" not in line)
shell.type("\x0csh -c 'echo run''ning; exec sleep 1000'\r")
shell.wait("^running")
shell.type("\x1c")
prompt()
shell.show("^\\", keep=lambda line: "core" not in line)
command("stty size; stty -a | grep -o 'intr = ^C'; tty >/dev/null && echo tty")
shell.resize(20, 60)
command("stty size; echo $COLUMNS", "another size")
shell.type("\x0cread -p 'name? ' name\r")
shell.wait(r"^name\?$")
shell.type("some one\r")
prompt()
command("echo $name")
command("set -o vi; echo x")
shell.type("echo abc def\x1bbcwxyz\x1b0wiq\x1b\r")
prompt()
shell.show("vi's keys", keep=lambda line: "x" in line)
shell.type("exit 3\r")
shell.finish()
