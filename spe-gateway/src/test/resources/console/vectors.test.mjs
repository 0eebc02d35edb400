// Run by ConsoleScriptsTest: node --test, with CONSOLE (the modules) and VECTORS in the environment.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { crypto, load, vector } from './modules.mjs';

const bytes = await load('bytes');
const { canonical } = await load('canonical');
const { parseLeaf } = await load('leaf');
const merkle = await load('merkle');
const note = await load('note');

const file = (path) => new Uint8Array(readFileSync(vector(path)));

test('every checkpoint of the vectors is signed by its log, and counts entries and tiles that make its root', async () => {
  const key = await note.VerifierKey.parse(readFileSync(vector('tlog/tessera/VKEY.txt'), 'utf8').trim());
  const names = readdirSync(vector('tlog/tessera/log')).filter((name) => name.startsWith('checkpoint'));
  assert.ok(names.length > 10);
  for (const name of names) {
    const head = note.parseCheckpoint(readFileSync(vector(`tlog/tessera/log/${name}`), 'utf8'));
    assert.equal(await note.standing(head.note, key), 'signed', name);
    if (head.size === 0) {
      assert.deepEqual(await new merkle.Tree(0).root(), head.root);
      continue;
    }
    const entries = merkle.parseBundle(file(`tlog/tessera/log/${merkle.tilePath('entries', 0, head.size)}`), head.size);
    const tree = new merkle.Tree(head.size);
    await tree.append(await Promise.all(entries.map(merkle.leafHash)));
    assert.deepEqual(await tree.root(), head.root, name);
    assert.deepEqual(tree.hashes(0, 0, head.size), file(`tlog/tessera/log/${merkle.tilePath(0, 0, head.size)}`));
  }
});

test('a checkpoint whose text was changed is not signed, whatever was changed', async () => {
  const key = await note.VerifierKey.parse(readFileSync(vector('tlog/tessera/VKEY.txt'), 'utf8').trim());
  const spelled = readFileSync(vector('tlog/tessera/log/checkpoint'), 'utf8');
  const changed = note.parseNote(spelled);
  for (let i = 0; i < changed.text.length - 1; i++) {
    const other = changed.text.slice(0, i) + (changed.text[i] === 'x' ? 'y' : 'x') + changed.text.slice(i + 1);
    assert.equal(await note.standing({ ...changed, text: other }, key), 'forged');
  }
});

test('the tree makes the roots that the vectors of consistency proofs have', async () => {
  const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
    .map((spelled) => Uint8Array.from(Buffer.from(spelled, 'hex')));
  const tree = new merkle.Tree(leaves.length);
  await tree.append(await Promise.all(leaves.map(merkle.leafHash)));
  for (const folder of ['0', '1', '2', '3', '4']) {
    const proof = JSON.parse(readFileSync(vector(`merkle/transparency-dev-merkle/consistency/${folder}/happy-path.json`), 'utf8'));
    assert.equal(bytes.base64(await tree.root(proof.size1)), proof.root1);
    assert.equal(bytes.base64(await tree.root(proof.size2)), proof.root2);
  }
});

test('a tree that was grown in parts has the roots and tiles of one that was not', async () => {
  const hashes = await Promise.all(Array.from({ length: 700 }, (_, i) => merkle.leafHash(bytes.utf8(`${i}`))));
  const whole = new merkle.Tree(700);
  await whole.append(hashes);
  for (const step of [1, 3, 256, 300]) {
    const grown = new merkle.Tree(700);
    for (let at = 0; at < 700; at += step) {
      await grown.append(hashes.slice(at, at + step));
      assert.deepEqual(await grown.root(), await whole.root(grown.size));
    }
    for (const [level, index, width] of merkle.tilesOf(700)) {
      assert.deepEqual(grown.hashes(level * 8, index * 256, width), whole.hashes(level * 8, index * 256, width));
    }
  }
});

test('a tree has the tiles that tlog-tiles says', () => {
  assert.deepEqual([...merkle.tilesOf(0)], []);
  assert.deepEqual([...merkle.tilesOf(1)], [[0, 0, 1]]);
  assert.deepEqual([...merkle.tilesOf(256)], [[0, 0, 256], [1, 0, 1]]);
  assert.deepEqual([...merkle.tilesOf(700)], [[0, 0, 256], [0, 1, 256], [0, 2, 188], [1, 0, 2]]);
  assert.equal(merkle.tilePath(0, 1234067, 256), 'tile/0/x001/x234/067');
  assert.equal(merkle.tilePath('entries', 999, 7), 'tile/entries/999.p/7');
});

test('bundles that end early or late are refused', () => {
  const bundle = Uint8Array.of(0, 1, 65, 0, 2, 66, 67);
  assert.deepEqual(merkle.parseBundle(bundle, 2).map((entry) => bytes.text(entry)), ['A', 'BC']);
  for (const [broken, width] of [[bundle, 1], [bundle, 3], [bundle.slice(0, 6), 2], [bundle.slice(0, 4), 2], [new Uint8Array(), 1]]) {
    assert.throws(() => merkle.parseBundle(broken, width), /bundle/);
  }
});

