/**
 * The page: asks for a token, then shows the party's contracts. Nothing that belongs to anybody is kept but in memory.
 */
import { alarms } from './alarms.mjs';
import { Api } from './api.mjs';
import { parseShown } from './audit.mjs';
import { budgets } from './budgets.mjs';
import { explain, isSimulated } from './contractwords.mjs';
import { card, h, moment, svg } from './dom.mjs';
import { sentence } from './eventwords.mjs';
import { whole } from './leaf.mjs';
import { Memory } from './memory.mjs';
import { plot } from './plot.mjs';
import { timeline } from './timeline.mjs';
import { GATEWAY } from './verification.mjs';
import { verifying } from './verifying.mjs';

const STATES = {
  proposed: ['Proposed', 'open'],
  active: ['Active', 'good'],
  suspended: ['Suspended', 'bad'],
  ended: ['Ended', 'open'],
  superseded: ['Superseded', 'open'],
};

const main = document.getElementById('main');
const who = document.getElementById('who');
const memory = new Memory(localStorage);

signIn();

function signIn(problem = '') {
  const token = h('input', { id: 'token', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true, 'aria-describedby': 'token-hint token-problem' });
  const said = h('p', { id: 'token-problem', class: 'problem', role: 'alert' }, problem);
  const button = h('button', { type: 'submit' }, 'Show my contracts');
  who.replaceChildren();
  main.replaceChildren(h('form', { class: 'card narrow', submit: async (event) => {
    event.preventDefault();
    if (button.disabled) {
      return;
    }
    button.disabled = true;
    said.textContent = '';
    const api = new Api(token.value.trim());
    try {
      const contracts = await api.contracts();
      token.value = '';
      signedIn(api, contracts);
    } catch (e) {
      button.disabled = false;
      said.textContent = refused(e);
      token.focus();
    }
  } },
  h('h1', {}, 'Your contracts, and what happened under them'),
  h('p', {}, 'Sign in with the access token of your organisation\u2019s issuer, for the audience ', h('code', {}, 'husk-gateway'), '.'),
  h('div', { class: 'field' }, h('label', { for: 'token' }, 'Token'), token,
    h('p', { class: 'quiet', id: 'token-hint' }, 'It stays in the memory of this page and goes to this gateway alone. Closing or reloading the page forgets it.')),
  said, h('div', { class: 'buttons' }, button)));
  token.focus();
}

function refused(e) {
  return e.status === 401 || e.status === 403
    ? `The gateway does not take this token: ${e.message}. Get a new one from your issuer and try again.`
    : `That did not work: ${e.message}. Try again.`;
}

function signedIn(api, contracts) {
  who.replaceChildren(h('span', {}, 'Signed in as ', h('strong', {}, api.party)), h('button', { type: 'button', class: 'plain', click: () => signIn() }, 'Sign out'));
  const content = h('div', { class: 'content' });
  const buttons = new Map();
  const names = [...new Map(contracts.map((one) => [one.name, one])).keys()];
  const go = async (name) => {
    buttons.forEach((button, of) => (of === name ? button.setAttribute('aria-current', 'page') : button.removeAttribute('aria-current')));
    content.setAttribute('aria-busy', 'true');
    let shown;
    try {
      shown = name === GATEWAY ? await gatewayPage(api) : await contractPage(api, name, () => go(name));
    } catch (e) {
      if (e.status === 401) {
        signIn(refused(e));
        return;
      }
      shown = [h('h1', { tabindex: '-1' }, name), h('p', { class: 'problem', role: 'alert' }, `This cannot be shown: ${e.message}.`)];
    }
    if (buttons.get(name)?.getAttribute('aria-current') === 'page') {
      content.replaceChildren(...shown);
      content.removeAttribute('aria-busy');
      content.querySelector('h1').focus();
    }
  };
  const entry = (name, title, state) => {
    const button = h('button', { type: 'button', click: () => go(name) }, h('span', {}, title), state);
    buttons.set(name, button);
    return h('li', {}, button);
  };
  main.replaceChildren(h('div', { class: 'page' },
    h('nav', { 'aria-label': 'Contracts' },
      h('ul', {}, ...names.map((name) => entry(name, name, badge(contracts.find((one) => one.name === name).state))),
        entry(GATEWAY, 'The gateway itself', null))),
    content));
  if (names.length > 0) {
    go(names[0]);
  } else {
    content.append(h('h1', { tabindex: '-1' }, 'No contracts'), h('p', {}, `Nobody has proposed a contract that names ${api.party}: husk contract propose.`));
  }
}

function badge(state) {
  const [name, look] = STATES[state] ?? [String(state), 'open'];
  return h('span', { class: `chip ${look}` }, name);
}

