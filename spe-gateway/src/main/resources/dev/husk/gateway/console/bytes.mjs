/**
 * Bytes, their spellings and their digest.
 */

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param {string} text @returns {Uint8Array} */
export function utf8(text) {
  return ENCODER.encode(text);
}

/** @param {Uint8Array} bytes @returns {string} @throws {TypeError} if they are not UTF-8 */
export function text(bytes) {
  return DECODER.decode(bytes);
}

/** @param {...(Uint8Array|number[])} parts @returns {Uint8Array} */
export function concat(...parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** @param {Uint8Array} a @param {Uint8Array} b */
export function equal(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** @param {Uint8Array} bytes */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {Uint8Array} bytes @returns {Promise<Uint8Array>} */
export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/** @param {Uint8Array} bytes */
export function base64(bytes) {
  let binary = '';
  for (const byte of bytes) {
    binary += String.fromCharCode(byte);
  }
  return btoa(binary);
}

/** @param {Uint8Array} bytes */
export function base64url(bytes) {
  return base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @param {string} spelled @returns {Uint8Array} @throws {Error} unless it is the one padded spelling of its bytes */
export function unbase64(spelled) {
  const bytes = Uint8Array.from(binary(spelled), (c) => c.charCodeAt(0));
  if (base64(bytes) !== spelled) {
    throw new Error('stray bits or no padding in base64');
  }
  return bytes;
}

/** @param {string} spelled @returns {Uint8Array} @throws {Error} unless it is the one spelling without padding */
export function unbase64url(spelled) {
  const bytes = Uint8Array.from(binary(spelled.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  if (base64url(bytes) !== spelled) {
    throw new Error('not base64url');
  }
  return bytes;
}

function binary(spelled) {
  try {
    return atob(spelled);
  } catch {
    throw new Error('not base64');
  }
}
