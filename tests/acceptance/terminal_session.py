"""A program on a pseudoterminal: keys in, screen out. The command is this process's own arguments."""
import fcntl, os, pty, re, select, signal, struct, sys, termios, time

import pyte

# For whatever is waited for: longer than any step takes in Elfin on a busy machine.
PATIENCE_SECONDS = float(os.environ.get("PATIENCE_SECONDS", 60))
# A screen that has what was waited for is complete when nothing more comes for so long.
QUIET_SECONDS = 0.2


class Session:
    def __init__(self, rows=24, columns=80, term="xterm"):
        self.screen = pyte.Screen(columns, rows)
        # Programs ask the terminal what it is, and wait for the answer.
        self.screen.write_process_input = lambda text: os.write(self.master, text.encode())
        self.stream = pyte.ByteStream(self.screen)
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = term
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvp(sys.argv[1], sys.argv[1:])
        self.ended = False
        self.answered = True

    def read(self, seconds):
        """What has come within so many seconds goes to the screen. Returns whether something has."""
        if self.ended or not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            chunk = os.read(self.master, 65536)
        except OSError:  # EIO: nobody has the other end any more
            chunk = b""
        self.ended = not chunk
        self.answered = True
        # pyte stops at the private mode settings that xterm calls modifyOtherKeys.
        self.stream.feed(re.sub(rb"\x1b\[[>?][0-9;]*[mpc]", b"", chunk))
        return True

    def type(self, keys):
        self.answered = False
        keys = keys.encode()
        while keys:
            keys = keys[os.write(self.master, keys):]
            self.read(0)

    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def wait(self, what):
        """Until keys have been answered and a line of the screen matches the pattern, or the function of the lines is
        true. What the screen showed before the keys were typed should not do."""
        holds = what if callable(what) else lambda lines: any(re.search(what, line) for line in lines)
        end = time.monotonic() + PATIENCE_SECONDS
        while not (self.answered and holds(self.lines())):
            if self.ended or time.monotonic() > end:
                self.show(f"never came: {what}")
                os.kill(self.pid, signal.SIGKILL)
                sys.exit(1)
            self.read(0.1)
        while self.read(QUIET_SECONDS):
            pass

    def show(self, title, keep=lambda line: True, rewrite=lambda line: line):
        """Prints the lines to keep, without what differs from run to run."""
        print(f"== {title}")
        for line in self.lines():
            if line and keep(line):
                print(rewrite(line))
        sys.stdout.flush()

    def resize(self, rows, columns):
        self.screen.resize(rows, columns)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def finish(self):
        """The program's end, and its status."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.ended and time.monotonic() < end:
            self.read(0.1)
        if not self.ended:
            os.kill(self.pid, signal.SIGKILL)
        print("status", os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]))