async function contractPage(api, name, reload) {
  const [held, answer] = await Promise.all([api.contract(name), api.events(name)]);
  const contract = held.contract;
  const entries = unchecked(answer);
  const words = explain(contract);
  const times = timeline();
  const parts = { alarms: h('div', {}), budgets: h('div', {}), plot: h('div', {}) };
  const show = (all) => {
    const events = all.map(({ event }) => event);
    parts.alarms.replaceChildren(alarmList(events));
    parts.budgets.replaceChildren(...budgetList(contract, events));
    parts.plot.replaceChildren(plot(events));
    times.show(all);
  };
  show(entries);
  return [
    h('div', { class: 'title' }, h('h1', { tabindex: '-1' }, name), badge(held.state), h('button', { type: 'button', class: 'plain', click: reload }, 'Reload')),
    h('p', { class: 'quiet' }, `Version ${contract.version}, `, h('code', { class: 'long' }, String(held.id))),
    isSimulated(contract) && h('p', { class: 'banner' }, 'SIMULATED: this contract accepts simulated hardware. Nothing here protects data from the machine it runs on.'),
    held.proposal !== undefined && h('p', { class: 'banner' }, `Version ${held.proposal.contract?.version} is proposed. It awaits ${(held.proposal.awaited ?? []).join(', ')}: husk contract accept shows what it would change.`),
    held.state === 'proposed' && h('p', { class: 'banner' }, `It is in force once these have accepted it: ${(held.awaited ?? []).join(', ')}.`),
    held.state === 'suspended' && h('p', { class: 'banner bad' }, 'Suspended: nothing is released until all parties agree to resume.'),
    verifying(api, memory, name, name, (events) => show(checked(events, entries))),
    h('div', { class: 'two' }, card('Alarms', parts.alarms), card('Budgets left', parts.budgets)),
    card('Releases and refusals', parts.plot),
    meaning(words, contract),
    times.section,
  ].filter(Boolean);
}

async function gatewayPage(api) {
  const entries = unchecked(await api.gatewayEvents());
  const times = timeline();
  times.show(entries);
  const list = h('div', {}, alarmList(entries.map(({ event }) => event)));
  return [
    h('div', { class: 'title' }, h('h1', { tabindex: '-1' }, 'The gateway itself')),
    h('p', { class: 'quiet' }, 'Its starts, and what happened to its own key. Whether it runs the code that it should: husk gateway verify.'),
    verifying(api, memory, GATEWAY, 'the gateway', (events) => times.show(checked(events, entries))),
    card('Alarms', list),
    times.section,
  ];
}

/** Events as the gateway tells them. */
function unchecked(answer) {
  return parseShown(answer.events).map(({ index, event, details }) => ({ index, event: whole(event, details), verified: false }));
}

/** What was verified, and behind it what was shown and is not. */
function checked(verified, entries) {
  const good = new Set(verified.map(({ index }) => index));
  return [...verified.map(({ index, event }) => ({ index, event, verified: true })), ...entries.filter(({ index }) => !good.has(index))]
    .sort((a, b) => a.index - b.index);
}

function alarmList(events) {
  const found = alarms(events);
  return found.length === 0
    ? h('p', { class: 'quiet' }, 'None.')
    : h('ul', { class: 'alarms' }, ...found.map(({ event, why }) => h('li', {}, moment(event.time), h('strong', {}, why), h('span', {}, sentence(event)))));
}

function budgetList(contract, events) {
  return budgets(contract, events, new Date()).map((grant) => h('div', { class: 'budget' },
    h('h3', {}, grant.function),
    ...grant.budgets.map(({ label, used, limit, left }) => h('div', { class: `meter${left === 0 ? ' spent' : ''}` },
      h('p', {}, h('strong', {}, `${left} left`), ` ${label}: ${used} of ${limit} runs used`),
      svg('svg', { viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        svg('rect', { class: 'track', width: 100, height: 6 }), svg('rect', { class: 'level', width: Math.min(100, (100 * used) / limit), height: 6 })))),
    grant.budgets.length === 0 && h('p', { class: 'quiet' }, 'Runs without limit.'),
    grant.until !== '' && h('p', { class: 'quiet' }, 'Ends ', moment(grant.until))));
}

function meaning(words, contract) {
  return card('What the contract means',
    ...words.warnings.filter((warning) => !warning.startsWith('SIMULATED')).map((warning) => h('p', { class: 'banner' }, warning)),
    ...words.terms.map((term) => h('p', {}, term)),
    h('div', { class: 'grants' }, ...words.grants.map((grant) => h('div', { class: 'grant' },
      h('h3', {}, grant.name), h('p', { class: 'quiet' }, grant.about), h('ul', {}, ...grant.lines.map((line) => h('li', {}, line)))))),
    h('h3', {}, 'Who could ever read what'),
    h('dl', { class: 'reach' }, ...words.readers.flatMap(({ data, ways }) => [
      h('dt', {}, data), ...(ways.length === 0 ? ['nobody'] : ways).map((way) => h('dd', {}, way))])),
    h('details', {}, h('summary', {}, 'The contract in full'), h('pre', { tabindex: '0' }, JSON.stringify(contract, null, 2))));
}
