/**
 * Leaves, and what opens them (docs/protocol.md, "Log" and "Events").
 */
import { base64url, concat, sha256, text, unbase64url, utf8 } from './bytes.mjs';
import { canonical } from './canonical.mjs';

const MAX_BYTES = 512;
const MEMBERS = ['commit', 'prev', 'seq', 'tag', 'v'];
const DETAILS = ['parameters', 'reasons', 'signed'];

/**
 * @typedef {{tag: string, seq: number, prev: string, commit: string}} Leaf
 * @typedef {{salt: string, values: object}} Details
 */

/** @param {Uint8Array} bytes @returns {Leaf} @throws {Error} unless it is the canonical spelling of one */
export function parseLeaf(bytes) {
  if (bytes.length > MAX_BYTES) {
    throw new Error('longer than any leaf');
  }
  const spelled = text(bytes);
  const leaf = JSON.parse(spelled);
  const fits = leaf !== null && typeof leaf === 'object'
    && Object.keys(leaf).sort().join() === MEMBERS.join()
    && leaf.v === 1
    && Number.isSafeInteger(leaf.seq) && leaf.seq >= 0
    && isHash(leaf.tag) && isHash(leaf.commit)
    && (leaf.seq === 0 ? leaf.prev === '' : isHash(leaf.prev))
    && canonical(leaf) === spelled;
  if (!fits) {
    throw new Error('not a leaf of version 1');
  }
  return leaf;
}

function isHash(spelled) {
  try {
    return typeof spelled === 'string' && unbase64url(spelled).length === 32;
  } catch {
    return false;
  }
}

/** A contract's tag. @param {string} logKey base64url @param {string} name @returns {Promise<string>} */
export async function tag(logKey, name) {
  const key = await crypto.subtle.importKey('raw', unbase64url(logKey), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return base64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(`husk tag v1\0${name}`))));
}

/** What a leaf of this event must commit to. @param {string} salt @param {object} event @returns {Promise<string>} */
export function commitment(salt, event) {
  return salted('husk event v1\0', salt, event);
}

/** Whether the details, if there are any, are those that the event was logged with. */
export async function detailsBelong(event, details) {
  return details === undefined || event.details === await salted('husk details v1\0', details.salt, details.values);
}

/** The event as whoever may read its details reads it. @param {object} event @param {Details|undefined} details */
export function whole(event, details) {
  if (details === undefined) {
    return event;
  }
  const { details: digest, ...all } = event;
  for (const name of DETAILS.filter((one) => Object.hasOwn(details.values, one))) {
    all[name] = details.values[name];
  }
  return all;
}

async function salted(label, salt, value) {
  const bytes = unbase64url(salt);
  if (bytes.length !== 32) {
    throw new Error('a salt has 32 bytes');
  }
  return base64url(await sha256(concat(utf8(label), bytes, utf8(canonical(value)))));
}
