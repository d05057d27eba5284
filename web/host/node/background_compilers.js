/** V8's compilers of JavaScript on threads of their own, which can keep a process from ending. */

/** `elfin` and launcher/suites.sh give the same to Node. */
const FLAGS = ['--no-concurrent-sparkplug', '--no-concurrent-recompilation'];

/**
 * Starts this process anew, the same otherwise, unless V8 compiles JavaScript in the thread that runs it already; V8 takes
 * that from the command line alone. For programs that end by process.exit(): it waits for V8's threads, and one that
 * compiles may be waiting itself, for a collection that only the main thread could do, and nothing ends any more.
 * (Node 26: one run of python3 in 100, three side by side. No work of ours takes longer for it. WebAssembly's
 * compilers don't use the heap, and stay where they are.)
 */
export function withoutBackgroundCompilers() {
  const missing = FLAGS.filter((flag) => !process.execArgv.includes(flag));
  if (missing.length === 0 || !process.execve) return;
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...missing, ...process.argv.slice(1)]);
}
