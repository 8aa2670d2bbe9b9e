// Numbers as text, and round numbers on an axis.

const compact = (text) => text.replace("e+", "e");
const isPlain = (v) => v === 0 || (Math.abs(v) >= 1e-3 && Math.abs(v) < 1e6);

// All digits that tell a value from its neighbours.
export const exact = (v) => (isPlain(v) ? String(v) : compact(v.toExponential()));

// Labels of round numbers; with all their digits where fewer do not tell them apart.
export const labels = (values) => {
  const short = values.map((v) => exact(parseFloat(v.toPrecision(14))));
  return new Set(short).size < short.length ? values.map(exact) : short;
};

// 2,000 on an axis of less than a million updates, 200M on one of more.
export const count = (n, end) => {
  const units = [[1e18, "E"], [1e15, "P"], [1e12, "T"], [1e9, "G"], [1e6, "M"]];
  const [size, unit] = units.find(([size]) => end >= 1e6 && n >= size) ?? [1, ""];
  return unit ? parseFloat((n / size).toPrecision(12)) + unit : n.toLocaleString("en-US");
};

const exponentOf = (v) => Number(v.toExponential().split("e")[1]);
const decimal = (digits, exponent) => Number(`${digits}e${exponent}`);

// Round values from min to max, about as many as asked for.
export const linearTicks = (min, max, most) => {
  const least = Math.min(max / most - min / most, Number.MAX_VALUE);
  if (!(least > 0)) return [min];
  const exponent = exponentOf(least);
  const step = [1, 2, 5].find((step) => decimal(step, exponent) >= least) ?? 10;
  const start = Math.ceil(min / decimal(step, exponent));
  const ticks = [];
  for (let i = 0; i <= most + 1; i++) {
    const tick = decimal((start + i) * step, exponent);
    if (tick >= min && tick <= max) ticks.push(tick);
  }
  return ticks;
};

// Powers of ten, every second or third of them if they are many, or 1, 2 and 5 times such if they are few.
export const logTicks = (min, max, most) => {
  const between = (v) => v >= min && v <= max;
  const exponents = [];
  for (let e = exponentOf(min) - 1; e <= exponentOf(max) + 1; e++) exponents.push(e);
  const powers = exponents.filter((e) => between(decimal(1, e)));
  const every = Math.ceil(powers.length / most);
  if (powers.length > 2) return powers.filter((e) => e % every === 0).map((e) => decimal(1, e));
  const parts = exponents.flatMap((e) => [1, 2, 5].map((part) => decimal(part, e))).filter(between);
  return parts.length > 1 ? parts : linearTicks(min, max, most);
};
