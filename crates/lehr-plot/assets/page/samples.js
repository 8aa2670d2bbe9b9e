// Samples and phases: found, never computed. What is between two samples is not read out.

// The index of the last of these ascending updates that is at or before n; -1 where there is none.
export const lastAt = (updates, n) => {
  let low = 0, high = updates.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (updates[middle] <= n) low = middle + 1; else high = middle;
  }
  return low - 1;
};

// The index of the sample next to n; -1 where there is none.
export const nearest = (updates, n) => {
  const at = lastAt(updates, n);
  if (at < 0) return updates.length ? 0 : -1;
  return at + 1 < updates.length && updates[at + 1] - n < n - updates[at] ? at + 1 : at;
};

export const phaseAt = (trace, n) => {
  const at = lastAt(trace.phases.map(([start]) => start), n);
  return at < 0 ? "" : trace.phases[at][1];
};

// The first and the last sample to be drawn: those in sight and one on either side.
export const inSight = ({ updates }, { min, max }) =>
  [Math.max(0, lastAt(updates, min)), Math.min(updates.length - 1, lastAt(updates, max) + 1)];

// The ends of the axis for the values in sight, with some room.
export const valueRange = (field, log, view) => {
  let low = Infinity, high = -Infinity;
  for (const trace of field.traces) {
    const [from, to] = inSight(trace, view);
    for (let i = from; i <= to; i++) {
      const v = trace.values[i];
      if (v == null || (log && v <= 0)) continue;
      if (v < low) low = v;
      if (v > high) high = v;
    }
  }
  if (low > high) return log ? [0.1, 1] : [0, 1];
  if (log) {
    const padding = Math.pow(high / low, 0.06);
    return low === high ? [low / 3, high * 3] : [Math.max(low / padding, Number.MIN_VALUE), Math.min(high * padding, Number.MAX_VALUE)];
  }
  const padding = low === high ? Math.abs(low) / 2 || 1 : high * 0.06 - low * 0.06;
  return [Math.max(low - padding, -Number.MAX_VALUE), Math.min(high + padding, Number.MAX_VALUE)];
};