test('canonical JSON is as RFC 8785 has it', () => {
  assert.equal(
    canonical(JSON.parse('{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001,-0],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}')),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27,0],"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
  assert.equal(canonical(JSON.parse('{"\\u20ac":1,"\\r":2,"\\ufb33":3,"1":4,"\\ud83d\\ude00":5,"\\u0080":6,"\\u00f6":7,"__proto__":8}')),
    '{"\\r":2,"1":4,"__proto__":8,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
});

test('keys and notes that are not spelled as they must be are refused', async () => {
  const spelled = readFileSync(vector('tlog/tessera/VKEY.txt'), 'utf8').trim();
  const [name, hash, key] = [spelled.split('+')[0], spelled.split('+')[1], spelled.split('+').slice(2).join('+')];
  for (const wrong of ['', name, `${name}+${hash}`, `${name}x+${hash}+${key}`, `${name}+00000000+${key}`, `${name}+${hash}+${key}A`, `${name}+${hash}+`, ` ${spelled}`]) {
    await assert.rejects(note.VerifierKey.parse(wrong), Error, wrong);
  }
  const good = readFileSync(vector('tlog/tessera/log/checkpoint'), 'utf8');
  for (const wrong of ['', '\n\n', good.trimEnd(), good.replace('\u2014', '-'), good.replace('\n\n', '\n'), good.replace('\n', '\r\n'), `${good}\n`,
    good.replace(/\n\d+\n/, '\n01\n'), good.replace(/\n\d+\n/, '\n9007199254740993\n'), good.replace(/\n\d+\n/, '\n-1\n'), good.replace('=\n\n', '\n\n'), good + good.split('\n').at(-2).repeat(3)]) {
    assert.throws(() => note.parseCheckpoint(wrong), Error, JSON.stringify(wrong));
  }
});

test('further signature lines are let be, and a cosignature of a witness is told from a forged one', async () => {
  const good = readFileSync(vector('tlog/tessera/log/checkpoint'), 'utf8');
  const log = await note.VerifierKey.parse(readFileSync(vector('tlog/tessera/VKEY.txt'), 'utf8').trim());
  const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify']);
  const encoded = bytes.concat([note.WITNESS], new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
  const id = (await bytes.sha256(bytes.concat(bytes.utf8('witness.test\n'), encoded))).slice(0, 4);
  const witness = await note.VerifierKey.parse(`witness.test+${bytes.hex(id)}+${bytes.base64(encoded)}`, note.WITNESS);
  const time = 1764356251n;
  const text = note.parseNote(good).text;
  const signed = new Uint8Array(await crypto.subtle.sign({ name: 'Ed25519' }, pair.privateKey, bytes.utf8(`cosignature/v1\ntime ${time}\n${text}`)));
  const line = (at, signature) => {
    const stamp = new Uint8Array(8);
    new DataView(stamp.buffer).setBigUint64(0, at);
    return `\u2014 witness.test ${bytes.base64(bytes.concat(id, stamp, signature))}\n`;
  };
  const cosigned = note.parseCheckpoint(good + line(time, signed));
  assert.equal(await note.standing(cosigned.note, log), 'signed');
  assert.equal(await note.standing(cosigned.note, witness), 'signed');
  assert.equal(await note.standing(note.parseNote(good), witness), 'absent');
  for (const wrong of [line(time + 1n, signed), line(0n, signed), line(time, signed.slice(1))]) {
    assert.equal(await note.standing(note.parseNote(good + wrong), witness), 'forged');
    assert.equal(await note.standing(note.parseNote(good + wrong), log), 'signed');
  }
});

test('whatever bytes come, parsers refuse them or give back what they read', () => {
  // The same bytes at every run.
  let state = 1;
  const random = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const hash = bytes.base64url(new Uint8Array(32));
  const leaf = bytes.utf8(`{"commit":"${hash}","prev":"${hash}","seq":7,"tag":"${hash}","v":1}`);
  const head = bytes.utf8(readFileSync(vector('tlog/tessera/log/checkpoint'), 'utf8'));
  const bundle = file('tlog/tessera/log/tile/entries/000.p/9');
  assert.equal(parseLeaf(leaf).seq, 7);
  const read = {
    leaf: (input) => assert.deepEqual(bytes.utf8(canonical(parseLeaf(input))), input),
    head: (input) => {
      const { note: signed } = note.parseCheckpoint(bytes.text(input));
      const lines = signed.signatures.map((line) => `\u2014 ${line.name} ${bytes.base64(bytes.concat(line.id, line.signature))}\n`);
      assert.deepEqual(bytes.utf8(`${signed.text}\n${lines.join('')}`), input);
    },
    bundle: (input) => {
      const entries = merkle.parseBundle(input, 9);
      assert.deepEqual(bytes.concat(...entries.map((entry) => bytes.concat([entry.length >> 8, entry.length & 255], entry))), input);
    },
  };
  for (const [name, seed] of Object.entries({ leaf, head, bundle })) {
    for (let i = 0; i < 3000; i++) {
      let input = seed.slice();
      for (let changes = random(3) + 1; changes > 0; changes--) {
        const at = random(input.length + 1);
        input = bytes.concat(input.slice(0, at), Array.from({ length: random(3) }, () => random(256)), input.slice(at + random(3)));
      }
      try {
        read[name](input);
      } catch (e) {
        assert.ok(e instanceof Error && !(e instanceof assert.AssertionError) && !(e instanceof RangeError), `${name} ${bytes.hex(input)}: ${e.stack}`);
      }
    }
  }
});
