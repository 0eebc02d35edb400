/**
 * One audit of one contract's events in the whole log: the checks of `husk log verify`, in the browser. Knows neither
 * page nor network.
 */
import { base64url, equal, text } from './bytes.mjs';
import { commitment, detailsBelong, parseLeaf, whole } from './leaf.mjs';
import { MalformedFile } from './logfiles.mjs';
import { Tree, leafHash, tilesOf } from './merkle.mjs';
import { standing } from './note.mjs';

/**
 * @typedef {import('./note.mjs').Checkpoint} Checkpoint
 * @typedef {{code: string, detail: string}} Finding one lie, or one thing that an honest gateway would not show
 * @typedef {{index: number, leaf: string, salt: string, event: object, details?: {salt: string, values: object}}} Shown
 * @typedef {{index: number, seq: number, event: object}} Audited an event that opens its leaf
 * @typedef {{size: number, findings: Finding[], events: Audited[]}} Result
 */

/**
 * @param {object} asked
 * @param {import('./note.mjs').VerifierKey} asked.key who must have signed the log
 * @param {Checkpoint|null} asked.remembered the newest that was verified before
 * @param {Checkpoint} asked.before fetched before the events: every leaf it counts must come with its event
 * @param {Checkpoint} asked.after came with the events; leaves that only it counts may still lack theirs
 * @param {import('./logfiles.mjs').LogFiles} asked.files
 * @param {string} asked.tag the contract's tag
 * @param {Shown[]} asked.shown what the gateway shows as the contract's events
 * @param {(done: number) => void} [asked.progress] how many entries were read
 * @returns {Promise<Result>}
 */
export async function audit(asked) {
  const one = new Audit(asked);
  await one.heads();
  await one.read();
  await one.roots();
  await one.tiles();
  one.chain();
  await one.openings();
  return { size: asked.after.size, findings: one.findings, events: one.events };
}

/** @param {unknown} answer a list @returns {Shown[]} @throws {Error} if a member is missing or of another type */
export function parseShown(answer) {
  if (!Array.isArray(answer)) {
    throw new Error("the gateway's events are not a list");
  }
  for (const one of answer) {
    const fits = isObject(one) && Number.isSafeInteger(one.index) && one.index >= 0
      && typeof one.leaf === 'string' && typeof one.salt === 'string' && isObject(one.event)
      && (one.details === undefined
        || (isObject(one.details) && typeof one.details.salt === 'string' && isObject(one.details.values)));
    if (!fits) {
      throw new Error('the gateway shows an event that cannot be read: one needs index, leaf, salt and event');
    }
  }
  return answer;
}

