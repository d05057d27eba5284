// The page: how soon it is there and how quickly it answers, beside a page with xterm.js alone. Only with --browser.
const prompt = '~ #'; // of root at home, as the test image's profile has it
const keys = 60;
const keyPauseMs = 40;
const mebi = 1 << 20;

export const page = {
  name: 'page',
  title: 'the page, beside one with xterm.js alone (here “native”), wall time',
  where: 'page',
  rows({quick, browser}) {
    const unsupported = browser ? undefined : 'only with --browser';
    const turns = 10;
    const bytes = quick ? mebi : 10 * mebi;
    const row = (name, title, profile, act) => ({name, title, unit: 'wall', unsupported, turns, profile, act});
    return [
      row('first-paint', 'first paint, first visit', 'new', firstPaint),
      row('prompt-cold', 'prompt, first visit', 'new', firstPrompt),
      row('prompt-warm', 'prompt, later visit', 'kept', firstPrompt),
      row('echo', 'key to echo, another process at full speed', 'new', echo),
      row('flood', `${bytes / mebi} MiB shown by cat`, 'new', (driver, options) => flood(driver, {...options, bytes})),
    ];
  },
  columns: ['requests', 'bytes', '95th percentile'],
  cells: ({extra}) => [
    `${extra?.requests ?? ''}`, extra ? `${(extra.bytes / 1e6).toFixed(2)} MB` : '',
    extra?.percentile95 ? `${(1000 * extra.percentile95).toFixed(0)} ms` : '',
  ],
};

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
