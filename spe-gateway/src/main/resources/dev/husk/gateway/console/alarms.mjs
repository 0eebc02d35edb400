/**
 * Events that somebody should look at: a sandbox that asked to be bound again, a contract that a party stopped, and what
 * touched the gateway's own key.
 */

const WHY = {
  suspended: 'A party has stopped the contract. Nothing is released until all agree to resume.',
  'state-key-refused': 'A genuine machine asked for the key that opens every secret, and is no replica of this gateway.',
  'state-key-handed-over': 'Another machine has the key that opens every secret. It should be a replica that the operator added.',
  'gateway-recovered': 'The gateway lost its key and got another by the holders\u2019 shares. Verify it: husk gateway verify.',
};

/**
 * @param {object[]} events
 * @returns {{event: object, why: string}[]} the newest first
 */
export function alarms(events) {
  return events
    .map((event) => ({ event, why: why(event) }))
    .filter((alarm) => alarm.why !== undefined)
    .reverse();
}

function why(event) {
  if (event.event === 'refused') {
    return event.what === 'bind' ? 'A sandbox that is bound already asked to be bound to other code: its code may be hostile.' : undefined;
  }
  return Object.hasOwn(WHY, event.event) ? WHY[event.event] : undefined;
}
