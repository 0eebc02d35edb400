/**
 * The part of the page that verifies a contract and says what came of it.
 */
import { card, h } from './dom.mjs';
import { meaning } from './findingwords.mjs';
import { VerifierKey } from './note.mjs';
import { askForKey } from './pinning.mjs';
import { verify } from './verification.mjs';

/**
 * @param {import('./api.mjs').Api} api
 * @param {import('./memory.mjs').Memory} memory
 * @param {string} name of the contract, or of the gateway's own chain
 * @param {string} title what the page calls it
 * @param {(events: import('./audit.mjs').Audited[]) => void} done gets the events that are in the log; none where anything is wrong with it
 * @returns {HTMLElement}
 */
export function verifying(api, memory, name, title, done) {
  const outcome = h('div', { class: 'outcome' });
  const progress = h('p', { class: 'quiet', role: 'status' });
  const about = h('div', {});
  const button = h('button', { type: 'button', click: () => run() }, 'Verify');
  let running = false;

  async function run() {
    if (running) {
      return;
    }
    running = true;
    button.setAttribute('aria-disabled', 'true');
    outcome.replaceChildren();
    try {
      const key = await pinned();
      if (key === null) {
        progress.textContent = 'Not verified: no key is pinned.';
        return;
      }
      progress.textContent = 'Reading the log\u2026';
      const result = await verify(api, key, memory, name, (at, of) => {
        progress.textContent = `Reading the log: ${at} of ${of} entries`;
      });
      progress.textContent = '';
      outcome.append(said(title, result));
      done(result.findings.length === 0 ? result.events : []);
    } catch (e) {
      progress.textContent = '';
      outcome.append(h('div', { class: 'verdict bad', role: 'alert' },
        h('p', { class: 'headline' }, 'Not verified'), h('p', {}, `The check could not be made: ${e.message}.`)));
    } finally {
      running = false;
      button.removeAttribute('aria-disabled');
      await describe();
    }
  }

  async function pinned() {
    if (memory.pinned() === null) {
      const chosen = await askForKey(await api.claimedLogKey());
      if (chosen === null) {
        return null;
      }
      memory.pin(chosen);
    }
    return VerifierKey.parse(memory.pinned());
  }

  async function describe() {
    const spelled = memory.pinned();
    if (spelled === null) {
      about.replaceChildren();
      return;
    }
    let seen = 'nothing yet';
    try {
      const head = await memory.checkpoint(await VerifierKey.parse(spelled));
      seen = head === null ? seen : `a log of ${head.size} entries`;
    } catch (e) {
      seen = e.message;
    }
    about.replaceChildren(h('dl', { class: 'facts' },
      h('dt', {}, 'Pinned log key'), h('dd', {}, h('code', { class: 'long' }, spelled), ' ',
        h('button', { type: 'button', class: 'link', click: async () => {
          memory.unpin();
          await describe();
          button.focus();
        } }, 'Forget it')),
      h('dt', {}, 'Seen before'), h('dd', {}, seen)));
  }

  describe();
  return card('Is the log complete and true?',
    h('p', {}, 'Your browser reads the whole log, recomputes every hash, and holds what the gateway shows against it.'),
    h('div', { class: 'buttons' }, button, progress), outcome, about);
}

function said(title, result) {
  if (result.findings.length === 0) {
    return h('div', { class: 'verdict good', role: 'status' },
      h('p', { class: 'headline' }, `\u2713 Verified: all ${result.events.length} events of ${title} are in the log`),
      h('p', {}, `The log has ${result.size} entries and is signed by the pinned key. ${result.since === null
        ? 'This browser saw it for the first time, and will know if it is ever changed.'
        : `It only grew since this browser saw it with ${result.since} entries.`}`),
      ...signers(result));
  }
  return h('div', { class: 'verdict bad', role: 'alert' },
    h('p', { class: 'headline' }, `\u26a0 The log does not hold together: ${result.findings.length} ${result.findings.length === 1 ? 'problem' : 'problems'}`),
    h('ul', { class: 'findings' }, ...result.findings.slice(0, 50).map(({ code, detail }) => h('li', {},
      h('strong', {}, meaning(code)), ' ', h('span', {}, `${detail[0].toUpperCase()}${detail.slice(1)}.`), ' ', h('code', {}, code)))),
    result.findings.length > 50 && h('p', {}, `and ${result.findings.length - 50} more.`),
    h('p', {}, 'Hand over no data, check with ', h('code', {}, 'husk log verify'), ' on your own machine, and tell the other parties.'));
}

function signers({ witnesses, others }) {
  const lines = [];
  if (witnesses !== null) {
    lines.push(`${witnesses.cosigned.length} of the ${witnesses.of} witnesses that the contract names have cosigned this checkpoint `
      + `(${witnesses.cosigned.join(', ') || 'none'}); releases need ${witnesses.quorum}.`);
  }
  const more = others.filter((name) => !witnesses?.cosigned.includes(name));
  if (more.length > 0) {
    lines.push(`The checkpoint also carries lines in the names of ${more.join(', ')}, which were not checked here.`);
  }
  return lines.map((line) => h('p', {}, line));
}