function isObject(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

class Audit {
  findings = [];
  events = [];
  /** The contract's leaves by their index. */
  #own = new Map();
  #tree;

  constructor(asked) {
    Object.assign(this, asked);
    this.#tree = new Tree(asked.after.size);
  }

  async heads() {
    const { remembered, before, after } = this;
    await this.#signed(before);
    if (after.spelled !== before.spelled) {
      await this.#signed(after);
    }
    this.#grew(before, after);
    if (remembered !== null) {
      this.#grew(remembered, before);
    }
  }

  async #signed(head) {
    if (head.origin !== this.key.name) {
      this.#found('SIGNATURE_INVALID', `the checkpoint is of the log ${head.origin}, and the pinned key of ${this.key.name}`);
    } else if (await standing(head.note, this.key) !== 'signed') {
      this.#found('SIGNATURE_INVALID', `the pinned key did not sign the checkpoint of ${head.size} entries`);
    }
  }

  #grew(from, to) {
    if (to.size < from.size) {
      this.#found('LOG_SHRANK', `the log had ${from.size} entries and now has ${to.size}: history was taken back`);
    } else if (to.size === from.size && !equal(to.root, from.root)) {
      this.#found('TWO_HISTORIES', `there are two different checkpoints of ${to.size} entries: one that this browser saw before, and one now`);
    }
  }

  async read() {
    try {
      for await (const entries of this.files.bundles(this.after.size)) {
        const hashes = await Promise.all(entries.map(leafHash));
        entries.forEach((entry, i) => this.#leaf(this.#tree.size + i, entry, hashes[i]));
        await this.#tree.append(hashes);
        this.progress?.(this.#tree.size);
      }
    } catch (e) {
      if (!(e instanceof MalformedFile)) {
        throw e;
      }
      this.#found('LEAF_MALFORMED', e.message);
    }
    if (this.#tree.size < this.after.size) {
      this.#found('LEAVES_MISSING', `the checkpoint counts ${this.after.size} entries, the gateway shows ${this.#tree.size}`);
    }
  }

  #leaf(index, entry, hash) {
    let leaf;
    try {
      leaf = parseLeaf(entry);
    } catch (e) {
      this.#found('LEAF_MALFORMED', `entry ${index}: ${e.message}`);
      return;
    }
    if (leaf.tag === this.tag) {
      this.#own.set(index, { leaf, hash: base64url(hash), spelled: text(entry) });
    }
  }

  /** Holds the tree against the heads of its sizes: whatever they count is in it, and it only grew. */
  async roots() {
    await this.#root(this.before, 'ROOT_MISMATCH', (size) => `the entries shown do not make the signed root of ${size} entries`);
    if (!equal(this.before.root, this.after.root)) {
      await this.#root(this.after, 'ROOT_MISMATCH', (size) => `the entries shown do not make the signed root of ${size} entries`);
    }
    if (this.remembered !== null) {
      await this.#root(this.remembered, 'LOG_REWRITTEN', (size) => `the first ${size} entries are not those that this browser saw before`);
    }
  }

  async #root(head, code, detail) {
    if (head.size <= this.#tree.size && !equal(await this.#tree.root(head.size), head.root)) {
      this.#found(code, detail(head.size));
    }
  }

  /** The files that others make their proofs from must be of the same entries. */
  async tiles() {
    for await (const { name, path, hashes } of this.files.tiles(tilesOf(this.#tree.size))) {
      const [level, index, width] = name;
      if (hashes === null || !equal(hashes, this.#tree.hashes(level * 8, index * 256, width))) {
        this.#found('TILE_MISMATCH', hashes === null ? `${path} is missing` : `the hashes in ${path} are not those of the entries`);
      }
    }
  }

  chain() {
    const bySeq = new Map();
    for (const [index, { leaf }] of this.#own) {
      if (bySeq.has(leaf.seq)) {
        this.#found('FORK', `entries ${bySeq.get(leaf.seq)} and ${index} are both event ${leaf.seq} of the contract: two histories`);
      } else {
        bySeq.set(leaf.seq, index);
      }
    }
    if (bySeq.size === 0) {
      this.#found('NO_EVENTS', 'the log holds no event of this contract');
    }
    let expected = 0;
    for (const seq of [...bySeq.keys()].sort((a, b) => a - b)) {
      if (seq > expected) {
        this.#found('LEAF_DROPPED', seq - expected === 1
          ? `event ${expected} of the contract is not in the log`
          : `events ${expected} to ${seq - 1} of the contract are not in the log`);
      }
      expected = seq + 1;
    }
    for (const [index, { leaf }] of this.#own) {
      const before = this.#own.get(bySeq.get(leaf.seq - 1));
      if (before !== undefined && before.hash !== leaf.prev) {
        this.#found('CHAIN_BROKEN', `entry ${index} does not continue entry ${bySeq.get(leaf.seq - 1)}, the contract's event before it`);
      }
    }
  }

  async openings() {
    const byIndex = new Map();
    for (const shown of this.shown) {
      if (shown.index >= this.after.size) {
        continue; // newer than the head: no checkpoint speaks for it yet
      }
      if (this.#own.get(shown.index)?.spelled === shown.leaf) {
        byIndex.set(shown.index, shown);
      } else {
        this.#found('EVENT_NOT_LOGGED', `the gateway shows "${shown.event.event}" as entry ${shown.index}, the log does not hold it there`);
      }
    }
    for (const [index, { leaf }] of this.#own) {
      const shown = byIndex.get(index);
      if (shown !== undefined) {
        await this.#open(index, leaf, shown);
      } else if (index < this.before.size) {
        this.#found('OPENING_WITHHELD', `entry ${index} is event ${leaf.seq} of the contract, and the gateway does not show what it says`);
      }
    }
  }

  async #open(index, leaf, { salt, event, details }) {
    let opens = false;
    try {
      opens = await commitment(salt, event) === leaf.commit && await detailsBelong(event, details);
    } catch {
      // No salt.
    }
    if (opens) {
      this.events.push({ index, seq: leaf.seq, event: whole(event, details) });
    } else {
      this.#found('EVENT_ALTERED', `what the gateway shows as event ${leaf.seq} ("${event.event}") is not what stands in the log`);
    }
  }

  #found(code, detail) {
    this.findings.push({ code, detail });
  }
}
