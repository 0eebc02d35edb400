/**
 * What was used of the limits of a contract's grants, counted from its events as the gateway counts it.
 */

/**
 * @typedef {{label: string, used: number, limit: number, left: number}} Budget
 *
 * @param {object} contract
 * @param {object[]} events
 * @param {Date} now
 * @returns {{function: string, until: string, budgets: Budget[]}[]} budgets is empty where runs are not limited
 */
export function budgets(contract, events, now) {
  const today = now.toISOString().slice(0, 10);
  return (Array.isArray(contract.grants) ? contract.grants : []).map((grant) => {
    const runs = events.filter((event) => event.event === 'released' && event.run === true && event.function === grant.function);
    const ofToday = runs.filter((event) => String(event.time).startsWith(today));
    return {
      function: String(grant.function),
      until: grant.limits?.until === 'any' ? '' : String(grant.limits?.until),
      budgets: [budget('in all', runs, grant.limits?.runs), budget('today (UTC)', ofToday, grant.limits?.perDay)].flat(),
    };
  });
}

function budget(label, runs, limit) {
  return typeof limit === 'number' ? [{ label, used: runs.length, limit, left: Math.max(0, limit - runs.length) }] : [];
}
