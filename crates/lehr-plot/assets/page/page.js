// The page: a panel for each field, one cursor and one zoom for all of them.

import { count, exact, labels, linearTicks, logTicks } from "./numbers.js";
import { lastAt, nearest, phaseAt, valueRange } from "./samples.js";
import { ROW, color, curve, floorLabel, phases, pixel, root, rowsOf } from "./drawing.js";

const baked = (id) => JSON.parse(document.getElementById(id).textContent);
const figure = baked("figure");
const strokes = baked("strokes");
const curveInk = (k) => ({ hue: `curve${k % strokes.hues}`, dash: strokes.dashes[k % strokes.dashes.length] });

const traces = figure.fields.flatMap((field) => field.traces);
const first = traces.reduce((n, trace) => Math.min(n, trace.updates[0] ?? n), Infinity);
const end = traces.reduce((n, trace) => Math.max(n, trace.end), 0);

const view = { min: first, max: end };
const panels = [];
let widest = 0; // the labels of the values of all panels, so that their plots lie below each other

// Shows these updates in every panel that shows others. A panel asks for its values again when its updates change.
const zoom = (min, max) => {
  for (const { plot } of panels) {
    const { x } = plot.scales;
    if (x.min != null && (x.min !== min || x.max !== max)) plot.setScale("x", { min, max });
  }
};

// Once all labels are known: uPlot measures them after this script has run.
const lineUp = () => requestAnimationFrame(() => { for (const { plot } of panels) plot.redraw(true, true); });

const element = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

const mark = (k) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const set = (target, attributes) => Object.entries(attributes).forEach(([name, value]) => target.setAttribute(name, value));
  const { hue, dash } = curveInk(k);
  set(svg, { class: "mark", width: 28, height: 8, "aria-hidden": true });
  set(line, { d: "M2 4H26", fill: "none", "stroke-width": 2, "stroke-linecap": "round", "stroke-dasharray": dash.join(" ") });
  line.style.stroke = `var(--${hue})`;
  svg.append(line);
  return svg;
};

// A table with a row for each trace, and the function that fills it for an update, or for none.
const readout = (field) => {
  const body = element("tbody", {});
  const rows = field.traces.map((trace, k) => {
    const cells = ["update", "value", "phase"].map((className) => element("td", { className }));
    body.append(element("tr", {}, element("td", { className: "name" }, mark(k), trace.name), ...cells));
    return cells;
  });
  const names = ["", "update", "value", "phase"].map((textContent) => element("th", { textContent, scope: "col" }));
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...names)), body);
  const read = (n) => field.traces.forEach(({ updates, values, ...trace }, k) => {
    const at = n == null ? updates.length - 1 : nearest(updates, n);
    const value = values[at] == null ? "not finite" : exact(values[at]);
    const texts = at < 0 ? ["", "", ""] : [updates[at].toLocaleString("en-US"), value, phaseAt(trace, updates[at])];
    texts.forEach((text, i) => { rows[k][i].textContent = text; });
  });
  return { table: element("div", { className: "readout" }, table), read };
};

// One axis for all traces, and the values along it; `null` where a trace has no sample of its own.
const align = (field) => {
  const updates = [...new Set([first, end, ...field.traces.flatMap((trace) => trace.updates)])].sort((a, b) => a - b);
  const values = field.traces.map((trace) => {
    const own = new Map(trace.updates.map((n, i) => [n, trace.values[i]]));
    return updates.map((n) => own.get(n) ?? null);
  });
  return [updates, ...values];
};

const axis = (more) => ({
  stroke: () => color("muted"), font: "12px system-ui, sans-serif",
  grid: { stroke: () => color("grid"), width: 1 }, ticks: { stroke: () => color("axis"), width: 1, size: 5 }, ...more,
});

const wholeSteps = Array.from({ length: 19 }, (_, power) => [1, 2, 5].map((part) => part * 10 ** power)).flat();

const widthOf = (texts) => 24 + 7 * Math.max(0, ...(texts ?? []).map((text) => text.length));

