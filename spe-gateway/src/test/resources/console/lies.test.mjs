// Each lie that a gateway could tell, and that each is found. Run by ConsoleScriptsTest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeLog, Storage } from './fakelog.mjs';
import { crypto, load } from './modules.mjs';

const bytes = await load('bytes');
const { canonical } = await load('canonical');
const { Memory } = await load('memory');
const { VerifierKey } = await load('note');
const { verify, GATEWAY } = await load('verification');

const DETAILS = { salt: bytes.base64url(new Uint8Array(32).fill(3)), values: { parameters: { epochs: 7 } } };

/** Two contracts in one log, of which one is looked at. */
async function honest(more = 0) {
  const log = await FakeLog.start();
  await log.append({ event: 'gateway-started' }, GATEWAY);
  await log.append({ event: 'proposed', party: 'hospital-a', contract: log.contractId });
  await log.accept();
  await log.append({ event: 'anything' }, 'other');
  await log.append({ event: 'released', function: 'train', parameters: ['epochs'] }, 'heart', DETAILS);
  await log.append({ event: 'refused', what: 'key', reasons: [{ code: 'NOT_IN_GRANT', detail: 'no' }] });
  for (let i = 0; i < more; i++) {
    await log.append({ event: 'released', number: i }, i % 2 === 0 ? 'other' : 'heart');
  }
  return log;
}

async function look(log, lies = {}, memory = new Memory(new Storage()), key = log.key) {
  return verify(log.source(lies), await VerifierKey.parse(key), memory, 'heart');
}

async function found(log, lies, memory) {
  return (await look(log, lies, memory)).findings.map((finding) => finding.code);
}

const shownWith = (log, change) => ({
  events: async () => {
    const shown = structuredClone(log.shown);
    return { events: change(shown) ?? shown, checkpoint: await log.head() };
  },
});

const fileWith = (log, name, change) => ({
  file: async (path) => {
    const file = await log.file(path);
    return path.startsWith(name) ? change(file) : file;
  },
});

test('an honest log is verified, with details where they may be read, and remembered', async () => {
  for (const more of [0, 251, 700]) {
    const log = await honest(more);
    const memory = new Memory(new Storage());
    const result = await look(log, {}, memory);
    assert.deepEqual(result.findings, []);
    assert.equal(result.size, 6 + more);
    assert.equal(result.events.length, log.shown.length);
    assert.deepEqual(result.events[2].event.parameters, { epochs: 7 });
    assert.equal((await memory.checkpoint(await VerifierKey.parse(log.key))).size, 6 + more);
    await log.append({ event: 'ended', party: 'hospital-a' });
    assert.deepEqual((await look(log, {}, memory)).findings, []);
    assert.equal((await memory.checkpoint(await VerifierKey.parse(log.key))).size, 7 + more);
  }
});

test('the chain of the gateway itself is verified as well', async () => {
  const log = await honest();
  const key = await VerifierKey.parse(log.key);
  const result = await verify(log.source(), key, new Memory(new Storage()), GATEWAY);
  assert.deepEqual(result.findings, []);
  assert.deepEqual(result.events.map((one) => one.event), [{ event: 'gateway-started' }]);
  const lie = { gatewayEvents: async () => ({ logKey: log.logKey, events: [] }) };
  assert.deepEqual((await verify(log.source(lie), key, new Memory(new Storage()), GATEWAY)).findings.map((finding) => finding.code), ['OPENING_WITHHELD']);
});

test('an event that was added while the log was read is no withheld one', async () => {
  const log = await honest();
  const first = await log.head();
  await log.append({ event: 'ended' });
  assert.deepEqual(await found(log, {
    checkpoint: async () => first,
    events: async () => ({ events: log.shown.slice(0, -1), checkpoint: await log.head() }),
  }), []);
});

test('a withheld opening is found', async () => {
  const log = await honest();
  assert.deepEqual(await found(log, shownWith(log, (shown) => shown.toSpliced(2, 1))), ['OPENING_WITHHELD']);
});

