/**
 * Verifies one contract: reads the log and the contract's events, audits them, and remembers what fits. What does not
 * fit changes no memory.
 */
import { audit, parseShown } from './audit.mjs';
import { hex, sha256, utf8 } from './bytes.mjs';
import { canonical } from './canonical.mjs';
import { tag } from './leaf.mjs';
import { LogFiles } from './logfiles.mjs';
import { tagDigest } from './memory.mjs';
import { VerifierKey, WITNESS, parseCheckpoint, standing } from './note.mjs';
import { payload } from './statement.mjs';

/** Every entry is read and hashed here; a larger log is for `husk log verify`. */
export const MAX_ENTRIES = 500_000;

/** The chain of what concerns the gateway itself. */
export const GATEWAY = '_gateway';

const IN_FORCE = ['active', 'suspended'];

/**
 * @typedef {object} Source where the gateway's answers come from
 * @property {() => Promise<string>} checkpoint
 * @property {(path: string) => Promise<Uint8Array|null>} file below the log's prefix; null if there is none
 * @property {(name: string) => Promise<object>} contract
 * @property {(name: string) => Promise<object>} events
 * @property {() => Promise<object>} gatewayEvents
 *
 * @typedef {import('./audit.mjs').Result & {since: number|null, others: string[], witnesses: Witnesses|null}} Verified
 * @typedef {{quorum: number, of: number, cosigned: string[]}} Witnesses
 */

/**
 * @param {Source} source
 * @param {VerifierKey} key the pinned one
 * @param {import('./memory.mjs').Memory} memory
 * @param {string} name of the contract, or GATEWAY
 * @param {(done: number, of: number) => void} [progress]
 * @returns {Promise<Verified>} since: the size that was remembered; others: whose names the checkpoint's further signatures have
 * @throws {Error} if an answer cannot be had or read: then nothing is verified either
 */
export async function verify(source, key, memory, name, progress) {
  const remembered = await memory.checkpoint(key);
  // The first head must come before the events, or a leaf added in between would look withheld.
  const before = checkpoint(await source.checkpoint());
  const { held, answer } = name === GATEWAY ? await gateway(source) : await contract(source, name);
  const after = name === GATEWAY ? before : checkpoint(answer.checkpoint);
  if (after.size > MAX_ENTRIES) {
    throw new Error(`the log has ${after.size} entries, more than this page reads: use \`husk log verify\``);
  }
  if (typeof held.logKey !== 'string') {
    throw new Error('only parties of the version in force get the key that finds all events of the contract');
  }
  const own = await tag(held.logKey, name);
  const result = await audit({
    key,
    remembered,
    before,
    after,
    files: new LogFiles((path) => source.file(path)),
    tag: own,
    shown: parseShown(answer.events),
    progress: (done) => progress?.(done, after.size),
  });
  result.findings.unshift(...await changedKey(memory, key, name, own));
  if (name !== GATEWAY) {
    result.findings.push(...await text(held, result.events));
  }
  const cosigned = await witnesses(held.contract?.witnesses, after);
  if (result.findings.length === 0) {
    await memory.save(key, after, name, own);
  }
  return {
    ...result,
    since: remembered?.size ?? null,
    others: [...new Set(after.note.signatures.filter((line) => !key.made(line)).map((line) => line.name))],
    witnesses: cosigned,
  };
}

async function contract(source, name) {
  return { held: await source.contract(name), answer: await source.events(name) };
}

async function gateway(source) {
  const answer = await source.gatewayEvents();
  return { held: answer, answer };
}

function checkpoint(spelled) {
  try {
    return parseCheckpoint(spelled);
  } catch (e) {
    throw new Error(`the gateway's checkpoint cannot be read: ${e.message}`);
  }
}

async function changedKey(memory, key, name, own) {
  const known = await memory.tag(key, name);
  return known === null || known === await tagDigest(own)
    ? []
    : [{ code: 'CONTRACT_KEY_CHANGED', detail: `the gateway names another log key for ${name} than before` }];
}

/** The text on the page must be what its identity names, and what the log has every party's signature under. */
async function text(held, events) {
  const id = `sha256:${hex(await sha256(utf8(canonical(held.contract))))}`;
  if (id !== held.id) {
    return [{ code: 'CONTRACT_ALTERED', detail: `the contract's text has the identity ${id}, and the gateway says ${held.id}` }];
  }
  const findings = [];
  for (const party of IN_FORCE.includes(held.state) ? held.contract.parties : []) {
    if (!(await accepted(party, id, events))) {
      findings.push({ code: 'NOT_ACCEPTED', detail: `the log has no acceptance of this text that the key of ${party.name} signed` });
    }
  }
  return findings;
}

async function accepted(party, id, events) {
  for (const { event } of events) {
    if (event.event === 'accepted' && event.party === party.name && typeof event.signed === 'string') {
      const said = await payload(event.signed, party.key);
      if (said?.action === 'accept' && said.contract === id && said.party === party.name) {
        return true;
      }
    }
  }
  return false;
}

/** Which of the witnesses that a contract names have cosigned; null where it names none. */
async function witnesses(clause, head) {
  if (clause === null || typeof clause !== 'object' || !Array.isArray(clause.keys)) {
    return null;
  }
  const cosigned = [];
  for (const spelled of clause.keys) {
    const witness = await VerifierKey.parse(spelled, WITNESS);
    if (await standing(head.note, witness) === 'signed') {
      cosigned.push(witness.name);
    }
  }
  return { quorum: clause.quorum, of: clause.keys.length, cosigned };
}
