/**
 * The gateway's API, for the party whose token this is. The token is in the memory of this object alone, goes out in a
 * header alone, and to this server alone.
 */
import { base64url } from './bytes.mjs';

const TRIES = 40;
const PAUSE_MS = 1000;

/** What the gateway answered instead. */
export class Problem extends Error {
  constructor(status, body) {
    super(typeof body?.detail === 'string' ? body.detail : `the gateway answered with status ${status}`);
    this.status = status;
  }
}

export class Api {
  #token;

  /** @param {string} token */
  constructor(token) {
    this.#token = token;
  }

  /** Whom the token says that it is of, unchecked: the gateway checks it. @returns {string} */
  get party() {
    try {
      const body = this.#token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
      return String(JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(body), (c) => c.charCodeAt(0)))).upn ?? '?');
    } catch {
      return '?';
    }
  }

  async contracts() {
    return (await this.#get('/v1/contracts')).contracts;
  }

  contract(name) {
    return this.#get(`/v1/contracts/${encodeURIComponent(name)}`);
  }

  events(name) {
    return this.#get(`/v1/contracts/${encodeURIComponent(name)}/events`);
  }

  gatewayEvents() {
    return this.#get('/v1/gateway/events');
  }

  /** The log key that the gateway claims to have; nothing here checks its evidence. @returns {Promise<string>} */
  async claimedLogKey() {
    const nonce = base64url(crypto.getRandomValues(new Uint8Array(32)));
    const answer = await ask('/v1/gateway/evidence', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ nonce }),
    });
    return String((await json(answer)).keys?.log);
  }

  async checkpoint() {
    const answer = await ask('/log/checkpoint', { cache: 'no-store' });
    if (!answer.ok) {
      throw new Problem(answer.status, null);
    }
    return answer.text();
  }

  /** A file of the public log; null where it has none. @param {string} path @returns {Promise<Uint8Array|null>} */
  async file(path) {
    // A tile never changes, but whether it still is what it was is the question.
    const answer = await ask(`/log/${path}`, { cache: 'no-cache' });
    if (answer.status === 404) {
      return null;
    }
    if (!answer.ok) {
      throw new Problem(answer.status, null);
    }
    return new Uint8Array(await answer.arrayBuffer());
  }

  async #get(path) {
    return json(await ask(path, { cache: 'no-store', headers: { Authorization: `Bearer ${this.#token}` } }));
  }
}

/** Asks again where the gateway says that it is busy. */
async function ask(path, options) {
  for (let left = TRIES; ; left--) {
    let answer;
    try {
      answer = await fetch(path, { credentials: 'omit', redirect: 'error', ...options });
    } catch {
      throw new Error('the gateway cannot be reached');
    }
    if (left === 0 || (answer.status !== 429 && answer.status !== 503)) {
      return answer;
    }
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
}

async function json(answer) {
  let body = null;
  try {
    body = await answer.json();
  } catch {
    // Said below.
  }
  if (!answer.ok || body === null || typeof body !== 'object') {
    throw new Problem(answer.status, body);
  }
  return body;
}
