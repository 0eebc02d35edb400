/**
 * The JSON Canonicalization Scheme (RFC 8785). ECMAScript's own numbers and strings are what it asks for; what is left is
 * the order of members, which is that of UTF-16 code units.
 *
 * @param {unknown} value as JSON.parse gives it
 * @returns {string}
 */
export function canonical(value) {
  if (Array.isArray(value)) {
    return `[${value.map(canonical).join(',')}]`;
  }
  if (value !== null && typeof value === 'object') {
    const members = Object.keys(value)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}
