/**
 * Releases and refusals over time, as bars.
 */
import { h, svg } from './dom.mjs';

const HOUR = 3_600_000;
const STEPS = [
  { ms: HOUR, name: 'hour' },
  { ms: 6 * HOUR, name: 'six hours' },
  { ms: 24 * HOUR, name: 'day' },
  { ms: 7 * 24 * HOUR, name: 'week' },
  { ms: 28 * 24 * HOUR, name: 'four weeks' },
  { ms: 364 * 24 * HOUR, name: 'year' },
];
const MOST_BARS = 36;
const FEWEST_BARS = 12;
const HEIGHT = 200;
const EDGE = { top: 12, right: 8, bottom: 26, left: 40 };

/**
 * @typedef {{from: number, released: number, refused: number}} Bar
 *
 * @param {object[]} events
 * @returns {{step: {ms: number, name: string}, bars: Bar[]}} bars of one length from the first such event to the last
 */
export function bars(events) {
  const counted = events
    .filter((event) => event.event === 'released' || event.event === 'refused')
    .map((event) => ({ at: Date.parse(event.time), name: event.event }))
    .filter(({ at }) => Number.isFinite(at));
  if (counted.length === 0) {
    return { step: STEPS[0], bars: [] };
  }
  const first = counted.reduce((least, { at }) => Math.min(least, at), Infinity);
  const last = counted.reduce((most, { at }) => Math.max(most, at), -Infinity);
  const step = STEPS.find(({ ms }) => Math.floor(last / ms) - Math.floor(first / ms) < MOST_BARS) ?? STEPS.at(-1);
  const end = Math.floor(last / step.ms);
  const begin = Math.max(Math.min(Math.floor(first / step.ms), end - FEWEST_BARS + 1), end - MOST_BARS + 1);
  const all = Array.from({ length: end - begin + 1 }, (_, i) => ({ from: (begin + i) * step.ms, released: 0, refused: 0 }));
  for (const { at, name } of counted) {
    const bar = all[Math.floor(at / step.ms) - begin];
    if (bar !== undefined) {
      bar[name]++;
    }
  }
  return { step, bars: all };
}

/** @param {object[]} events @returns {HTMLElement} redraws itself when its width changes */
export function plot(events) {
  const { step, bars: all } = bars(events);
  if (all.length === 0) {
    return h('p', { class: 'quiet' }, 'Nothing was released or refused yet.');
  }
  const frame = h('div', { class: 'plot' });
  let drawn = 0;
  new ResizeObserver(() => {
    const width = Math.round(frame.clientWidth);
    if (width > 0 && width !== drawn) {
      drawn = width;
      frame.replaceChildren(draw(all, step, width));
    }
  }).observe(frame);
  return h('figure', {},
    h('figcaption', { class: 'legend' },
      h('span', { class: 'key released' }, 'Releases'), h('span', { class: 'key refused' }, 'Refusals'), h('span', { class: 'quiet' }, `for each ${step.name}, UTC`)),
    frame,
    h('details', {}, h('summary', {}, 'The same in figures'), figures(all, step)));
}

function draw(all, step, width) {
  const most = Math.max(...all.map((bar) => Math.max(bar.released, bar.refused)));
  const top = nice(most);
  const x = (i) => EDGE.left + (i * (width - EDGE.left - EDGE.right)) / all.length;
  const y = (count) => HEIGHT - EDGE.bottom - (count * (HEIGHT - EDGE.top - EDGE.bottom)) / top;
  const room = x(1) - x(0);
  const thick = Math.max(1, Math.min(18, room * 0.36));
  const released = all.reduce((sum, bar) => sum + bar.released, 0);
  const refused = all.reduce((sum, bar) => sum + bar.refused, 0);
  const picture = svg('svg', {
    viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: 'img',
    'aria-label': `${released} releases and ${refused} refusals from ${label(all[0].from, step)} on; the figures are in the table below`,
  });
  for (const tick of ticks(top)) {
    picture.append(
      svg('line', { class: 'grid', x1: EDGE.left, x2: width - EDGE.right, y1: y(tick), y2: y(tick) }),
      svg('text', { class: 'axis', x: EDGE.left - 8, y: y(tick) + 4, 'text-anchor': 'end' }, `${tick}`));
  }
  all.forEach((bar, i) => {
    const middle = x(i) + room / 2;
    for (const [name, from] of [['released', middle - thick - 0.5], ['refused', middle + 0.5]]) {
      if (bar[name] > 0) {
        picture.append(svg('rect', { class: name, x: from, y: y(bar[name]), width: thick, height: y(0) - y(bar[name]), rx: 1.5 },
          svg('title', {}, `${label(bar.from, step)}: ${bar[name]} ${name}`)));
      }
    }
  });
  const labels = Math.max(2, Math.min(6, Math.floor(width / 130)));
  for (let n = 0; n < labels; n++) {
    const i = Math.round((n * (all.length - 1)) / (labels - 1));
    const anchor = n === 0 ? 'start' : n === labels - 1 ? 'end' : 'middle';
    const at = n === 0 ? x(i) : n === labels - 1 ? x(i + 1) : x(i) + room / 2;
    picture.append(svg('text', { class: 'axis', x: at, y: HEIGHT - 8, 'text-anchor': anchor }, label(all[i].from, step)));
  }
  return picture;
}

function figures(all, step) {
  const rows = all.filter((bar) => bar.released + bar.refused > 0);
  return h('table', {},
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, `From (UTC), one ${step.name}`), h('th', { scope: 'col' }, 'Releases'), h('th', { scope: 'col' }, 'Refusals'))),
    h('tbody', {}, ...rows.map((bar) => h('tr', {}, h('th', { scope: 'row' }, label(bar.from, step)), h('td', {}, `${bar.released}`), h('td', {}, `${bar.refused}`)))));
}

function label(from, step) {
  const text = new Date(from).toISOString();
  return step.ms < 24 * HOUR ? `${text.slice(5, 10)} ${text.slice(11, 16)}` : text.slice(0, 10);
}

/** The least of 1, 2, 5, 10, .. times four that is not below. */
function nice(most) {
  for (let unit = 1; ; unit *= 10) {
    for (const factor of [1, 2, 5]) {
      if (most <= 4 * unit * factor) {
        return 4 * unit * factor;
      }
    }
  }
}

function ticks(top) {
  return [0, 1, 2, 3, 4].map((quarter) => (top * quarter) / 4);
}
