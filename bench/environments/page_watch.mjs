// What runs in the page before its own scripts: notes when things are seen. Times are milliseconds since the page's
// navigation began.

// Makes window.watch: {prompt: when a shell's prompt was first there; terminal(): the xterm.js in front;
// sees(text): a promise of when a line that is just `text` is there; pressed(): a promise of when the next key is; echoes: how
// long each key that is pressed takes until it is drawn, once watchKeys() has been called; longestTask(): of the page's own
// thread since the last question, 0 if each took less than 50 ms: browsers tell of no others}
export function watchScreen() {
  const tasks = [];
  const take = (entries) => tasks.push(...entries.map(({duration}) => duration));
  const observer = new PerformanceObserver((list) => take(list.getEntries()));
  observer.observe({type: 'longtask'});
  const watch = {
    prompt: undefined,
    echoes: [],
    terminal: () => window.elfin?.tabs.current.view.xterm ?? window.alone,
    lines() {
      const {active} = watch.terminal().buffer;
      return Array.from({length: active.length}, (_, row) => active.getLine(row).translateToString().trimEnd());
    },
    sees(text) {
      return new Promise((resolve) => {
        const xterm = watch.terminal();
        const isThere = () => {
          const {active} = xterm.buffer;
          for (let row = active.length - 1; row >= Math.max(0, active.length - 2 * xterm.rows); row--) {
            if (active.getLine(row).translateToString().trimEnd() === text) return true;
          }
          return false;
        };
        const listener = xterm.onWriteParsed(() => {
          if (!isThere()) return;
          listener.dispose();
          resolve(performance.now());
        });
      });
    },
    pressed: () => new Promise((resolve) => addEventListener('keydown', ({timeStamp}) => resolve(timeStamp), {capture: true, once: true})),
    longestTask() {
      take(observer.takeRecords());
      return Math.max(0, ...tasks.splice(0));
    },
    watchKeys() {
      const xterm = watch.terminal();
      let pressed;
      let column;
      addEventListener('keydown', (event) => {
        pressed = event.timeStamp;
        column = xterm.buffer.active.cursorX;
      }, {capture: true});
      xterm.onRender(() => {
        if (pressed === undefined || xterm.buffer.active.cursorX <= column) return;
        watch.echoes.push(performance.now() - pressed);
        pressed = undefined;
      });
    },
  };
  window.watch = watch;
  const look = () => {
    if (watch.terminal() && /[#$]$/.test(watch.lines().filter(Boolean).at(-1) ?? '')) watch.prompt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
