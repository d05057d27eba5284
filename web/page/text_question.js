/** A question whose answer is a line of text. */
import { showDialog } from './dialog.js';
import { button, make } from './elements.js';

/**
 * @param {{title: string, label: string, yes: string}} question `yes`: what the button says that takes the text
 * @returns {Promise<string | undefined>} undefined: put aside, or nothing was written
 */
export async function askForText({ title, label, yes }) {
  const input = make('input', { type: 'text', 'aria-label': label, placeholder: label, autocomplete: 'off', spellcheck: 'false' });
  const form = make('form', { method: 'dialog' }, make('h1', { id: 'question' }, title), input,
    make('div.row', {}, button('Cancel', () => dialog.close()), make('button.button.primary', {}, yes)));
  form.querySelector('.primary').type = 'submit'; // so Enter takes it, too
  const dialog = make('dialog', { 'aria-labelledby': 'question' }, form);
  form.addEventListener('submit', () => void (dialog.returnValue = input.value));
  return showDialog(dialog, input);
}
