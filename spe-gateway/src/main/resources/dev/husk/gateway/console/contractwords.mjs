/**
 * A contract in plain words, as `husk contract explain` says them: what to be warned of, what each function may do, and
 * who could ever read what.
 */

/**
 * @typedef {{name: string, about: string, lines: string[]}} Grant
 * @typedef {{warnings: string[], terms: string[], grants: Grant[], readers: {data: string, ways: string[]}[]}} Words
 */

const MOST_WAYS = 32;

/** @param {object} contract @returns {Words} */
export function explain(contract) {
  const platforms = list(contract.platforms);
  return {
    warnings: platforms.flatMap(warnings),
    terms: [
      `Signed by all of: ${names(list(contract.parties).map((party) => party.name))}.`,
      ...witnesses(contract.witnesses),
      ...platforms.map(unchecked),
    ],
    grants: list(contract.grants).map((grant) => granted(contract, grant)),
    readers: [
      ...list(contract.datasets).map((dataset) => ({ data: `${dataset.name} (of ${dataset.owner})`, ways: reach(contract, dataset.name) })),
      ...list(contract.results).map((result) => ({ data: result.name, ways: reach(contract, result.name) })),
    ],
  };
}

/** Whether any platform of it takes simulated hardware. */
export function isSimulated(contract) {
  return list(contract.platforms).some((platform) => platform.tee === 'simulated');
}

function warnings(platform) {
  const simulated = platform.tee === 'simulated';
  const found = [];
  if (simulated) {
    found.push(`SIMULATED: platform ${platform.name} accepts simulated hardware, which protects nothing from the machine it runs on.`);
  }
  if (platform.policy?.debug !== false) {
    found.push(`Platform ${platform.name} lets the host read the sandbox's memory (debug).`);
  }
  if (platform.measurements === 'any' && !simulated) {
    found.push(`Platform ${platform.name} accepts any launched software.`);
  }
  if (platform.minimumTcb === 'any' && !simulated) {
    found.push(`Platform ${platform.name} accepts firmware with known holes.`);
  }
  return found;
}

function witnesses(clause) {
  if (clause === undefined) {
    return [];
  }
  if (clause === null || typeof clause !== 'object') {
    return clause === 'none' ? ['No witness has to have seen a release.'] : [`Witnesses: ${clause}.`];
  }
  const keys = list(clause.keys).map((key) => String(key).split('+')[0]);
  return [`Keys are released only once ${clause.quorum} of these ${keys.length} witnesses have cosigned the log: ${names(keys)}.`];
}

function unchecked(platform) {
  const open = [];
  for (const [member, value] of Object.entries(platform).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (value === 'any') {
      open.push(member);
    } else if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      open.push(...Object.keys(value).filter((bit) => value[bit] === 'any').map((bit) => `${member}.${bit}`));
    }
  }
  return `Platform ${platform.name} binds code by ${platform.binding} and leaves unchecked: ${open.length === 0 ? 'nothing' : open.join(', ')}.`;
}

function granted(contract, grant) {
  const code = list(contract.functions).find((one) => one.name === grant.function) ?? {};
  const limit = (value, none) => (value === 'any' ? none : String(value));
  const limits = grant.limits ?? {};
  return {
    name: String(grant.function),
    about: `code of ${code.owner}, ${String(code.code).slice(0, 19)}.., on platform ${code.platform}`,
    lines: [
      `Reads ${sorted(grant.reads)} and writes ${sorted(grant.writes)}.`,
      `Called by ${grant.callers === 'any' ? 'anyone' : sorted(grant.callers)}.`,
      `Runs in all: ${limit(limits.runs, 'without limit')}; a day: ${limit(limits.perDay, 'without limit')}; until: ${limit(limits.until, 'without end')}.`,
      ...Object.entries(grant.parameters ?? {})
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, bound]) => `Parameter ${name}: ${bounds(bound)}.`),
    ],
  };
}

function bounds(bound) {
  const range = `${bound.min === 'any' ? '' : ` from ${bound.min}`}${bound.max === 'any' ? '' : ` to ${bound.max}`}`;
  switch (bound.type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number${range}`;
    case 'number':
      return `a number${range}`;
    default:
      return bound.values === 'any' ? 'any text' : list(bound.values).map((text) => `"${text}"`).sort().join(' or ');
  }
}

/** The ways on which somebody gets to see something of it: along grants, on into what they write, and to whom that goes. */
function reach(contract, start) {
  const ways = [];
  const seenData = new Set([start]);
  const seenFunctions = new Set();
  const open = [{ data: start, steps: [start] }];
  while (open.length > 0) {
    const { data, steps } = open.shift();
    const parties = list(list(contract.results).find((result) => result.name === data)?.readers?.parties);
    if (parties.length > 0) {
      ways.push([...steps, `parties: ${sorted(parties)}`].join(' \u2192 '));
    }
    for (const grant of list(contract.grants).filter((one) => list(one.reads).includes(data) && !seenFunctions.has(one.function))) {
      seenFunctions.add(grant.function);
      const through = [...steps, grant.function];
      ways.push([...through, `callers: ${grant.callers === 'any' ? 'anyone' : sorted(grant.callers)}`].join(' \u2192 '));
      for (const written of [...list(grant.writes)].sort()) {
        if (!seenData.has(written)) {
          seenData.add(written);
          open.push({ data: written, steps: [...through, written] });
        } else if (through.includes(written)) {
          ways.push(`${[...through, written].join(' \u2192 ')} (again)`);
        }
      }
    }
  }
  return ways.length <= MOST_WAYS ? ways : [...ways.slice(0, MOST_WAYS), `and on ${ways.length - MOST_WAYS} more ways`];
}

function list(value) {
  return Array.isArray(value) ? value : [];
}

function names(all) {
  return all.length === 0 ? 'nothing' : all.join(', ');
}

function sorted(all) {
  return names([...list(all)].sort());
}
