/** The clipboard of the page's user. Pages from plain http, and users who say no, leave less of it. */

/** Copies as a key of the browser's own would; only in answer to a key or a click. */
function copyByCommand(text) {
  const fill = (event) => {
    event.clipboardData.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener('copy', fill, { capture: true });
  try {
    return document.execCommand('copy');
  } finally {
    document.removeEventListener('copy', fill, { capture: true });
  }
}

/** @returns {Promise<boolean>} whether it is there now */
export async function writeClipboard(text) {
  if (!navigator.clipboard) return copyByCommand(text);
  return navigator.clipboard.writeText(text).then(() => true, () => false);
}

/** @returns {Promise<string | undefined>} undefined: the page may not read it */
export async function readClipboard() {
  return navigator.clipboard?.readText?.().catch(() => undefined);
}
