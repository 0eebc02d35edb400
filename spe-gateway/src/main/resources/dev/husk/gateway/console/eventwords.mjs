/**
 * Events in plain words, as `husk log show` says them. Members that are missing or of another type are a question mark.
 */

const KINDS = {
  proposed: 'agreement',
  accepted: 'agreement',
  suspended: 'agreement',
  resumed: 'agreement',
  ended: 'agreement',
  'key-deposited': 'keys',
  'invocation-key': 'keys',
  'sandbox-bound': 'sandboxes',
  'sandbox-attested': 'sandboxes',
  released: 'releases',
  'result-read': 'releases',
  refused: 'refusals',
  'lease-ended': 'runs',
  run: 'runs',
};

/** The kinds that a timeline can be narrowed to, and what they are called. */
export const KIND_NAMES = {
  releases: 'Releases',
  refusals: 'Refusals',
  runs: 'Runs and leases',
  agreement: 'Agreement',
  keys: 'Keys',
  sandboxes: 'Sandboxes',
  gateway: 'Gateway',
};

/** @param {object} event @returns {keyof typeof KIND_NAMES} */
export function kind(event) {
  return Object.hasOwn(KINDS, event.event) ? KINDS[event.event] : 'gateway';
}

/** @param {object} event @returns {string} what happened and who did it */
export function sentence(event) {
  const { text, said, short, list } = reader(event);
  switch (event.event) {
    case 'gateway-started':
      return `the gateway started${event.simulation === true ? ', on simulated hardware' : ''}`;
    case 'proposed':
      return `${text('party')} proposed the contract, version ${text('version')}`;
    case 'accepted':
      return `${text('party')} accepted the contract${event.formerKey === true ? ', under its former key' : ''}${event.active === true ? ', which made it active' : ''}`;
    case 'suspended':
      return `${text('party')} SUSPENDED the contract`;
    case 'resumed':
      return `${text('party')} agreed to resume the contract${event.active === true ? ', which made it active again' : ''}`;
    case 'ended':
      return `${text('party')} ended the contract`;
    case 'key-deposited':
      return `${text('party')} deposited the key of ${text('dataset')} (${size(event.size)}, ${short('sha256')})`;
    case 'sandbox-bound':
      return said('initData')
        ? `sandbox ${short('sandbox')} was bound to init-data ${shorten(text('initData'), 12)}${simulated(event)}`
        : said('code')
          ? `sandbox ${short('sandbox')} was bound to code ${short('code')}, entry ${text('entry')}${simulated(event)}`
          : `sandbox ${short('sandbox')} was bound to code that no contract names: it gets no key, ever${simulated(event)}`;
    case 'sandbox-attested':
      return `sandbox ${short('sandbox')} attested again, to the same init-data`;
    case 'invocation-key':
      return `requests to ${text('function')} are sealed to key ${shorten(text('key'), 16)}`;
    case 'released':
      return `keys RELEASED to ${text('function')}${said('caller') ? `, called by ${text('caller')}` : ''}`
        + `${said('resource') ? ` by resource ${text('resource')}` : ''}: reads ${list('reads')}; writes ${list('writes')}`
        + `${parameters(event)}; sandbox ${short('sandbox')}${simulated(event)}`;
    case 'result-read':
      return `${text('party')} was given the key of result ${text('result')} (${shorten(word(event.object?.sha256), 19)})`;
    case 'refused':
      return `REFUSED: ${text('what')}${said('result') ? ` ${text('result')}` : ''}${said('party') ? ` to ${text('party')}` : ''}${said('function') ? ` for ${text('function')}` : ''}${said('sandbox') ? `, sandbox ${short('sandbox')}` : ''}`;
    case 'lease-ended':
      return `the lease of sandbox ${short('sandbox')} ended: ${text('reason')}`;
    case 'run':
      return run(event);
    case 'state-key-handed-over':
      return `the state key went to another replica of the gateway, ${short('sandbox')}${simulated(event)}`;
    case 'state-key-refused':
      return 'a machine with a genuine report asked for the state key and was REFUSED';
    case 'recovery-shares-made':
      return 'shares were made that can recover the gateway';
    case 'recovery-holders-accepted':
      return `${text('holder')} agreed to other holders of the shares`;
    case 'gateway-recovered':
      return `the gateway was RECOVERED with the shares of ${list('holders')}`;
    case 'state-key-renewed':
      return 'the gateway has a new state key';
    default:
      return `${text('event')}`;
  }
}

/** @param {object} event @returns {string[]} why it was refused */
export function reasons(event) {
  return !Array.isArray(event.reasons) ? [] : event.reasons.map((reason) => {
    const { text } = reader(reason);
    return reason !== null && typeof reason === 'object' ? `${text('code')}: ${text('detail')}` : String(reason);
  });
}

/** @param {unknown} text */
export function shorten(text, length) {
  const whole = String(text);
  return whole.length <= length ? whole : `${whole.slice(0, length)}..`;
}

/** @param {unknown} bytes */
export function size(bytes) {
  if (typeof bytes !== 'number') {
    return 'size ?';
  }
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return `${unit === 0 ? bytes : (bytes / 1000 ** unit).toFixed(1)} ${units[unit]}`;
}

function reader(event) {
  const text = (member) => word(event?.[member]);
  return {
    text,
    said: (member) => ['string', 'number', 'boolean'].includes(typeof event?.[member]) && event[member] !== '',
    short: (member) => shorten(text(member), 19), // sha256: and twelve digits
    list: (member) => (Array.isArray(event?.[member]) && event[member].length > 0 ? event[member].map(word).join(', ') : 'nothing'),
  };
}

function word(value) {
  return value === undefined ? '?' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function simulated(event) {
  return event.simulated === true ? ' (SIMULATED)' : '';
}

/** Of a sealed request the log knows the names alone; of another it tells the values to some parties. */
function parameters(event) {
  const { list } = reader(event);
  if (!Array.isArray(event.parameters)) {
    return event.parameters === undefined ? '' : `; parameters ${JSON.stringify(event.parameters)}`;
  }
  if (event.sealed === true) {
    return `; sealed parameters ${list('parameters')}`;
  }
  return event.parameters.length === 0 ? '' : `; parameters ${list('parameters')} (values withheld)`;
}

function run(event) {
  const { short } = reader(event);
  const definition = event.statement?.predicate?.buildDefinition;
  const inputs = definition?.resolvedDependencies;
  const did = definition === undefined
    ? ''
    : `: ${word(definition.externalParameters?.function)} ${event.statement.predicate.runDetails?.metadata?.husk_success === false ? 'FAILED; it ' : ''}read ${named(Array.isArray(inputs) ? inputs.slice(1) : inputs)}`
      + `; wrote ${named(event.statement.subject)}`;
  return `sandbox ${short('sandbox')} reports a run${did}`;
}

function named(list) {
  return !Array.isArray(list) || list.length === 0 ? 'nothing' : list.map((entry) => word(entry?.name)).join(', ');
}
