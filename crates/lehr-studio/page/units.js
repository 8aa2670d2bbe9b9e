// Lengths and levels as they are written: 500, "3ep", "5%", "rest"; 1e-6, "0.1x".

/** Drops what 17 digits have of rounding. */
const tidy = (number, digits) => Number(number.toPrecision(digits));

/**
 * A length.
 * @returns {{ unit: "updates" | "ep" | "%" | "rest" | "none", count: number }}
 */
export const spanOf = (written) => {
  const text = String(written ?? "").trim().replaceAll("_", "");
  if (text === "") return { unit: "none", count: NaN };
  if (text === "rest") return { unit: "rest", count: NaN };
  if (text.endsWith("ep")) return { unit: "ep", count: Number(text.slice(0, -2)) };
  if (text.endsWith("%")) return { unit: "%", count: Number(text.slice(0, -1)) };
  return { unit: "updates", count: Number(text) };
};

/** Updates in one of a unit, for a run. */
const sizeOf = (unit, run) => {
  if (unit === "%") return run?.updates ? run.updates / 100 : NaN;
  if (unit === "ep") return run?.updates_per_epoch ?? NaN;
  return 1;
};

/** A length of so many updates, in a unit where the run allows it; as fine as an update needs. */
export const spanIn = (unit, updates, run) => {
  const size = sizeOf(unit, run);
  if ((unit !== "%" && unit !== "ep") || !(size > 0)) return Math.round(updates);
  const count = updates / size;
  const digits = Math.max(0, Math.ceil(Math.log10(size)));
  return `${Number(count.toFixed(Math.min(digits, 6)))}${unit}`;
};

/** What is left of a length in a unit once another has been taken from the sum of two. */
export const remainder = (unit, first, second, taken) => {
  const left = tidy(spanOf(first).count + spanOf(second).count - spanOf(taken).count, 12);
  return unit === "updates" ? left : `${left}${unit}`;
};

/** A length as it may be typed: a whole number, or the text. */
export const typedSpan = (text) => {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  return /^[\d_]+$/.test(trimmed) ? Number(trimmed.replaceAll("_", "")) : trimmed;
};

/** A level or number as it may be typed: a number, or the text. */
export const typedLevel = (text) => {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const number = Number(trimmed.replaceAll("_", ""));
  return Number.isFinite(number) ? number : trimmed;
};

/** A value as a level: a multiple of the base where the level before was one or there was none, to three digits. */
export const levelFor = (before, value, base) => {
  const times = before === undefined || String(before).trim().endsWith("x");
  if (times && base > 0) return `${tidy(value / base, 3)}x`;
  return tidy(value, 3);
};
