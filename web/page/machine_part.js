/** The panel's part about the machine: plots, figures, processes. */
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
  #cpuPlot = make('canvas.plot', { role: 'img', 'aria-label': 'Use of the processor in the last minute' });
  #diskPlot = make('canvas.plot', { role: 'img', 'aria-label': 'Use of the disk in the last minute' });
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
      make('h2', {}, 'Processor'), this.#cpuPlot, make('h2', {}, 'Disk'), this.#diskPlot, this.#figures,
      make('h2', {}, 'Processes'), list,
      make('div.row', {}, button('Restart the machine', () => this.#restart())));
    history.addEventListener('change', () => this.#draw());
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

  #draw() {
    if (this.element.hidden || this.#timer === undefined) return;
    const { samples, latest, totals, processes, diskRate } = this.#history;
    const color = this.#theme.color('accent');
    drawPlot(this.#cpuPlot, samples.map(({ cpu }) => cpu), { color, top: 1 });
    drawPlot(this.#diskPlot, samples.map(({ diskRead, diskWritten }) => diskRead + diskWritten), { color });
    const figures = [
      ['Processor', percentText(latest.cpu)],
      ['Disk', `${bytesText(diskRate)}/s`],
      ['Read in all', bytesText(totals.diskRead)],
      ['Written in all', bytesText(totals.diskWritten)],
      ['Network', 'none'],
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
