// A log of our own, honest until a test makes it lie.
import { crypto, load } from './modules.mjs';

const bytes = await load('bytes');
const { canonical } = await load('canonical');
const { LOG } = await load('note');
const merkle = await load('merkle');
const leaves = await load('leaf');

const LOG_KEY = bytes.base64url(new Uint8Array(32).fill(7));

/** What a browser keeps, in memory. */
export class Storage {
  #all = new Map();
  getItem(name) {
    return this.#all.get(name) ?? null;
  }
  setItem(name, value) {
    this.#all.set(name, value);
  }
  removeItem(name) {
    this.#all.delete(name);
  }
}

export class FakeLog {
  entries = [];
  /** What it shows of the contract, and of the gateway itself. */
  shown = [];
  gatewayShown = [];

  static async start(origin = 'fake.test/log') {
    const log = new FakeLog();
    log.origin = origin;
    log.signer = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify']);
    const encoded = bytes.concat([LOG], new Uint8Array(await crypto.subtle.exportKey('raw', log.signer.publicKey)));
    log.id = (await bytes.sha256(bytes.concat(bytes.utf8(`${origin}\n`), encoded))).slice(0, 4);
    log.key = `${origin}+${bytes.hex(log.id)}+${bytes.base64(encoded)}`;
    const party = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify']);
    log.party = party;
    log.contract = {
      husk: 1,
      name: 'heart',
      parties: [{ name: 'hospital-a', key: `ed25519:${bytes.base64url(new Uint8Array(await crypto.subtle.exportKey('raw', party.publicKey)))}` }],
    };
    log.contractId = `sha256:${bytes.hex(await bytes.sha256(bytes.utf8(canonical(log.contract))))}`;
    log.logKey = LOG_KEY;
    return log;
  }

  async accept() {
    const head = bytes.base64url(bytes.utf8('{"alg":"EdDSA","typ":"husk+jws"}'));
    const body = bytes.base64url(bytes.utf8(canonical({ action: 'accept', contract: this.contractId, name: 'heart', party: 'hospital-a' })));
    const signature = new Uint8Array(await crypto.subtle.sign({ name: 'Ed25519' }, this.party.privateKey, bytes.utf8(`${head}.${body}`)));
    return this.append({ event: 'accepted', contract: this.contractId, party: 'hospital-a', signed: `${head}.${body}.${bytes.base64url(signature)}` });
  }

  /** An event of the contract; of another one where a name is given. */
  async append(event, contract = 'heart', details = undefined) {
    const mine = this.chains?.get(contract) ?? { seq: 0, prev: '' };
    const salt = bytes.base64url(crypto.getRandomValues(new Uint8Array(32)));
    if (details !== undefined) {
      const label = bytes.utf8('husk details v1\0');
      event = { ...event, details: bytes.base64url(await bytes.sha256(bytes.concat(label, bytes.unbase64url(details.salt), bytes.utf8(canonical(details.values))))) };
    }
    const leaf = canonical({ v: 1, tag: await leaves.tag(LOG_KEY, contract), ...mine, commit: await leaves.commitment(salt, event) });
    if (contract !== 'other') {
      (contract === 'heart' ? this.shown : this.gatewayShown).push({ index: this.entries.length, leaf, salt, event, ...(details === undefined ? {} : { details }) });
    }
    this.entries.push(bytes.utf8(leaf));
    this.chains = new Map(this.chains).set(contract, { seq: mine.seq + 1, prev: bytes.base64url(await merkle.leafHash(bytes.utf8(leaf))) });
    return this;
  }

  async tree(entries = this.entries) {
    const tree = new merkle.Tree(entries.length);
    await tree.append(await Promise.all(entries.map(merkle.leafHash)));
    return tree;
  }

  /** Signs whatever it is told to. */
  async sign(size, root) {
    const text = `${this.origin}\n${size}\n${bytes.base64(root)}\n`;
    const signature = new Uint8Array(await crypto.subtle.sign({ name: 'Ed25519' }, this.signer.privateKey, bytes.utf8(text)));
    return `${text}\n\u2014 ${this.origin} ${bytes.base64(bytes.concat(this.id, signature))}\n`;
  }

  async head() {
    return this.sign(this.entries.length, await (await this.tree()).root());
  }

  /** As the page asks a gateway; a lie replaces some of the answers. */
  source(lies = {}) {
    return {
      checkpoint: () => this.head(),
      file: (path) => this.file(path),
      contract: async () => ({ contract: this.contract, id: this.contractId, state: 'active', logKey: this.logKey }),
      events: async () => ({ events: this.shown, checkpoint: await this.head() }),
      gatewayEvents: async () => ({ events: this.gatewayShown, logKey: this.logKey }),
      ...lies,
    };
  }

  async file(path) {
    const tree = await this.tree();
    const [, level, rest, part] = /^tile\/(entries|\d+)\/([x\d/]+)(?:\.p\/(\d+))?$/.exec(path);
    const index = Number(rest.replaceAll(/[x/]/g, ''));
    const width = Number(part ?? 256);
    if (level === 'entries') {
      const bundle = this.entries.slice(index * 256, index * 256 + width);
      return bundle.length < width ? null : bytes.concat(...bundle.map((entry) => bytes.concat([entry.length >> 8, entry.length & 255], entry)));
    }
    const count = Math.floor(tree.size / 256 ** Number(level));
    return index * 256 + width > count ? null : tree.hashes(Number(level) * 8, index * 256, width).slice();
  }
}
