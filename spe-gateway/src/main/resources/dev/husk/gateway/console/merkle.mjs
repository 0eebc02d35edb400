/**
 * The tree of RFC 6962 over SHA-256, and the files that C2SP tlog-tiles cuts it into.
 */
import { concat, sha256 } from './bytes.mjs';

/** Hashes of a whole tile, entries of a whole bundle. */
export const WIDTH = 256;
/** Bytes of a hash. */
export const HASH = 32;
/** The level of entry bundles. */
export const ENTRIES = 'entries';

/** @param {Uint8Array} entry */
export function leafHash(entry) {
  return sha256(concat([0], entry));
}

/** @param {Uint8Array} left @param {Uint8Array} right */
export function nodeHash(left, right) {
  return sha256(concat([1], left, right));
}

/** All complete subtrees of a tree, from which its root at any size it had, and every tile, can be read. */
export class Tree {
  #levels = [];

  /** @param {number} capacity the most leaves that it will have */
  constructor(capacity) {
    this.size = 0;
    for (let count = capacity; count > 0; count = Math.floor(count / 2)) {
      this.#levels.push(new Uint8Array(count * HASH));
    }
  }

  /** @param {Uint8Array[]} hashes of the next leaves */
  async append(hashes) {
    hashes.forEach((hash, i) => this.#levels[0].set(hash, (this.size + i) * HASH));
    let from = this.size;
    this.size += hashes.length;
    let to = this.size;
    for (let level = 1; level < this.#levels.length; level++) {
      from = Math.floor(from / 2);
      to = Math.floor(to / 2);
      await Promise.all(Array.from({ length: to - from }, async (_, i) => {
        const node = from + i;
        const hash = await nodeHash(this.hash(level - 1, 2 * node), this.hash(level - 1, 2 * node + 1));
        this.#levels[level].set(hash, node * HASH);
      }));
    }
  }

  /** The hash of the complete subtree {@code index} of {@code 2 ** level} leaves. */
  hash(level, index) {
    return this.hashes(level, index, 1);
  }

  /** The hashes of {@code count} complete subtrees, one after the other. */
  hashes(level, index, count) {
    return this.#levels[level].subarray(index * HASH, (index + count) * HASH);
  }

  /** @param {number} size how many leaves it had @returns {Promise<Uint8Array>} */
  async root(size = this.size) {
    if (size > this.size) {
      throw new Error(`the tree has ${this.size} leaves, not ${size}`);
    }
    let root = null;
    let rest = size;
    // The complete subtrees that the size is the sum of, from the right.
    for (let level = 0, span = 1; rest > 0; level++, span *= 2) {
      if (rest % (2 * span) !== 0) {
        const node = this.hash(level, rest / span - 1);
        root = root === null ? node : await nodeHash(node, root);
        rest -= span;
      }
    }
    return root ?? sha256(new Uint8Array());
  }
}

/**
 * @param {number|'entries'} level @param {number} index @param {number} width 1 to 256
 * @returns {string} the path below the log's prefix
 */
export function tilePath(level, index, width) {
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  }
  return `tile/${level}/${groups.join('/')}${width === WIDTH ? '' : `.p/${width}`}`;
}

/** The tiles of hashes that a tree of {@code size} leaves has, as [level, index, width]. */
export function* tilesOf(size) {
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / WIDTH)) {
    for (let index = 0; index * WIDTH < count; index++) {
      yield [level, index, Math.min(WIDTH, count - index * WIDTH)];
    }
  }
}

/**
 * @param {Uint8Array} bundle each entry behind its length in two bytes, big-endian
 * @param {number} width how many it must have
 * @returns {Uint8Array[]}
 * @throws {Error} if it has fewer, or anything behind them
 */
export function parseBundle(bundle, width) {
  const entries = [];
  let at = 0;
  while (entries.length < width) {
    const end = at + 2 + (at + 2 <= bundle.length ? bundle[at] * 256 + bundle[at + 1] : bundle.length);
    if (end > bundle.length) {
      throw new Error(`a bundle ends within entry ${entries.length} of ${width}`);
    }
    entries.push(bundle.slice(at + 2, end));
    at = end;
  }
  if (at !== bundle.length) {
    throw new Error(`a bundle has ${bundle.length - at} bytes behind its last entry`);
  }
  return entries;
}
