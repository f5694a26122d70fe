// What moves in the explorer of surrogate bounds, computed in the page: τ, ρ and δ have too many values together for
// stored frames. The formulas are those of suprank_edu.steps and the words those of the readout; the tests hold the
// two against one another.
(() => {
  const SMOOTH_SHADE = 0, SUP_SHADE = 1, PROBES = [2, 3], SUP = [6, 7], SMOOTH = [8, 9], MARKS = 10;
  const AFTER = 1e-9; // just beyond a jump

  // Numbers as a reader writes them, as in suprank_edu.explore.drawing.words.
  const minus = (text) => (/[1-9]/.test(text) ? text : text.replace("-", "")).replace("-", "−");
  const trimmed = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  const fixed = (value, places) => minus(value.toFixed(places));
  const number = (value, digits = 3) => {
    if (value === 0) return "0";
    const exponent = Number(value.toExponential(digits - 1).split("e")[1]);
    if (exponent > -4 && exponent < 6) return minus(trimmed(value.toFixed(Math.max(0, digits - 1 - exponent))));
    const raised = [...String(exponent)].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign])).join("");
    return minus(trimmed((value / 10 ** exponent).toFixed(digits - 1))) + ` × 10${raised}`;
  };
  const belowOne = (gap) => (gap >= 0.005 ? number(1 - gap) : `1 − ${number(gap, 2)}`);

  const sigmoid = (x) => 1 / (1 + Math.exp(-x));
  const exact = { value: (t) => Number(t >= 0), slope: () => 0 };
  const smoothStep = (tau) => ({
    value: (t) => sigmoid(t / tau),
    slope: (t) => (sigmoid(t / tau) * (1 - sigmoid(t / tau))) / tau,
  });
  const supStep = ({ tau, rho, delta, variant }, variants) => {
    const smooth = smoothStep(tau);
    const [start, offset] = variants[variant];
    const atDelta = smooth.value(delta) + start;
    const beyond = offset === null ? atDelta : offset;
    const value = (t) => (t > delta ? rho * (t - delta) + beyond : smooth.value(t) + (t >= 0 ? start : 0));
    return { start, atDelta, beyond, value, slope: (t) => (t > delta ? rho : smooth.slope(t)) };
  };

  const shade = (xs, step) => {
    const right = xs.filter((t) => t >= 0);
    const floor = right.map((t) => Math.min(step.value(t), 1));
    return { x: [...right, ...[...right].reverse()], y: [...floor, ...floor.map(() => 1)] };
  };
  const curve = (xs, what) => ({ x: xs, y: xs.map(what) });
  const mark = (style, t, y, top) => ({
    x: [t],
    y: [Math.min(y, top)],
    marker: { ...style.marker, symbol: y <= top ? style.symbol : "triangle-up" },
    hovertext: `${style.name} at t = ${fixed(t, 2)}: ${number(y)}`,
  });

  const smoothVerdict = (t, gap, share) => {
    const verdict = t >= 0 ? "no bound" : "no bound for t ≥ 0";
    if (share < 1e-2) return `${verdict}; a dead zone, ${number(share, 1)} of its peak slope`;
    return t >= 0 ? `under H by ${number(gap, 2)}, ${verdict}` : verdict;
  };
  const supVerdict = (sup, gap) => {
    if (gap > 0) return `under H by ${number(gap, 2)}, no bound`;
    if (sup.start < 0.5 || sup.beyond < 1) return "no bound for 0 ≤ t ≤ δ";
    if (sup.atDelta > sup.beyond + 1e-9) return `an upper bound that falls from ${number(sup.atDelta)} to ${number(sup.beyond)} at δ`;
    return "an upper bound, H⁻ ≥ H at every t";
  };
  const readout = ({ t, tau, rho, delta }, smooth, sup) => {
    const gap = sigmoid(-t / tau);
    const value = number(sup.value(t));
    let formula = `σ(t/τ) = ${value}`;
    if (t > delta) {
      const numbers = `${number(rho)} × (${fixed(t, 2)} − ${number(delta)}) + ${number(sup.beyond)}`;
      formula = `ρ(t − δ) + ${number(sup.beyond)} = ${numbers} = ${value}`;
    } else if (t >= 0) {
      formula = `σ(t/τ) + ${number(sup.start)} = ${belowOne(gap)} + ${number(sup.start)} = ${value}`;
    }
    return [
      `H(${fixed(t, 2)}) = ${exact.value(t)}, slope 0`,
      `σ(t/τ) = σ(${fixed(t, 2)}/${number(tau)}) = ${belowOne(gap)}, slope ${number(smooth.slope(t), 2)}: ` +
        smoothVerdict(t, gap, smooth.slope(t) * 4 * tau),
      `H⁻(t) = ${formula}, slope ${number(sup.slope(t))}: ${supVerdict(sup, exact.value(t) - sup.value(t))}`,
    ].join("\n");
  };

  return (at, { variants, xs, tops, styles }) => {
    const { t, tau, delta } = at;
    const smooth = smoothStep(tau);
    const sup = supStep(at, variants);
    const fine = [...new Set([...xs, delta, delta + AFTER])].sort((a, b) => a - b);
    const data = { [SMOOTH_SHADE]: shade(xs, smooth), [SUP_SHADE]: shade(fine, sup) };
    for (const probe of PROBES) data[probe] = { x: [t, t] };
    ["value", "slope"].forEach((what, panel) => {
      data[SMOOTH[panel]] = curve(xs, smooth[what]);
      data[SUP[panel]] = curve(fine, sup[what]);
      [exact, smooth, sup].forEach((step, place) => {
        data[MARKS + 2 * place + panel] = mark(styles[place], t, step[what](t), tops[panel]);
      });
    });
    return { data, readout: readout(at, smooth, sup) };
  };
})()
