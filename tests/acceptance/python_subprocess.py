"""subprocess, os and signal: pipes, statuses, sessions, timeouts, inherited descriptors."""
import os, pty, select, shutil, signal, subprocess, sys, tempfile, time

run = subprocess.run
print(run(["sort", "-n"], input="10\n9\n2\n", text=True, capture_output=True).stdout)
print(run("echo out; echo err >&2; exit 3", shell=True, capture_output=True))
big = os.urandom(1 << 20)
print(run(["cat"], input=big, capture_output=True).stdout == big)
first = subprocess.Popen(["seq", "20000"], stdout=subprocess.PIPE)
second = subprocess.Popen(["grep", "-c", "7"], stdin=first.stdout, stdout=subprocess.PIPE)
first.stdout.close()
print(second.communicate(), first.wait())
try:
    run(["sleep", "100"], timeout=0.2)
except subprocess.TimeoutExpired as error:
    print("timeout", error.cmd)
for bad in (["no-such-program"], ["/etc/passwd"], ["/"]):
    try:
        run(bad)
    except OSError as error:
        print(type(error).__name__, error.errno)
try:
    run(["true"], cwd="/nowhere")
except OSError as error:
    print(type(error).__name__, error.filename)
try:
    run(["false"], check=True)
except subprocess.CalledProcessError as error:
    print(error)
for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGUSR1, signal.SIGSEGV):
    child = subprocess.Popen(["sleep", "100"])
    child.send_signal(number)
    print(number.name, child.wait())
child = subprocess.Popen(["sh", "-c", "kill -STOP $$; exit 5"])
print(os.WIFSTOPPED(os.waitpid(child.pid, os.WUNTRACED)[1]))
child.send_signal(signal.SIGCONT)
print(child.wait())
reader, writer = os.pipe()
child = subprocess.Popen(["sh", "-c", f"echo through a descriptor >&{writer}"], pass_fds=[writer])
os.close(writer)
print(os.read(reader, 100), child.wait())
print(run(["sh", "-c", "ls /proc/self/fd | wc -l"], capture_output=True).stdout)
print(run([sys.executable, "-c", "import os; print(os.getsid(0) == os.getpid(), os.environ['X'])"],
          start_new_session=True, env={"X": "y"}, capture_output=True))
print(run(["sh", "-c", "ulimit -n; umask; pwd"], preexec_fn=lambda: os.umask(0o77), cwd="/usr", capture_output=True, text=True).stdout.split()[1:])
children = [subprocess.Popen(["sh", "-c", f"sleep 0.0{n}; exit {n}"]) for n in range(10)]
print([child.wait() for child in children])
print(os.posix_spawn("/bin/true", ["true"], {}) == os.wait()[0])
pid, master = pty.fork()
if pid == 0:
    os.execlp("sh", "sh", "-c", "test -t 0 && stty size && read line && echo got $line")
os.write(master, b"typed\n")
shown = b""
try:
    while chunk := os.read(master, 1000):
        shown += chunk
except OSError as error:
    print(error.errno)
print(sorted(shown.split()), os.waitpid(pid, 0)[1])
signal.signal(signal.SIGALRM, lambda *_: print("alarm"))
signal.setitimer(signal.ITIMER_REAL, 0.05)
signal.pause()
print(signal.sigtimedwait([signal.SIGUSR2], 0.05))
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
os.kill(os.getpid(), signal.SIGUSR2)
print(signal.sigwaitinfo([signal.SIGUSR2]).si_signo, signal.sigpending())
with tempfile.TemporaryDirectory() as folder:
    for n in range(50):
        with open(f"{folder}/{n}", "wb") as file:
            file.write(b"x" * n)
    shutil.copytree(folder, folder + "/copy")
    print(sum(entry.stat().st_size for entry in os.scandir(folder + "/copy")), shutil.make_archive("all", "zip", folder)[-7:])
    print(len(os.listdir(folder)), shutil.disk_usage(folder).total > 0)