test('a changed event, salt or detail is found', async () => {
  const log = await honest();
  for (const change of [
    (shown) => { shown[2].event.function = 'infer'; },
    (shown) => { shown[2].salt = shown[1].salt; },
    (shown) => { shown[2].salt = ''; },
    (shown) => { shown[2].details.values.parameters.epochs = 8; },
    (shown) => { shown[2].details.values.more = 1; },
    (shown) => { shown[3].details = DETAILS; },
    (shown) => { delete shown[3].event.reasons; },
  ]) {
    assert.deepEqual(await found(log, shownWith(log, change)), ['EVENT_ALTERED']);
  }
});

test('an event that the log does not hold there is found', async () => {
  const log = await honest();
  assert.deepEqual(await found(log, shownWith(log, (shown) => { shown.push({ ...shown[0], index: 3 }); })), ['EVENT_NOT_LOGGED']);
  assert.deepEqual(await found(log, shownWith(log, (shown) => { shown[1].leaf = shown[0].leaf; })), ['EVENT_NOT_LOGGED', 'OPENING_WITHHELD', 'NOT_ACCEPTED']);
});

test('other bytes in entries or tiles are found, wherever they stand', async () => {
  const log = await honest(300);
  for (const at of [2, 40, 4000, 20_000]) {
    const codes = await found(log, fileWith(log, 'tile/entries/000', (file) => file.with(at, file[at] ^ 1)));
    assert.ok(codes.includes('ROOT_MISMATCH') && codes.includes('TILE_MISMATCH'), `${at}: ${codes}`);
  }
  for (const name of ['tile/0/000', 'tile/0/001.p', 'tile/1/000.p']) {
    assert.deepEqual(await found(log, fileWith(log, name, (file) => file.with(5, file[5] ^ 1))), ['TILE_MISMATCH']);
    assert.deepEqual(await found(log, fileWith(log, name, (file) => file.slice(1))), ['TILE_MISMATCH']);
    assert.deepEqual(await found(log, fileWith(log, name, () => null)), ['TILE_MISMATCH']);
  }
});

test('bundles that are cut, longer or missing are found', async () => {
  const log = await honest(300);
  for (const change of [(file) => file.slice(0, -1), (file) => bytes.concat(file, [0]), () => new Uint8Array()]) {
    const codes = await found(log, fileWith(log, 'tile/entries/001', change));
    assert.deepEqual([...new Set(codes)].slice(0, 2), ['LEAF_MALFORMED', 'LEAVES_MISSING']);
  }
  assert.ok((await found(log, fileWith(log, 'tile/entries/001', () => null))).includes('LEAVES_MISSING'));
});

test('an entry that was dropped before the log was signed leaves a gap', async () => {
  const log = await honest();
  log.entries.splice(2, 1);
  log.shown = log.shown.toSpliced(1, 1).map((shown) => (shown.index > 2 ? { ...shown, index: shown.index - 1 } : shown));
  assert.deepEqual(await found(log, {}), ['LEAF_DROPPED', 'NOT_ACCEPTED']);
});

test('a second history of the contract within the log is a fork', async () => {
  const log = await honest();
  const chains = log.chains;
  await log.append({ event: 'ended', party: 'hospital-a' });
  log.chains = chains;
  await log.append({ event: 'suspended', party: 'hospital-a' });
  assert.deepEqual(await found(log, {}), ['FORK']);
});

test('an event that does not continue the one before it is found', async () => {
  const log = await honest();
  log.chains = new Map(log.chains).set('heart', { seq: 4, prev: bytes.base64url(new Uint8Array(32)) });
  await log.append({ event: 'ended' });
  assert.deepEqual(await found(log, {}), ['CHAIN_BROKEN']);
});

test('entries that are no leaves are found', async () => {
  const log = await honest();
  const leaf = bytes.text(log.entries[3]);
  for (const wrong of ['', 'null', '{}', leaf.replace('"v":1', '"v":2'), leaf.replace('"seq":0', '"seq":-1'), ` ${leaf}`, leaf.replace('"v":1', '"v":1,"w":1'), leaf + ' '.repeat(600), '\u0000']) {
    log.entries[3] = bytes.utf8(wrong);
    assert.deepEqual(await found(log, {}), ['LEAF_MALFORMED'], wrong);
  }
  log.entries[3] = Uint8Array.of(0xff, 0xfe);
  assert.deepEqual(await found(log, {}), ['LEAF_MALFORMED']);
});

