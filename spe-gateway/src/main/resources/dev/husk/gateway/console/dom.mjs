/**
 * Builds elements. Texts become text nodes and nothing else, so that nothing a server says is ever markup.
 */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @param {string} name of the element
 * @param {Record<string, string|number|boolean|Function|null|undefined>} [attributes] functions listen to the event of their name
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElement}
 */
export function h(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. @returns {SVGElement} */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name, value);
    } else if (value === true) {
      element.setAttribute(name, '');
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, String(value));
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A part of the page under a heading, which names it for those who cannot see it. */
export function card(title, ...children) {
  const id = `h-${title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;
  return h('section', { class: 'card', 'aria-labelledby': id }, h('h2', { id }, title), ...children);
}

/** A moment in UTC, as the log has it. @param {unknown} time ISO 8601 */
export function moment(time) {
  const text = typeof time === 'string' ? time : '?';
  return h('time', { datetime: text }, text.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC'));
}
