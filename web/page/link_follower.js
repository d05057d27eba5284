/** Links to this page that are followed while it is open: only the address's fragment changes then, and nothing is loaded. */

/**
 * @param {{settings: import('./settings.js').Settings, ask: Function, run: () => void, stop: () => Promise<void>}} services `run`
 *   does in a terminal what `settings.request` asks for; `stop`: the machine
 */
export function followLinks({ settings, ask, run, stop }) {
  addEventListener('hashchange', async () => {
    const { image } = settings.request;
    settings.follow(location.hash);
    const { request } = settings;
    if (request.image === image) {
      if (request.cmd || request.cwd) run();
      return;
    }
    const answer = await ask({
      title: 'Start another disk?',
      text: `The machine starts anew with ${request.image ?? 'this site\'s disk'}. All programs that run now end.`,
      answers: { no: 'Stay here', yes: 'Start it' },
    });
    if (answer === 'yes') return void stop().finally(() => location.reload()); // the browser need not ask again
    history.replaceState(null, '', settings.link({ image }));
    settings.follow(location.hash);
  });
}