test('a checkpoint that the pinned key did not sign is found', async () => {
  const log = await honest();
  const other = await FakeLog.start();
  assert.ok((await look(log, {}, undefined, other.key)).findings.every((finding) => finding.code === 'SIGNATURE_INVALID'));
  const renamed = await FakeLog.start('another.test/log');
  assert.deepEqual((await look(log, {}, undefined, renamed.key)).findings.map((finding) => finding.code), ['SIGNATURE_INVALID']);
  const forged = (await log.head()).replace('\n6\n', '\n5\n');
  assert.deepEqual(await found(log, { checkpoint: async () => forged }), ['SIGNATURE_INVALID', 'ROOT_MISMATCH']);
});

test('two signed states of one size, a log that shrank, and one that was rewritten contradict the memory', async () => {
  const log = await honest();
  const memory = new Memory(new Storage());
  await look(log, {}, memory);
  const fork = await log.sign(6, new Uint8Array(32).fill(9));
  assert.deepEqual(await found(log, { checkpoint: async () => fork, events: async () => ({ events: log.shown, checkpoint: fork }) }, memory), ['TWO_HISTORIES', 'ROOT_MISMATCH']);
  const old = await log.sign(5, await (await log.tree(log.entries.slice(0, 5))).root());
  assert.deepEqual(await found(log, { checkpoint: async () => old, events: async () => ({ events: log.shown, checkpoint: old }) }, memory), ['LOG_SHRANK']);
  log.entries[3] = bytes.utf8(bytes.text(log.entries[3]).replace(/"commit":"./, '"commit":"A'));
  await log.append({ event: 'ended' });
  assert.deepEqual(await found(log, {}, memory), ['LOG_REWRITTEN']);
  // None of this was taken for the truth.
  assert.equal((await memory.checkpoint(await VerifierKey.parse(log.key))).size, 6);
});

test('another log key for the contract, which would make another history its own, is found', async () => {
  const log = await honest();
  const memory = new Memory(new Storage());
  await look(log, {}, memory);
  log.logKey = bytes.base64url(new Uint8Array(32).fill(8));
  assert.deepEqual([...new Set(await found(log, {}, memory))], ['CONTRACT_KEY_CHANGED', 'NO_EVENTS', 'EVENT_NOT_LOGGED', 'NOT_ACCEPTED']);
});

test('a contract text that is not the one that all signed is found', async () => {
  const log = await honest();
  const changed = { ...log.contract, version: 2 };
  const id = `sha256:${bytes.hex(await bytes.sha256(bytes.utf8(canonical(changed))))}`;
  const held = (contract, name) => ({ contract: async () => ({ contract, id: name, state: 'active', logKey: log.logKey }) });
  assert.deepEqual(await found(log, held(changed, log.contractId)), ['CONTRACT_ALTERED']);
  assert.deepEqual(await found(log, held(changed, id)), ['NOT_ACCEPTED']);
});

test('an acceptance under another key than the text names is none', async () => {
  const log = await FakeLog.start();
  log.party = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify']);
  await log.accept();
  assert.deepEqual(await found(log, {}), ['NOT_ACCEPTED']);
});

test('a damaged memory and answers that cannot be read verify nothing', async () => {
  const log = await honest();
  const storage = new Storage();
  await look(log, {}, new Memory(storage));
  const other = new Memory({ getItem: (name) => storage.getItem(name)?.replace('\\n6\\n', '\\n7\\n') ?? null, setItem: () => assert.fail('saved') });
  await assert.rejects(look(log, {}, other), /damaged/);
  for (const kept of ['', 'null', '{"checkpoint":', '{"checkpoint":"x"}', '{"checkpoint":7}']) {
    await assert.rejects(look(log, {}, new Memory({ getItem: () => kept })), Error, kept);
  }
  await assert.rejects(look(log, { checkpoint: async () => 'nothing' }), /checkpoint cannot be read/);
  await assert.rejects(look(log, shownWith(log, (shown) => { shown[0].index = '0'; })), /cannot be read/);
  await assert.rejects(look(log, shownWith(log, () => ({}))), /not a list/);
  await assert.rejects(look(log, { contract: async () => ({ contract: log.contract, id: log.contractId, state: 'proposed' }) }), /only parties/);
});
