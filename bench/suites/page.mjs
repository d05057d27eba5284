// The page: how soon it is there and how quickly it answers, beside a page with xterm.js alone. Only with --browser.
import {spread} from '../figures.mjs';

const prompt = '~ #'; // of root at home, as the test image's profile has it
const keys = 60;
const keyPauseMs = 40;
const mebi = 1 << 20;
const printMs = 5000; // how long a guest prints before it is stopped
const pasteLine = 'All work and no play makes Jack a dull boy.\n';
const askedAbove = 1e6; // bytes of a paste

// What the project asks of a row, by its name: a ratio, seconds, seconds of the 95th percentile, milliseconds of the
// longest task of the page's thread.
const bars = {
  'first-paint': {ratio: 1.2},
  'prompt-cold': {ratio: 8},
  'prompt-warm': {ratio: 4},
  echo: {wall: 0.02, percentile95: 0.05},
  'echo-isolated': {wall: 0.02, percentile95: 0.05},
  flood: {ratio: 2},
  interrupt: {wall: 0.3, longestTask: 100},
  paste: {longestTask: 100},
};

export const page = {
  name: 'page',
  title: 'the page, beside one with xterm.js alone (here “native”), wall time',
  where: 'page',
  rows({quick, browser}) {
    const unsupported = browser ? undefined : 'only with --browser';
    const turns = 10;
    const bytes = quick ? mebi : 10 * mebi;
    const pasted = quick ? 1 : 20;
    const row = (name, title, profile, act) => ({name, title, unit: 'wall', unsupported, turns, profile, act});
    return [
      row('first-paint', 'first paint, first visit', 'new', firstPaint),
      row('prompt-cold', 'prompt, first visit', 'new', firstPrompt),
      row('prompt-warm', 'prompt, later visit', 'kept', firstPrompt),
      row('echo', 'key to echo, another process at full speed', 'new', echo),
      row('echo-isolated', 'the same on an isolated page', 'kept', isolatedEcho),
      row('flood', `${bytes / mebi} MiB shown by cat`, 'new', (driver, options) => flood(driver, {...options, bytes})),
      row('interrupt', 'Ctrl-C to prompt, a guest printing without end; beside a key\'s echo', 'new', interrupt),
      {...row('paste', `${pasted} MB pasted into cat; beside showing them`, 'new', (driver, options) =>
        paste(driver, {...options, bytes: pasted * 1e6})), turns: 3},
    ];
  },
  columns: ['bar', 'requests', 'bytes', '95th percentile', 'longest task'],
  cells: ({ratio, samples, extra}, {name}) => [
    barCell(bars[name], {ratio: ratio?.median, wall: samples && spread(samples.wall).median, ...extra}),
    `${extra?.requests ?? ''}`, extra ? `${(extra.bytes / 1e6).toFixed(2)} MB` : '',
    extra?.percentile95 ? `${(1000 * extra.percentile95).toFixed(0)} ms` : '',
    extra?.longestTask === undefined ? '' : `${extra.longestTask < 50 ? 'below 50' : extra.longestTask.toFixed(0)} ms`,
  ],
};

// What is asked, and whether the figures miss it.
function barCell(bar, figures) {
  const ms = (seconds) => `${(1000 * seconds).toFixed(0)} ms`;
  const texts = {
    ratio: (most) => `${most} ×`, wall: ms, percentile95: (most) => `95 % ${ms(most)}`, longestTask: (most) => `tasks ${most} ms`,
  };
  const asked = Object.entries(bar).map(([what, most]) => texts[what](most)).join(', ');
  return Object.entries(bar).some(([what, most]) => figures[what] > most) ? `${asked}: missed` : asked;
}

// Acts: `driver` is a PageDriver (tests/page) whose page has window.watch (environments/page_watch.mjs) and shows a
// prompt. → {wall: seconds, output: what must be the same on both sides, extra}

async function firstPaint(driver) {
  // The browser may tell of it later than text is there.
  await driver.becomes(() => performance.getEntriesByName('first-contentful-paint').length > 0);
  const paint = await driver.page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime);
  return {wall: paint / 1000, output: ''};
}

async function firstPrompt({page: tab}) {
  const [when, lines] = await tab.evaluate(() => [window.watch.prompt, window.watch.lines().filter(Boolean)]);
  return {wall: when / 1000, output: lines.at(-1)};
}

