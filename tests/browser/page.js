/**
 * The page of the tests: shows the guest's output, sends key presses to it, and watches its own timer.
 * The test drives `window.elfin`.
 */
const TICK_MS = 10;

/** The ticks of a timer of the page's, and the longest time between two. */
class TickWatch {
  count = 0;
  longestGap = 0;
  #last = performance.now();
  #timer = setInterval(() => this.#tick(), TICK_MS);

  #tick() {
    this.count++;
    this.#measure();
  }

  #measure() {
    const now = performance.now();
    this.longestGap = Math.max(this.longestGap, now - this.#last);
    this.#last = now;
  }

  stop() {
    clearInterval(this.#timer);
    this.#measure(); // a timer that never ticked has one long gap
    return { ticks: this.count, longestGap: this.longestGap };
  }
}

const shown = document.getElementById('output');
const decoder = new TextDecoder();
const reports = [];
let worker;
/** Of the guest that runs: output so far, and what waits for more of it. */
let output = '';
let waiting;
let started;
let ended;

const handlers = {
  ready: ({ milliseconds }) => ready.resolve(milliseconds),
  started: () => started.resolve(),
  output: ({ bytes }) => {
    output += decoder.decode(bytes, { stream: true });
    shown.textContent = output;
    waiting?.();
  },
  ended: (end) => ended.resolve(end),
  report: ({ message }) => reports.push(message),
  failed: ({ message }) => {
    for (const promise of [ready, started, ended]) promise?.reject(new Error(message));
  },
};
const ready = Promise.withResolvers();

/** Resolves when the output from `from` on contains `text`. */
function outputHas(text, from = 0) {
  return new Promise((resolve) => {
    waiting = () => {
      if (output.indexOf(text, from) === -1) return;
      waiting = undefined;
      resolve();
    };
    waiting();
  });
}

/** The next key press: milliseconds until the guest has echoed it to this page. */
function nextEcho() {
  return new Promise((resolve) => {
    addEventListener('keydown', async (event) => {
      const from = output.length;
      worker.postMessage({ type: 'input', text: event.key });
      await outputHas(event.key, from);
      resolve(performance.now() - event.timeStamp);
    }, { once: true });
  });
}

window.elfin = {
  /** Starts the worker and in it a machine; milliseconds that it took. */
  start(options) {
    worker = new Worker('machine_worker.js', { type: 'module' });
    worker.onmessage = ({ data }) => handlers[data.type](data);
    worker.onerror = ({ message }) => handlers.failed({ message: message ?? 'the worker can not be loaded' });
    worker.postMessage({ type: 'create', ...options });
    return ready.promise;
  },

  /** Starts a program; its end is `finish`'s. */
  launch(program) {
    output = '';
    started = Promise.withResolvers();
    ended = Promise.withResolvers();
    ended.promise.catch(() => {}); // whoever waits hears of it
    this.watch = new TickWatch();
    worker.postMessage({ type: 'run', ...program });
    return started.promise;
  },

  /** What became of the program, its output, and how this page's timer went meanwhile. */
  async finish() {
    const end = await ended.promise;
    return { ...end, ...this.watch.stop(), output, reports };
  },

  outputHas,

  /** The guest's input ends. */
  end() {
    worker.postMessage({ type: 'end' });
  },

  /** Gets ready for a key press, which the test then makes; `echoed` tells how long it took. */
  expectKey() {
    this.echo = nextEcho();
  },
  echoed() {
    return this.echo;
  },
};
