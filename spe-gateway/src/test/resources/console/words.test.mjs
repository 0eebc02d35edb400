// Words, budgets, alarms, filters and bars. Run by ConsoleScriptsTest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './modules.mjs';

const { sentence, reasons, kind, KIND_NAMES } = await load('eventwords');
const { explain, isSimulated } = await load('contractwords');
const { budgets } = await load('budgets');
const { alarms } = await load('alarms');
const { bars } = await load('plot');
const { narrowed } = await load('timeline');

const CONTRACT = {
  parties: [{ name: 'hospital-a' }, { name: 'lab' }],
  datasets: [{ name: 'anna', owner: 'hospital-a' }],
  platforms: [{ name: 'laptop', tee: 'simulated', binding: 'sandbox', chips: 'any', policy: { debug: false, smt: 'any' } }],
  functions: [{ name: 'train', owner: 'lab', code: `sha256:${'0'.repeat(64)}`, platform: 'laptop' }, { name: 'infer', owner: 'lab', code: `sha256:${'1'.repeat(64)}`, platform: 'laptop' }],
  results: [{ name: 'model', readers: { parties: [], functions: ['infer'] } }],
  grants: [
    { function: 'train', reads: ['anna'], writes: ['model'], parameters: { epochs: { type: 'integer', min: 1, max: 200 } }, callers: ['lab'], limits: { runs: 3, perDay: 2, until: 'any' } },
    { function: 'infer', reads: ['model'], writes: [], parameters: {}, callers: 'any', limits: { runs: 'any', perDay: 'any', until: '2027-12-31T00:00:00Z' } },
  ],
};

test('a contract is explained as the command line explains it', () => {
  const words = explain(CONTRACT);
  assert.ok(isSimulated(CONTRACT));
  assert.match(words.warnings[0], /^SIMULATED: platform laptop/);
  assert.deepEqual(words.terms, ['Signed by all of: hospital-a, lab.', 'Platform laptop binds code by sandbox and leaves unchecked: chips, policy.smt.']);
  assert.deepEqual(words.grants[0].lines, ['Reads anna and writes model.', 'Called by lab.', 'Runs in all: 3; a day: 2; until: without end.', 'Parameter epochs: a whole number from 1 to 200.']);
  assert.deepEqual(words.readers, [
    { data: 'anna (of hospital-a)', ways: ['anna \u2192 train \u2192 callers: lab', 'anna \u2192 train \u2192 model \u2192 infer \u2192 callers: anyone'] },
    { data: 'model', ways: ['model \u2192 infer \u2192 callers: anyone'] },
  ]);
});

test('a contract says which witnesses it asks for, where it says so', () => {
  assert.ok(explain({ ...CONTRACT, witnesses: 'none' }).terms.includes('No witness has to have seen a release.'));
  assert.ok(explain({ ...CONTRACT, witnesses: { quorum: 1, keys: ['w1+00+AA', 'w2+00+AA'] } }).terms
    .includes('Keys are released only once 1 of these 2 witnesses have cosigned the log: w1, w2.'));
});

test('real hardware that is hardly checked is warned of', () => {
  const platform = { name: 'cloud', tee: 'snp', measurements: 'any', minimumTcb: 'any', policy: { debug: 'any' } };
  assert.equal(explain({ platforms: [platform] }).warnings.length, 3);
});

test('data that goes round in circles is said once', () => {
  const grants = [{ function: 'f', reads: ['a'], writes: ['b'], callers: 'any' }, { function: 'g', reads: ['b'], writes: ['a'], callers: 'any' }];
  assert.deepEqual(explain({ datasets: [{ name: 'a', owner: 'x' }], grants }).readers[0].ways,
    ['a \u2192 f \u2192 callers: anyone', 'a \u2192 f \u2192 b \u2192 g \u2192 callers: anyone', 'a \u2192 f \u2192 b \u2192 g \u2192 a (again)']);
});

