/**
 * What parties sign (docs/protocol.md, "Statement"): compact JWS under Ed25519 or ES256.
 */
import { text, unbase64url, utf8 } from './bytes.mjs';

const KINDS = {
  ed25519: { header: '{"alg":"EdDSA","typ":"husk+jws"}', key: { name: 'Ed25519' }, verify: { name: 'Ed25519' } },
  es256: {
    header: '{"alg":"ES256","typ":"husk+jws"}',
    key: { name: 'ECDSA', namedCurve: 'P-256' },
    verify: { name: 'ECDSA', hash: 'SHA-256' },
  },
};

/**
 * @param {string} jws @param {string} key as contracts spell it
 * @returns {Promise<object|null>} the payload; null if this key did not sign it
 */
export async function payload(jws, key) {
  try {
    const [kind, raw] = key.split(':');
    const { header, key: algorithm, verify } = KINDS[kind];
    const [head, body, signature, ...rest] = jws.split('.');
    if (rest.length > 0 || text(unbase64url(head)) !== header) {
      return null;
    }
    const verifier = await crypto.subtle.importKey('raw', unbase64url(raw), algorithm, false, ['verify']);
    const signed = await crypto.subtle.verify(verify, verifier, unbase64url(signature), utf8(`${head}.${body}`));
    return signed ? JSON.parse(text(unbase64url(body))) : null;
  } catch {
    return null; // neither a key nor a statement that anybody can read
  }
}
