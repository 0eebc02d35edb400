/**
 * Signed notes and checkpoints of C2SP (signed-note, tlog-checkpoint, tlog-cosignature), with Ed25519 alone. Signatures
 * of unknown keys are ignored; a line in a known key's name and id that does not verify spoils the note.
 */
import { concat, equal, hex, sha256, unbase64, utf8 } from './bytes.mjs';

/** Signature type of a log's own key. */
export const LOG = 0x01;
/** Signature type of a witness's timestamped cosignature. */
export const WITNESS = 0x04;

const MAX_CHARS = 1 << 18;
const MAX_SIGNATURES = 64;
const ID = 4;
const RAW = 32;
const FORBIDDEN = /[\p{White_Space}\p{Cc}\p{Cs}+]/u;
const DECIMAL = /^(0|[1-9][0-9]{0,15})$/;

/**
 * @typedef {{name: string, id: Uint8Array, signature: Uint8Array}} NoteSignature
 * @typedef {{text: string, signatures: NoteSignature[]}} Note
 * @typedef {{origin: string, size: number, root: Uint8Array, note: Note, spelled: string}} Checkpoint
 * @typedef {'absent' | 'signed' | 'forged'} Standing what a key has to do with a note
 */

/** A verifier key: {@code name+hash+base64}. */
export class VerifierKey {
  constructor(spelled, name, type, id, key) {
    this.spelled = spelled;
    this.name = name;
    this.type = type;
    this.id = id;
    this.key = key;
  }

  /**
   * @param {string} spelled @param {number} type LOG or WITNESS
   * @returns {Promise<VerifierKey>}
   * @throws {Error} if it is no key of this type, or its hash does not fit
   */
  static async parse(spelled, type = LOG) {
    const [name, hash, ...rest] = spelled.split('+');
    if (rest.length === 0) {
      throw new Error('a verifier key is name+hash+key');
    }
    requireName(name);
    const encoded = unbase64(rest.join('+'));
    if (encoded.length !== 1 + RAW || encoded[0] !== type) {
      throw new Error('not an Ed25519 verifier key of this kind');
    }
    const id = (await sha256(concat(utf8(`${name}\n`), encoded))).slice(0, ID);
    if (hex(id) !== hash) {
      throw new Error("the verifier key's hash does not fit its key");
    }
    const key = await crypto.subtle.importKey('raw', encoded.slice(1), { name: 'Ed25519' }, false, ['verify']);
    return new VerifierKey(spelled, name, type, id, key);
  }

  /** @param {NoteSignature} line whether the line claims to be of this key */
  made(line) {
    return line.name === this.name && equal(line.id, this.id);
  }

  /** @param {string} noteText @param {Uint8Array} signature without the key's id @returns {Promise<boolean>} */
  async verify(noteText, signature) {
    if (this.type === LOG) {
      return this.#verify(utf8(noteText), signature);
    }
    if (signature.length !== 8 + 64) {
      return false;
    }
    const time = new DataView(signature.buffer, signature.byteOffset, 8).getBigUint64(0);
    return time > 0n && time < 1n << 63n && this.#verify(utf8(`cosignature/v1\ntime ${time}\n${noteText}`), signature.slice(8));
  }

  #verify(message, signature) {
    return crypto.subtle.verify({ name: 'Ed25519' }, this.key, signature, message);
  }
}

/** @param {string} spelled @returns {Note} @throws {Error} if it is no signed note, or larger than any that is read */
export function parseNote(spelled) {
  if (spelled.length > MAX_CHARS) {
    throw new Error('larger than any note');
  }
  if (/[\p{Cs}]|[\u0000-\u0009\u000b-\u001f]/u.test(spelled)) {
    throw new Error('a character that no note has');
  }
  const blank = spelled.lastIndexOf('\n\n');
  if (blank < 0 || blank + 2 >= spelled.length || !spelled.endsWith('\n')) {
    throw new Error('no signature lines after a blank line');
  }
  const lines = spelled.slice(blank + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) {
    throw new Error(`more than ${MAX_SIGNATURES} signatures`);
  }
  return { text: spelled.slice(0, blank + 1), signatures: lines.map(parseLine) };
}

function parseLine(line) {
  const parts = line.split(' ');
  if (parts.length !== 3 || parts[0] !== '\u2014') {
    throw new Error('not a signature line');
  }
  requireName(parts[1]);
  const bytes = unbase64(parts[2]);
  if (bytes.length <= ID) {
    throw new Error('a signature line without a signature');
  }
  return { name: parts[1], id: bytes.slice(0, ID), signature: bytes.slice(ID) };
}

function requireName(name) {
  if (name === '' || FORBIDDEN.test(name)) {
    throw new Error("a key's name has neither plus, space nor control character and is not empty");
  }
}

/** @param {string} spelled @returns {Checkpoint} @throws {Error} if it is none; more lines are kept, and mean nothing here */
export function parseCheckpoint(spelled) {
  const note = parseNote(spelled);
  const lines = note.text.slice(0, -1).split('\n');
  if (lines.length < 3 || lines.includes('')) {
    throw new Error('origin, size and root must stand on a line each');
  }
  const size = Number(lines[1]);
  if (!DECIMAL.test(lines[1]) || !Number.isSafeInteger(size)) {
    throw new Error('the size is no number that can be');
  }
  const root = unbase64(lines[2]);
  if (root.length !== RAW) {
    throw new Error('the root is no SHA-256 hash');
  }
  return { origin: lines[0], size, root, note, spelled };
}

/** @param {Note} note @param {VerifierKey} key @returns {Promise<Standing>} */
export async function standing(note, key) {
  let found = 'absent';
  for (const line of note.signatures.filter((one) => key.made(one))) {
    if (!(await key.verify(note.text, line.signature))) {
      return 'forged';
    }
    found = 'signed';
  }
  return found;
}