test('events are said in words, and what is missing or strange breaks nothing', () => {
  assert.equal(sentence({ event: 'released', function: 'train', caller: 'lab', reads: ['anna'], writes: ['model'], parameters: { epochs: 7 }, sandbox: `sha256:${'a'.repeat(64)}`, simulated: true }),
    'keys RELEASED to train, called by lab: reads anna; writes model; parameters {"epochs":7}; sandbox sha256:aaaaaaaaaaaa.. (SIMULATED)');
  assert.equal(sentence({ event: 'released', function: 'f', parameters: ['x'], sealed: true }), 'keys RELEASED to f: reads nothing; writes nothing; sealed parameters x; sandbox ?');
  assert.equal(sentence({ event: 'result-read', party: 'lab', result: 'model', object: { sha256: `sha256:${'b'.repeat(64)}` } }), 'lab was given the key of result model (sha256:bbbbbbbbbbbb..)');
  assert.equal(sentence({ event: 'refused', what: 'result', result: 'model', party: 'a' }), 'REFUSED: result model to a');
  assert.equal(sentence({ event: 'key-deposited', party: 'a', dataset: 'd', size: 1500, sha256: 'sha256:b' }), 'a deposited the key of d (1.5 kB, sha256:b)');
  assert.deepEqual(reasons({ reasons: [{ code: 'A', detail: 'b' }, 'c', null] }), ['A: b', 'c', 'null']);
  for (const name of ['gateway-started', 'proposed', 'accepted', 'suspended', 'resumed', 'ended', 'key-deposited', 'sandbox-bound', 'sandbox-attested', 'invocation-key', 'released', 'result-read', 'refused', 'lease-ended', 'run', 'state-key-handed-over', 'state-key-refused', 'recovery-shares-made', 'recovery-holders-accepted', 'gateway-recovered', 'state-key-renewed', '__proto__', 'constructor', 'new-kind', 7, null]) {
    for (const more of [{}, { party: {}, reads: 7, size: 'x', statement: {}, reasons: 7, parameters: null }]) {
      assert.equal(typeof sentence({ event: name, ...more }), 'string');
      assert.ok(Object.hasOwn(KIND_NAMES, kind({ event: name })));
    }
  }
});

test('a run says what the statement says that was read and written, and that it failed', () => {
  const statement = {
    subject: [{ name: 'heart/model' }],
    predicate: {
      buildDefinition: {
        externalParameters: { function: 'train' },
        resolvedDependencies: [{ name: 'code' }, { name: 'heart/anna' }, { name: 'heart/ben' }],
      },
      runDetails: { metadata: { husk_success: true } },
    },
  };
  assert.match(sentence({ event: 'run', sandbox: 'sha256:00', statement }), /: train read heart\/anna, heart\/ben; wrote heart\/model$/);
  statement.predicate.runDetails.metadata.husk_success = false;
  assert.match(sentence({ event: 'run', sandbox: 'sha256:00', statement }), /: train FAILED; it read /);
});

test('budgets count what began a run, in all and on this day', () => {
  const run = (time, more = {}) => ({ event: 'released', function: 'train', run: true, time, ...more });
  const events = [run('2026-11-27T23:59:59Z'), run('2026-11-28T00:00:00Z'), run('2026-11-28T10:00:00Z', { function: 'infer' }), { ...run('2026-11-28T10:00:00Z'), run: undefined }];
  const [train, infer] = budgets(CONTRACT, events, new Date('2026-11-28T12:00:00Z'));
  assert.deepEqual(train.budgets, [{ label: 'in all', used: 2, limit: 3, left: 1 }, { label: 'today (UTC)', used: 1, limit: 2, left: 1 }]);
  assert.deepEqual(infer, { function: 'infer', until: '2027-12-31T00:00:00Z', budgets: [] });
  assert.equal(budgets(CONTRACT, [...events, ...events, ...events], new Date('2026-11-28T12:00:00Z'))[0].budgets[0].left, 0);
});

test('alarms are what somebody should look at, the newest first', () => {
  const events = [{ event: 'refused', what: 'bind' }, { event: 'refused', what: 'release' }, { event: 'suspended' }, { event: 'released' }, { event: 'constructor' }];
  assert.deepEqual(alarms(events).map((alarm) => alarm.event.event), ['suspended', 'refused']);
});

test('a timeline is narrowed by kind, day and words', () => {
  const entries = [
    { event: { event: 'released', function: 'train', time: '2026-11-27T10:00:00Z' } },
    { event: { event: 'refused', what: 'key', time: '2026-11-28T10:00:00Z', reasons: [{ code: 'NOT_IN_GRANT', detail: 'x' }] } },
  ];
  const all = { kind: '', words: '', from: '', to: '' };
  const count = (filter) => narrowed(entries, { ...all, ...filter }).length;
  assert.deepEqual([count({}), count({ kind: 'releases' }), count({ words: 'not_in grant' }), count({ words: 'TRAIN nothing' }), count({ words: 'train NOT_IN_GRANT' })], [2, 1, 1, 1, 0]);
  assert.deepEqual([count({ from: '2026-11-28' }), count({ to: '2026-11-27' }), count({ from: '2026-11-27', to: '2026-11-28' }), count({ from: '2026-11-29' })], [1, 1, 2, 0]);
});

test('bars count every release and refusal of their time, whatever the span', () => {
  assert.deepEqual(bars([{ event: 'proposed', time: '2026-11-28T10:00:00Z' }, { event: 'released', time: 'never' }]).bars, []);
  for (const hours of [0, 1, 30, 100, 1000, 20_000, 2_000_000]) {
    const events = [0, 0.5, 1].map((part) => ({ event: part === 1 ? 'refused' : 'released', time: new Date(Date.UTC(1900, 0, 1) + part * hours * 3_600_000).toISOString() }));
    const { bars: all } = bars(events);
    assert.ok(all.length >= 12 && all.length <= 36, `${hours} hours make ${all.length} bars`);
    assert.ok(all.reduce((sum, bar) => sum + bar.refused, 0) === 1, `${hours}`);
  }
});
