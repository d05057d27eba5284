/** The page: puts its parts together, around the machine that start.js starts. */
import { ActivityHistory } from './activity_history.js';
import { makeBanner } from './banner.js';
import { STATE } from './computer.js';
import { DiskPart } from './disk_part.js';
import { Drops } from './drops.js';
import { FilesPart } from './files_part.js';
import { GuestClipboard } from './guest_clipboard.js';
import { KeyBar } from './key_bar.js';
import { LeaveGuard } from './leave_guard.js';
import { followLinks } from './link_follower.js';
import { MachinePart } from './machine_part.js';
import { Meters } from './meters.js';
import { MountedFolders } from './mounted_folders.js';
import { ask, Notices } from './notices.js';
import { Panel } from './panel.js';
import { Persistence } from './persistence.js';
import { noticeOf } from './report_notices.js';
import { SearchBar } from './search_bar.js';
import { SettingsPart } from './settings_part.js';
import { chooseShell, runRequest } from './shell_program.js';
import { ShellTerminal } from './shell_terminal.js';
import { listenForShortcuts } from './shortcuts.js';
import { SiteDisk } from './site_disk.js';
import { keepSite } from './site_manifest.js';
import { Stage } from './stage.js';
import { computerComing, manifestComing, settings, workerRuns } from './start.js';
import { TerminalTabs } from './terminal_tabs.js';
import { Theme } from './themes.js';
import { readClipboard, writeClipboard } from './user_clipboard.js';
import { WholeDisk } from './whole_disk.js';

/** The first terminal doesn't wait for the machine's start longer than that. */
const DRAW_BY_MS = 250;

const element = (id) => document.getElementById(id);

const theme = new Theme(settings);
const notices = new Notices(element('notices'));
const history = new ActivityHistory();
const persistence = new Persistence();
const tabs = new TerminalTabs(element('tabs'));
const keyBar = new KeyBar(element('keys'), { settings, tabs });
const search = new SearchBar(theme);
const services = {
  settings, theme, notices, ask, clipboard: new GuestClipboard({ settings, ask }),
};

function addTerminal() {
  const terminal = new ShellTerminal(element('terminals'), services);
  terminal.modify = keyBar.modify;
  tabs.add(terminal);
  return terminal;
}

// Drawing takes the page's thread for a while, which the worker needs to begin and to get its first messages.
const machineBegins = Promise.all([workerRuns, computerComing.then((started) => started.asked())]).catch(() => {}); // told below
const patience = new Promise((resolve) => setTimeout(resolve, DRAW_BY_MS));
const firstTerminal = Promise.race([machineBegins, patience]).then(addTerminal);
element('new-terminal').addEventListener('click', () => startShell(addTerminal()));
tabs.addEventListener('empty', () => startShell(addTerminal()));

const manifest = await manifestComing.catch((error) => {
  notices.show(`This site is incomplete: ${error.message}`, {
    kind: 'bad', lasting: true, actions: { 'Try again': () => location.reload() },
  });
  throw error;
});
const computer = await computerComing;
const wholeDisk = manifest.disk.files && new WholeDisk(manifest.disk);
const siteDisk = new SiteDisk({ computer, manifest, settings });
new Stage({ place: element('terminals'), progress: element('progress'), computer, siteDisk });
const machinePart = new MachinePart({ computer, history, theme, ask });
const filesPart = new FilesPart({ computer, notices, ask, folders: new MountedFolders(computer) });
const panel = new Panel(element('panel'), {
  button: element('panel-button'),
  parts: [
    machinePart,
    filesPart,
    new DiskPart({ computer, notices, ask, persistence, wholeDisk, siteDisk }),
    new SettingsPart({ settings, notices, currentFolder: () => tabs.current.folder() }),
  ],
  onClose: () => tabs.current.view.xterm.focus(),
});
new Drops({ computer, tabs, notices, filesPart });
new LeaveGuard({ computer, tabs });
new Meters(element('meters'), { history, theme });
element('meters').addEventListener('click', () => panel.open(machinePart));

computer.addEventListener('activity', ({ detail }) => {
  history.add(detail);
  if (detail.diskWritten > 0 && computer.kept === 'files') persistence.ask();
});
computer.addEventListener('report', ({ detail }) => {
  console.warn(detail.message);
  const notice = noticeOf(detail.message);
  if (notice) notices.showOnce(notice.text, { kind: notice.kind });
});

let shell;
async function startShell(terminal) {
  if (computer.state !== STATE.running) return; // it is started with the machine
  await terminal.run(computer.machine, shell);
}

/** The machine has started, for the first time or again: each terminal gets a shell. */
async function startShells() {
  const { machine } = computer;
  await firstTerminal;
  const [first, ...others] = tabs.all;
  const columns = first.view.size.columns;
  const choice = chooseShell(machine, manifest);
  first.greet(makeBanner(machine, { title: computer.disk.title ?? 'Elfin', columns }));
  shell = await choice;
  if (computer.kept === 'session' && !computer.isThrowAway) {
    notices.show('This browser keeps no files for this page: what you write is gone when it closes.', {
      kind: 'warn', lasting: true,
    });
  }
  await Promise.all([runRequest(first, machine, { shell, request: settings.request, ask, notices }),
    ...others.map((terminal) => startShell(terminal))]);
}

function onState() {
  if (computer.state === STATE.running) {
    startShells();
    if (document.activeElement === document.body) tabs.current?.view.xterm.focus(); // a card had it
  } else for (const terminal of tabs.all) terminal.detach();
}
computer.addEventListener('state', onState);
if (computer.state === STATE.running) onState();

followLinks({
  settings, ask, stop: () => computer.stop('restart'), run: () => {
    if (computer.state === STATE.running) runRequest(addTerminal(), computer.machine, { shell, request: settings.request, ask, notices });
  },
});
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault(); // its address would be taken for a link to follow
  tabs.current.view.xterm.focus();
});
listenForShortcuts({
  Enter: () => startShell(addTerminal()),
  ArrowLeft: () => tabs.step(-1),
  ArrowRight: () => tabs.step(1),
  C: () => writeClipboard(tabs.current.view.xterm.getSelection()),
  V: async () => {
    const text = await readClipboard();
    if (text === undefined) notices.showOnce('This page may not read the clipboard. The browser\'s own menu, or Shift and Insert, pastes.');
    else tabs.current.pasteText(text);
  },
  F: () => search.open(tabs.current),
  O: () => panel.toggle(),
  E: () => element('tabs').querySelector('[aria-selected="true"]').focus(),
});

// Phones: the keyboard takes its room from the page.
visualViewport?.addEventListener('resize', () => {
  document.documentElement.style.setProperty('--height', `${visualViewport.height}px`);
});
// What could be lost with the page is written before it goes.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') computer.machine?.fs.sync().catch(() => {});
});

await firstTerminal;
/** For the console, and for tests. */
window.elfin = { computer, tabs, settings, history };

await computer.started();
await tabs.all[0]?.hasSpoken(); // the first prompt goes before it
await keepSite(manifest, computer.machine);
if (manifest.disk.keepAll) wholeDisk?.keep().catch(({ message }) => console.warn(`The disk can't be kept whole: ${message}`));