const addPanel = (field) => {
  const canLog = field.traces.some((trace) => trace.values.some((v) => v > 0));
  let log = field.log && canLog;
  const isLog = () => log;
  const data = align(field);
  const rows = rowsOf(field);
  const { table, read } = readout(field);
  const toggle = element("button", { type: "button", textContent: "log y", disabled: !canLog });
  const chart = element("div", { className: "chart", tabIndex: 0 });
  chart.setAttribute("role", "img");
  chart.setAttribute("aria-label", `${field.field} over the updates; left and right arrow move the cursor`);
  document.getElementById("panels").append(element("section", {},
    element("div", { className: "head" }, element("h2", { textContent: field.field }), toggle), chart, table));

  const panel = {};
  // A plot begins with what the others show; later its updates are ranged before its values.
  const updateRange = () => {
    let begun = false;
    return (_, min, max) => {
      if (begun) Object.assign(view, { min, max });
      begun = true;
      return [view.min, view.max];
    };
  };
  const options = () => ({
    width: chart.clientWidth, height: Math.max(200, Math.min(320, chart.clientWidth / 2)),
    padding: [rows.traces.length * ROW + 6, 24, 0, 0],
    legend: { show: false },
    cursor: { y: false, sync: { key: "lehr", scales: ["x", null] }, points: { size: 8 } },
    scales: {
      x: { time: false, range: updateRange() },
      y: { distr: log ? 3 : 1, range: () => valueRange(field, log, view) },
    },
    axes: [
      axis({
        grid: { show: false }, border: { show: true, stroke: () => color("axis"), width: 1 }, size: 34, space: 80,
        incrs: wholeSteps, values: (_, ns) => ns.map((n) => count(n, end)),
      }),
      axis({
        size: (_, texts) => (widest = Math.max(widest, widthOf(texts))),
        splits: (u, _, min, max) => (log ? logTicks : linearTicks)(min, max, Math.max(3, Math.floor(u.height / 50))),
        // uPlot asks for ticks only where it finds a step of its own that is long enough.
        incrs: (_, axis, min, max) => [Math.max(5, max / 4 - min / 4)], space: 20,
        filter: (_, ticks) => ticks, values: (_, ticks) => labels(ticks),
      }),
    ],
    series: [{}, ...field.traces.map((trace, k) => {
      const { hue, dash } = curveInk(k);
      return { stroke: () => color(hue), width: 2, dash: dash.map((length) => length * pixel()), cap: "round", points: { show: false }, paths: curve(trace, isLog, view) };
    })],
    hooks: {
      drawClear: [phases(rows, curveInk), floorLabel(field, isLog)],
      setCursor: [(u) => read(u.cursor.left >= 0 ? data[0][u.cursor.idx] : null)],
      setScale: [(u, key) => { if (key === "x") zoom(u.scales.x.min, u.scales.x.max); }],
    },
  });
  const draw = () => {
    panel.plot?.destroy();
    panel.plot = new uPlot(options(), data, chart);
    toggle.setAttribute("aria-pressed", String(log));
    read(null);
  };
  toggle.addEventListener("click", () => { log = !log; draw(); lineUp(); });
  chart.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const { plot } = panel;
    const start = plot.cursor.left >= 0 ? plot.cursor.idx : lastAt(data[0], step > 0 ? view.min - 1 : view.max);
    for (let i = start + step; data[0][i] >= view.min && data[0][i] <= view.max; i += step) {
      plot.setCursor({ left: plot.valToPos(data[0][i], "x"), top: 10 });
      // Samples closer than a pixel are passed over together.
      if (plot.cursor.idx !== start) break;
    }
  });
  draw();
  panels.push(panel);
  new ResizeObserver(() => {
    if (chart.clientWidth !== panel.plot.width) panel.plot.setSize({ width: chart.clientWidth, height: panel.plot.height });
  }).observe(chart);
};

figure.fields.forEach(addPanel);
lineUp();

const repaint = () => panels.forEach(({ plot }) => plot.redraw(false, false));
const dark = matchMedia("(prefers-color-scheme: dark)");
dark.addEventListener("change", repaint);
document.getElementById("reset").addEventListener("click", () => zoom(first, end));
document.getElementById("theme").addEventListener("click", () => {
  const now = root.dataset.theme === "auto" ? (dark.matches ? "dark" : "light") : root.dataset.theme;
  root.dataset.theme = now === "dark" ? "light" : "dark";
  repaint();
});
for (const hidden of document.querySelectorAll("[hidden]")) hidden.hidden = false;