async function echo(driver, {isAlone}) {
  const {page: tab} = driver;
  if (!isAlone) {
    await driver.type('(while :; do :; done) &\n');
    await driver.until((lines) => lines.some((line) => /^\[1\] \d+$/.test(line)) && lines.at(-1) === prompt, 'a busy process');
  }
  await tab.evaluate(() => window.watch.watchKeys());
  for (let i = 0; i < keys; i++) {
    await tab.keyboard.press('x');
    await tab.waitForTimeout(keyPauseMs);
  }
  await driver.becomes((typed) => window.watch.lines().filter(Boolean).at(-1) === typed, `${prompt} ${'x'.repeat(keys)}`);
  const times = (await tab.evaluate(() => window.watch.echoes)).map((each) => each / 1000).sort((a, b) => a - b);
  const at = (share) => times[Math.floor(share * (times.length - 1))];
  return {wall: at(0.5), output: 'x'.repeat(keys), extra: {percentile95: at(0.95), longest: at(1), keys: times.length}};
}

// A service worker isolates a page that has been here before.
async function isolatedEcho(driver, options) {
  const isIsolated = await driver.page.evaluate(() => window.crossOriginIsolated);
  if (!options.isAlone && !isIsolated) throw new Error('the page is not isolated');
  return echo(driver, options);
}

async function interrupt(driver, {isAlone}) {
  const {page: tab} = driver;
  if (!isAlone) {
    await driver.run('yes abcdefghijklmnopqrstuvwxyz | head -c 10000000 > /tmp/much');
    await driver.type('clear; while :; do cat /tmp/much; done\n');
    await driver.line('abcdefghijklmnopqrstuvwxyz');
    await tab.evaluate(() => window.watch.longestTask());
    await tab.waitForTimeout(printMs);
  }
  // They must be there before the key is.
  await tab.evaluate((text) => {
    window.answer = Promise.all([window.watch.pressed(), window.watch.sees(text)]);
  }, isAlone ? `${prompt} x` : prompt);
  await tab.keyboard.press(isAlone ? 'x' : 'Control+c');
  const [pressed, seen] = await tab.evaluate(() => window.answer);
  const wall = (seen - pressed) / 1000;
  return {wall, output: '', extra: {longestTask: await tab.evaluate(() => window.watch.longestTask())}};
}

// Until the guest has taken all of it, or xterm.js has shown it.
async function paste(driver, {isAlone, bytes, limit}) {
  const {page: tab} = driver;
  const count = Math.ceil(bytes / pasteLine.length);
  if (!isAlone) {
    await driver.type('clear; stty -echo; cat > /tmp/pasted; stty echo\n');
    await driver.started('cat');
  }
  await tab.evaluate(([line, times]) => {
    window.clipboard = new DataTransfer();
    window.clipboard.setData('text/plain', line.repeat(times));
  }, [pasteLine, count]);
  await tab.evaluate(() => window.watch.longestTask()); // making the text was one
  const began = performance.now();
  await tab.evaluate(() => {
    const event = new ClipboardEvent('paste', {clipboardData: window.clipboard, bubbles: true, cancelable: true});
    window.watch.terminal().textarea.dispatchEvent(event);
  });
  if (isAlone) {
    await tab.evaluate(() => new Promise((resolve) => window.alone.write('', resolve)));
  } else {
    const size = count * pasteLine.length;
    if (size > askedAbove) await tab.locator('dialog').getByText('Paste', {exact: true}).click();
    await tab.evaluate(async ([wanted, end]) => {
      const {fs} = window.elfin.computer.machine;
      while ((await fs.stat('/tmp/pasted')).size !== wanted) {
        if (performance.now() > end) throw new Error('the paste has no end');
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }, [size, 1000 * limit]);
  }
  const wall = (performance.now() - began) / 1000;
  return {wall, output: '', extra: {longestTask: await tab.evaluate(() => window.watch.longestTask())}};
}

async function flood(driver, {isAlone, bytes}) {
  const {page: tab} = driver;
  const end = 'that was all';
  let wall;
  if (isAlone) {
    wall = await tab.evaluate(async ([count, last]) => {
      const text = Array.from({length: count}, (_, i) => `${i + 1}\r\n`).join('');
      const seen = window.watch.sees(last);
      const began = performance.now();
      window.print(new TextEncoder().encode(`\r\n${text}${last}\r\n`));
      return (await seen - began) / 1000;
    }, [numbersWithin(bytes), end]);
  } else {
    await driver.run(`seq 1 ${numbersWithin(bytes)} > /tmp/numbers`);
    await driver.type('clear; cat /tmp/numbers; echo "that was"" all"');
    const seen = tab.evaluate((text) => {
      const began = performance.now();
      return window.watch.sees(text).then((at) => (at - began) / 1000);
    }, end);
    await tab.keyboard.press('Enter');
    wall = await seen;
  }
  const lines = await tab.evaluate(() => window.watch.lines().filter(Boolean));
  const at = lines.lastIndexOf(end);
  return {wall, output: lines.slice(at - 5, at + 1).join('\n')};
}

// The last of the numbers that make that many bytes when each is a line of a terminal.
function numbersWithin(bytes) {
  let size = 0;
  let number = 0;
  while (size < bytes) size += `${++number}`.length + 2;
  return number;
}
