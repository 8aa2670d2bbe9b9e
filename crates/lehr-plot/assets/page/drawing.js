// Curves and phases on the canvas of a plot.

import { inSight } from "./samples.js";

export const ROW = 18; // the height of a row of phases
const FLOOR = 4; // how far above its lower edge a logarithmic plot has what is not above zero
const MOST_ROWS = 4; // more different rows of phases are not shown
const LEAST_WIDTH = 4; // narrower phases, on average, are not told apart
const LEAST_STEP = [2, 12]; // updates narrower than this are not shown as steps, unless they are higher than that

export const root = document.documentElement;
export const color = (name) => getComputedStyle(root).getPropertyValue("--" + name).trim();
export const pixel = () => window.devicePixelRatio || 1;

// Steps where samples are one update apart, lines where they are further or the steps too small to be seen.
export const curve = (trace, isLog, view) => (u) => {
  const { updates, values } = trace;
  const px = pixel();
  const floor = u.bbox.top + u.bbox.height - FLOOR * px;
  const x = (n) => u.valToPos(n, "x", true);
  const y = (v) => (isLog() && v <= 0 ? floor : u.valToPos(v, "y", true));
  const stroke = new Path2D();
  const [from, to] = inSight(trace, view);
  let pen = false;
  for (let i = from; i <= to; i++) {
    if (values[i] == null) { pen = false; continue; }
    const left = x(updates[i]), right = x(updates[i] + 1), here = y(values[i]);
    if (pen) stroke.lineTo(left, here); else stroke.moveTo(left, here);
    pen = true;
    const more = i + 1 < updates.length && values[i + 1] != null;
    const seen = more && (right - left >= LEAST_STEP[0] * px || Math.abs(y(values[i + 1]) - here) >= LEAST_STEP[1] * px);
    if (!more || (seen && updates[i + 1] === updates[i] + 1)) stroke.lineTo(right, here);
  }
  return { stroke, fill: null, clip: null, band: null, gaps: null, flags: 0 };
};

// One row where all traces have the same phases, a row each where they differ.
export const rowsOf = ({ traces }) => {
  const key = (trace) => JSON.stringify([trace.phases, trace.end, trace.open]);
  const shared = traces.every((trace) => key(trace) === key(traces[0]));
  return { shared, traces: shared ? traces.slice(0, 1) : traces.length > MOST_ROWS ? [] : traces };
};

// The phases of a trace that are in sight: where each begins and ends on the canvas, its name, and its place in turn.
const bandsOf = (trace, x) => {
  const bands = trace.phases.map(([start, shape], i) => {
    const last = i + 1 === trace.phases.length;
    return { from: x(start), to: x(last ? trace.end : trace.phases[i + 1][0]), name: shape + (last && trace.open ? " →" : ""), turn: i };
  }).filter(({ from, to }) => to > from);
  const [from, to] = [bands[0]?.from, bands.at(-1)?.to];
  if (bands.length > 1 && to - from < LEAST_WIDTH * pixel() * bands.length) return [{ from, to, name: "many short phases", turn: 0 }];
  return bands;
};

export const phases = (rows, curveInk) => (u) => {
  const { ctx, bbox } = u;
  const px = pixel();
  const x = (n) => Math.min(bbox.left + bbox.width, Math.max(bbox.left, u.valToPos(n, "x", true)));
  ctx.save();
  ctx.font = `${12 * px}px system-ui, sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  rows.traces.forEach((trace, row) => {
    const top = bbox.top - (rows.traces.length - row) * ROW * px;
    const bottom = rows.shared ? bbox.top + bbox.height : top + (ROW - 3) * px;
    const middle = top + (ROW / 2 - 1) * px;
    if (!rows.shared) {
      const { hue, dash } = curveInk(row);
      ctx.strokeStyle = color(hue);
      ctx.lineWidth = 2 * px;
      ctx.setLineDash(dash.map((length) => length * px));
      ctx.beginPath();
      ctx.moveTo(bbox.left - 34 * px, middle);
      ctx.lineTo(bbox.left - 8 * px, middle);
      ctx.stroke();
    }
    for (const { from, to, name, turn } of bandsOf(trace, x)) {
      if (turn % 2 === 1) {
        ctx.fillStyle = color("band");
        ctx.fillRect(from, top, to - from, bottom - top);
      }
      if (ctx.measureText(name).width + 6 * px <= to - from) {
        ctx.fillStyle = color("muted");
        ctx.fillText(name, (from + to) / 2, middle);
      }
    }
  });
  ctx.restore();
};

// The label of what lies on the floor of a logarithmic plot.
export const floorLabel = (field, isLog) => (u) => {
  const below = field.traces.flatMap((trace) => trace.values.filter((v) => v != null && v <= 0));
  if (!isLog() || !below.length) return;
  const { ctx, bbox } = u;
  ctx.save();
  ctx.font = `${12 * pixel()}px system-ui, sans-serif`;
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  ctx.fillStyle = color("muted");
  ctx.fillText(below.every((v) => v === 0) ? "0" : "≤ 0", bbox.left - 10 * pixel(), bbox.top + bbox.height - FLOOR * pixel());
  ctx.restore();
};
