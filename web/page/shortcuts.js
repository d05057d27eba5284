/** The page's own keys, caught before the terminal sees them. They are listed in settings_part.js. */

/** @param {Record<string, (event: KeyboardEvent) => void>} actions by key, with Ctrl and Shift (⌘ and Shift on a Mac) */
export function listenForShortcuts(actions) {
  document.addEventListener('keydown', (event) => {
    if (!event.shiftKey || event.altKey || event.ctrlKey === event.metaKey) return;
    const action = actions[event.key.length === 1 ? event.key.toUpperCase() : event.key];
    if (action === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    action(event);
  }, { capture: true });
}
