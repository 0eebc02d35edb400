/**
 * The events of a contract, the newest first, narrowed by kind, day and text.
 */
import { card, h, moment } from './dom.mjs';
import { KIND_NAMES, kind, reasons, sentence } from './eventwords.mjs';

const AT_A_TIME = 50;

/** @typedef {{event: object, index: number, verified: boolean}} Entry */

/**
 * @param {Entry[]} entries in the order of the log
 * @param {{kind: string, words: string, from: string, to: string}} filter
 * @returns {Entry[]}
 */
export function narrowed(entries, filter) {
  const words = filter.words.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return entries.filter(({ event }) => {
    const day = String(event.time).slice(0, 10);
    const text = [sentence(event), ...reasons(event), event.activation ?? ''].join(' ').toLowerCase();
    return (filter.kind === '' || kind(event) === filter.kind)
      && (filter.from === '' || day >= filter.from)
      && (filter.to === '' || day <= filter.to)
      && words.every((word) => text.includes(word));
  });
}

/** @returns {{section: HTMLElement, show: (entries: Entry[]) => void}} show keeps what the reader has chosen */
export function timeline() {
  let entries = [];
  let most = AT_A_TIME;
  const change = () => {
    most = AT_A_TIME;
    render();
  };
  const kinds = h('select', { id: 'f-kind', change }, h('option', { value: '' }, 'All'),
    ...Object.entries(KIND_NAMES).map(([value, name]) => h('option', { value }, name)));
  const words = h('input', { id: 'f-words', type: 'search', autocomplete: 'off', spellcheck: 'false', input: change });
  const from = h('input', { id: 'f-from', type: 'date', change });
  const to = h('input', { id: 'f-to', type: 'date', change });
  const count = h('p', { class: 'quiet', role: 'status' });
  const list = h('ol', { class: 'events' });
  const more = h('button', { type: 'button', class: 'plain', click: () => {
    const next = most;
    most += AT_A_TIME;
    render();
    // Whoever came by keyboard goes on where the new ones begin.
    list.children[next]?.focus();
  } }, 'Show more');

  function render() {
    const found = narrowed(entries, { kind: kinds.value, words: words.value, from: from.value, to: to.value }).reverse();
    count.textContent = found.length === entries.length ? `${found.length} events` : `${found.length} of ${entries.length} events`;
    list.replaceChildren(...found.slice(0, most).map(item));
    more.hidden = found.length <= most;
  }

  const field = (label, input) => h('div', { class: 'field' }, h('label', { for: input.id }, label), input);
  return {
    section: card('Timeline', h('div', { class: 'filters', role: 'search', 'aria-label': 'Events' },
      field('Kind', kinds), field('Words', words), field('From (UTC)', from), field('To (UTC)', to)), count, list, more),
    show(now) {
      entries = now;
      render();
    },
  };
}

/** @param {Entry} entry */
function item({ event, index, verified }) {
  const of = kind(event);
  return h('li', { class: `event ${of}`, tabindex: '-1' },
    h('p', { class: 'when' }, moment(event.time),
      h('span', { class: `chip ${of}` }, KIND_NAMES[of]),
      verified ? h('span', { class: 'chip good' }, '\u2713 in the log') : h('span', { class: 'chip open' }, 'unchecked')),
    h('p', { class: 'what' }, sentence(event)),
    reasons(event).length > 0 && h('ul', { class: 'reasons' }, ...reasons(event).map((reason) => h('li', {}, reason))),
    h('details', {}, h('summary', {}, `Entry ${index} of the log, in full`), h('pre', { tabindex: '0' }, JSON.stringify(event, null, 2))));
}
