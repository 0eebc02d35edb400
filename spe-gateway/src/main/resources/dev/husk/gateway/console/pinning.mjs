/**
 * Asks, at first use, which key the log must be signed with. The gateway's own word is shown and never taken for it.
 */
import { h } from './dom.mjs';
import { VerifierKey } from './note.mjs';

/**
 * @param {string} claimed the key that the gateway says is its own
 * @returns {Promise<string|null>} the key to pin, or null
 */
export async function askForKey(claimed) {
  const problem = h('p', { class: 'problem', role: 'alert' });
  const own = h('input', { id: 'own-key', autofocus: true, autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'own-key-hint' });
  const same = h('input', { id: 'same-key', type: 'checkbox' });
  const dialog = h('dialog', { 'aria-labelledby': 'pin-title' });
  let chosen = null;
  const take = async (event) => {
    event.preventDefault();
    const typed = own.value.trim();
    if (typed === '' && !same.checked) {
      problem.textContent = 'Enter the key that your own machine shows, or say that you compared both.';
      own.focus();
      return;
    }
    try {
      chosen = (await VerifierKey.parse(typed === '' ? claimed : typed)).spelled;
      dialog.close();
    } catch (e) {
      problem.textContent = e.name === 'NotSupportedError'
        ? 'This browser cannot check Ed25519 signatures. Use a newer one, or husk log verify.'
        : `This is no log key: ${e.message}.`;
      own.focus();
    }
  };
  dialog.append(h('form', { submit: take },
    h('h2', { id: 'pin-title' }, 'Which key signs the log?'),
    h('p', {}, 'This browser has not checked this log before. It has to know the log\u2019s key from you: a gateway that lies about its log would lie about its key as well.'),
    h('p', {}, 'On your own machine, which has pinned the gateway (', h('code', {}, 'husk gateway pin'), '), run this; it shows the log key:'),
    h('pre', { tabindex: '0' }, 'husk gateway verify'),
    h('p', {}, 'The gateway says that its log key is:'),
    h('output', { class: 'fingerprint', id: 'claimed-key' }, claimed),
    h('div', { class: 'field' }, h('label', { for: 'own-key' }, 'The key that your machine shows'), own,
      h('p', { class: 'quiet', id: 'own-key-hint' }, 'It has the form name+hash+key. Pasting it is the surest way to compare.')),
    h('div', { class: 'check' }, same, h('label', { for: 'same-key' }, 'I compared both keys, character by character, and they are the same')),
    problem,
    h('div', { class: 'buttons' }, h('button', { type: 'submit' }, 'Pin this key'),
      h('button', { type: 'button', class: 'plain', click: () => dialog.close() }, 'Cancel'))));
  document.body.append(dialog);
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener('close', done, { once: true }));
  dialog.remove();
  return chosen;
}
