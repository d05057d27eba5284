/**
 * Shows a <dialog> over the page until it closes, and gives the focus back to what had it.
 * @param {HTMLDialogElement} dialog
 * @param {HTMLElement} focused of the dialog
 * @returns {Promise<string | undefined>} its returnValue; undefined: put aside by Esc
 */
export function showDialog(dialog, focused) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    dialog.addEventListener('close', () => {
      dialog.remove();
      before?.focus?.();
      resolve(dialog.returnValue || undefined);
    });
    document.body.append(dialog);
    dialog.showModal();
    focused.focus();
  });
}
