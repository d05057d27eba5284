/** The panel's part about the machine: plots, figures, processes. */
import { diskBytes } from './activity_history.js';
import { button, iconButton, make } from './elements.js';
import { drawPlot } from './plot.js';
import { bytesText, percentText, secondsText } from './quantities.js';

const LIST_EVERY_MS = 1500;
const STATES = Object.freeze({
  R: 'running', S: 'sleeping', D: 'waiting for the disk', T: 'stopped', Z: 'ended', t: 'traced',
});

export class MachinePart {
  title = 'Machine';
  element = make('section');
  #computer;
  #history;
  #theme;
  #ask;
  /** What each heading with a plot shows. */
  #activities = [];
  #figures = make('dl.figures');
  #rows = make('tbody');
  #timer;

  constructor({ computer, history, theme, ask }) {
    this.#computer = computer;
    this.#history = history;
    this.#theme = theme;
    this.#ask = ask;
    const list = make('table.list', {}, make('thead', {}, make('tr', {},
      make('th', {}, 'Process'), make('th.number', {}, 'Time'), make('th.number', {}, 'Memory'), make('th'))),
    this.#rows);
    this.element.append(
      ...this.#makeActivity('Processor', ({ cpu }) => cpu, { text: () => percentText(history.latest.cpu), top: 1 }),
      ...this.#makeActivity('Disk', diskBytes, { text: () => `${bytesText(history.diskRate)}/s` }),
      ...this.#makeActivity('Network', ({ fetched }) => fetched, { text: () => `${bytesText(history.netRate)}/s` }),
      this.#figures,
      make('p.quiet', {}, 'Programs have no network. What comes over it is what the disk is read from.'),
      make('h2', {}, 'Processes'), list,
      make('div.row', {}, button('Restart the machine', () => this.#restart())));
    for (const source of [history, theme]) source.addEventListener('change', () => this.#draw());
  }

  show() {
    this.#draw();
    this.#list();
    this.#timer = setInterval(() => this.#list(), LIST_EVERY_MS);
  }

  hide() {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** A heading with its figure, and the plot of the last minute. */
  #makeActivity(name, valueOf, { text, top }) {
    const [figure, plot] = [make('b'), make('canvas.plot', { role: 'img', 'aria-label': `${name} in the last minute` })];
    this.#activities.push(({ samples, color }) => {
      figure.textContent = text();
      drawPlot(plot, samples.map(valueOf), { color, top });
    });
    return [make('h2', {}, name, figure), plot];
  }

  #draw() {
    if (this.element.hidden || this.#timer === undefined) return;
    const { samples, totals, processes } = this.#history;
    for (const draw of this.#activities) draw({ samples, color: this.#theme.color('accent') });
    const figures = [
      ['Read in all', bytesText(totals.diskRead)],
      ['Written in all', bytesText(totals.diskWritten)],
      ['Fetched in all', bytesText(totals.fetched)],
      ['Processes', String(processes)],
    ];
    this.#figures.replaceChildren(...figures.flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]));
  }

  async #list() {
    const { machine } = this.#computer;
    if (!machine) return void this.#rows.replaceChildren();
    const processes = await machine.processes().catch(() => []);
    const focused = this.#rows.contains(document.activeElement) ? document.activeElement.dataset.pid : undefined;
    this.#rows.replaceChildren(...processes.map((process) => this.#row(process)));
    if (focused) this.#rows.querySelector(`[data-pid="${focused}"]`)?.focus();
  }

  #row({ pid, name, command, state, seconds, memoryBytes }) {
    const kill = iconButton('close', `End ${name} (${pid})`, () => this.#end(pid, name));
    kill.dataset.pid = pid;
    return make('tr', { title: `${command || name}\n${pid}, ${STATES[state] ?? state}` },
      make('td.name', {}, `${name} `, make('span.quiet', {}, String(pid))), make('td.number', {}, secondsText(seconds)),
      make('td.number', {}, bytesText(memoryBytes)), make('td', {}, kill));
  }

  async #end(pid, name) {
    const answer = await this.#ask({
      title: `End ${name}?`,
      text: 'Asked to end, a program may put its things in order. Killed, it is gone at once.',
      answers: { no: 'Leave it', SIGKILL: 'Kill', SIGTERM: 'Ask to end' },
    });
    if (answer === 'SIGKILL' || answer === 'SIGTERM') {
      await this.#computer.machine?.kill(pid, answer);
      this.#list();
    }
  }

  async #restart() {
    const answer = await this.#ask({
      title: 'Restart the machine?', text: 'All programs end. The disk is kept as it is.',
      answers: { no: 'Cancel', yes: 'Restart' },
    });
    if (answer === 'yes') this.#computer.restart();
  }
}
