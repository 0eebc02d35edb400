/**
 * What this browser saw of logs: the key that was pinned, the newest checkpoint that was verified, and which log key each
 * contract had. A gateway that later shows another history contradicts it. Holds no secret: log keys of contracts, which
 * are, are kept as the digest of the tag that they make.
 */
import { hex, sha256, utf8 } from './bytes.mjs';
import { parseCheckpoint, standing } from './note.mjs';

const PIN = 'husk.console.log-key';
const LOG = 'husk.console.log.';

export class Memory {
  #storage;

  /** @param {Storage} storage */
  constructor(storage) {
    this.#storage = storage;
  }

  /** @returns {string|null} the verifier key of the log */
  pinned() {
    return this.#storage.getItem(PIN);
  }

  /** @param {string} key as VerifierKey spells it; what was seen of another key's log stays, and does not count for this one */
  pin(key) {
    this.#storage.setItem(PIN, key);
  }

  /** Forgets the pin alone, so that nothing seen before is lost by it. */
  unpin() {
    this.#storage.removeItem(PIN);
  }

  /**
   * @param {import('./note.mjs').VerifierKey} key
   * @returns {Promise<import('./note.mjs').Checkpoint|null>}
   * @throws {Error} if what is kept was not signed by this key
   */
  async checkpoint(key) {
    const { checkpoint } = await this.#log(key);
    if (checkpoint === undefined) {
      return null;
    }
    let parsed;
    try {
      parsed = parseCheckpoint(checkpoint);
    } catch {
      throw damaged();
    }
    if (await standing(parsed.note, key) !== 'signed') {
      throw damaged();
    }
    return parsed;
  }

  /** @returns {Promise<string|null>} the digest of a contract's tag when it was verified first */
  async tag(key, contract) {
    return (await this.#log(key)).tags?.[contract] ?? null;
  }

  /** Keeps the larger of this checkpoint and the one that is here. */
  async save(key, checkpoint, contract, tag) {
    const before = await this.checkpoint(key);
    const log = await this.#log(key);
    log.checkpoint = before !== null && before.size > checkpoint.size ? before.spelled : checkpoint.spelled;
    log.tags = { ...log.tags, [contract]: await tagDigest(tag) };
    this.#storage.setItem(await name(key), JSON.stringify(log));
  }

  async #log(key) {
    try {
      return JSON.parse(this.#storage.getItem(await name(key)) ?? '{}');
    } catch {
      throw damaged();
    }
  }
}

function damaged() {
  return new Error('what this browser remembers of the log is damaged: delete the data of this site, then verify again');
}

/** @param {string} tag */
export async function tagDigest(tag) {
  return hex(await sha256(utf8(tag)));
}

async function name(key) {
  return LOG + hex(await sha256(utf8(key.spelled))).slice(0, 16);
}
