"""vim: modes, motions, undo, search and replace, windows, visual blocks, macros, shell, writing."""
from terminal_session import Session

open("text.c", "w").writelines(f"int value{n} = {n * n};\n" for n in range(1, 41))
vim = Session(rows=20, columns=72)


def keys(text, wait, title, keep=lambda line: True):
    vim.type(text)
    vim.wait(wait)
    vim.show(title, keep)


vim.wait(r"int value1 ")
vim.show("open", keep=lambda line: "text.c" not in line)  # its message may be gone already
keys("ggOnew line\x1b", r"^new line", "O")
keys("Gofrom below\x1b", r"^from below", "G, o")
keys("ggdd", r"^int value1 ", "dd")
# What is undone is told with its time.
keys("u", r"^new line", "u", lambda line: "line" not in line or line == "new line")
keys("\x12", r"^int value1 ", "^R", lambda line: "less" not in line)
keys(":%s/value/number/g\r", r"substitutions", ":s")
keys("/number30\r", r"^int number30 ", "/")
keys("cwlong\x1b", r"^int long ", "cw")
keys("5Gvjjd", r"^nt number7 = 49;", "visual")
keys("ggqaA // end\x1bjq5@a", r"number\d+ = \d+; // end", "macro")
keys("gg\x16jjIxx \x1b", r"^xx int number1 ", "visual block")
keys(":split\r", r"text\.c \[\+\].*", ":split")
keys("\x17jG", r"from below", "^W j")
keys(":only\r:set number\r", r"^ *\d+ ", ":set number")
keys(":syntax on\r:set hlsearch\r", r"^:set hlsearch", ":syntax on")
keys(":r !echo from a shell\r", r"from a shell$", ":r !")
keys("yyp3p:reg\r", r"Type Name Content|Press ENTER", ":reg")
keys("\r", r"from a shell$", "after :reg")
keys(":w\r", r"written", ":w")
keys(":!wc -l text.c\r", r"Press ENTER", ":!")
keys("\r:help\r", r"help\.txt", ":help")
keys(":q\rG", r"from a shell$|from below$", "help closed")
keys("isome te\x0e", r"-- Keyword", "^N")
keys("\x1bu", r"from a shell$|from below$", "undone", lambda line: "ago" not in line)
vim.resize(12, 60)
keys("\x0c", r"from a shell$|from below$", "resized")
vim.type(":wq\r")
vim.finish()
print(open("text.c").read())
