// What is told of an ordered list of levels, as suprank_edu.explore.ranks.list_told writes it; the formulas are those of
// the library's metrics, and the tests hold the two against one another.
const toldOfList = (() => {
  "use strict";
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const three = (value) => (Math.floor(value * 1000 + 0.5 + 1e-7) / 1000).toFixed(3);
  const ratio = (head, above, whole) => `${head} ${three(above)} / ${three(whole)} = ${three(above / whole)}`;
  const falling = (levels) => [...levels].sort((a, b) => b - a);
  const dcg = (levels) => sum(levels.map((level, place) => (2 ** level - 1) / Math.log2(place + 2)));

  const precisions = (levels, top) => {
    let seen = 0;
    return levels.flatMap((level, place) => (level === top ? [[(seen += 1), place + 1]] : []));
  };
  // Of an item of each level: E12 where `weights` is null, else E14, the finest level's weight first.
  const relevances = (levels, top, { alpha, weights }) => {
    const count = (test) => levels.filter(test).length;
    const worth = [0];
    const kept = weights && sum(weights.filter((_, column) => count((own) => own >= top - column)));
    for (let level = 1; level <= top; level += 1) {
      const exactly = count((own) => own === level), reached = count((own) => own >= level);
      if (weights) worth.push(worth[level - 1] + (reached ? weights[top - level] / kept / reached : 0));
      else worth.push(exactly ? (level / top) ** alpha / exactly : 0);
    }
    return worth;
  };
  const hAP = (rel) => sum(rel.map((own, k) => sum(rel.slice(0, k + 1).map((other) => Math.min(own, other))) / (k + 1)));
  const asi = (levels, top) => {
    const best = falling(levels), positives = levels.filter((level) => level > 0).length;
    let total = 0;
    for (let size = 1; size <= positives; size += 1) {
      const count = (list, level) => list.slice(0, size).filter((own) => own === level).length;
      for (let level = 0; level <= top; level += 1) total += Math.min(count(levels, level), count(best, level)) / size;
    }
    return total / positives;
  };

  return (levels, { top, k, lines, names, praise }, weighing) => {
    const terms = precisions(levels, top);
    const fractions = terms.map(([seen, place]) => `${seen}/${place}`);
    const ap = sum(terms.map(([seen, place]) => seen / place)) / terms.length;
    const worth = relevances(levels, top, weighing);
    const rel = levels.map((level) => worth[level]);
    const found = terms.filter(([, place]) => place <= k).length;
    const there = [...new Set(falling(levels))].filter((level) => level > 0);
    const write = {
      score: () => `This list scores ${Math.floor(ap * 100 + 0.5)} of 100.`,
      precision: () => `Precision at each ●: ${fractions.join(", ")}`,
      AP: () => `AP = 1/${terms.length} (${fractions.join(" + ")}) = ${three(ap)}`,
      recall: () => `Among the first ${k}: hit rate ${Number(found > 0)}, recall ${found}/${terms.length}, precision ${found}/${k}`,
      NDCG: () => ratio("NDCG =", dcg(levels), dcg(falling(levels))),
      relevance: () => `One is worth: ${[...there.map((level) => `${names[level]} ${three(worth[level])}`), `${names[0]} 0`].join(", ")}`,
      "H-AP": () => ratio("H-AP = Σ H-rank/rank ÷ Σ rel =", hAP(rel), sum(rel)),
      ASI: () => `ASI = ${three(asi(levels, top))}`,
    };
    const inOrder = levels.every((level, place) => place === 0 || level <= levels[place - 1]);
    return [...lines.map((line) => write[line]()), ...(inOrder ? [praise] : [])];
  };
})();
