"""less: paging, searching, ends, follow, help, resizing."""
from terminal_session import Session

open("text", "w").writelines(f"line {n} {'even' if n % 2 == 0 else 'odd'} {'x' * (n % 90)}\n" for n in range(1, 501))
less = Session(rows=16, columns=70)


def key(keys, wait, title):
    less.type(keys)
    less.wait(wait)
    less.show(title)


less.wait(r"^text")
less.show("first")
key(" ", r"^line 1[5-9] ", "space")
key("G", r"\(END\)", "G")
key("g", r"^line 1 ", "g")
key("/line 250\r", r"^line 250 ", "search")
key("?line 99 \r", r"^line 99 ", "back")
key("/even\r", r"^line 100 ", "even")
key("nn", r"^line 104 ", "n")
key("50%", r"^line 25[0-9] ", "50%")
key("-N\r", r"^ +2\d\d line", "-N")
key("-S\r", r">$", "-S")
key("\x1b[C", r"x", "right")
key("1g=", r"lines \d+-\d+", "=")
key("&odd\r", r"^ +3 line 3 odd|^\s*ine|& ", "&")
key("&\r\x1b[D", r"^ +2 line 2 even", "& off")
key("ma100g'a", r"^ +1 line 1 ", "mark")
less.resize(10, 50)
key("r", r"^ +1 line 1 ", "resized")
key("h", r"SUMMARY OF LESS", "help")
key("q", r"^ +1 line 1 ", "back from help")
key("!echo from a shell\r", r"from a shell", "!")
key("\r", r"^ +1 line 1 ", "after !")
less.type("q")
less.finish()
