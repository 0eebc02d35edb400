/**
 * What each finding of an audit means, in plain words.
 */

const MEANINGS = {
  SIGNATURE_INVALID: 'The log is not signed by the key that is pinned here.',
  LOG_SHRANK: 'The log is shorter than it was: history was taken back.',
  LOG_REWRITTEN: 'What stood in the log before does not stand in it now.',
  TWO_HISTORIES: 'The log has signed two histories that exclude each other.',
  ROOT_MISMATCH: 'The entries are not the ones that the log has signed.',
  LEAVES_MISSING: 'The gateway does not show all entries that the log has signed.',
  LEAF_MALFORMED: 'An entry of the log cannot be read.',
  TILE_MISMATCH: 'The files that proofs are made from are not those of the log\u2019s entries.',
  FORK: 'The contract has two histories in the log.',
  LEAF_DROPPED: 'An event of the contract was left out of the log.',
  CHAIN_BROKEN: 'The events of the contract do not continue each other.',
  OPENING_WITHHELD: 'The gateway withholds an event of the contract.',
  EVENT_ALTERED: 'An event is not the one that was logged.',
  EVENT_NOT_LOGGED: 'The gateway shows an event that is not in the log.',
  CONTRACT_KEY_CHANGED: 'The gateway names another log key for the contract, so that other entries would be its history.',
  CONTRACT_ALTERED: 'The text of the contract is not the one that its identity names.',
  NOT_ACCEPTED: 'The log does not show that all parties signed the contract as it stands here.',
  NO_EVENTS: 'The log holds no event of the contract.',
};

/** @param {string} code @returns {string} */
export function meaning(code) {
  return Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : code;
}
