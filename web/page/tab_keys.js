/**
 * The keys of a list of tabs, as any has them: arrows, Home, End.
 * @param {HTMLElement} list with role `tablist`
 * @param {(index: number) => HTMLElement} choose shows that one of its tabs and returns it, to have the focus
 */
export function listenForTabKeys(list, choose) {
  list.addEventListener('keydown', (event) => {
    const tabs = [...list.querySelectorAll('[role="tab"]')];
    const index = tabs.indexOf(event.target);
    if (index < 0) return;
    const wanted = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: -1 }[event.key];
    if (wanted === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    choose((wanted + tabs.length) % tabs.length).focus();
  });
}
