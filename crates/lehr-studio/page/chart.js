// A panel for each field: the curves of all schedules that have it, the phases of the active one, what a run used.

import { makeBands } from "./bands.js";
import { DASHES, element } from "./dom.js";
import { color, curve, floorLabel, pixel, root } from "./drawing.js";
import { count, labels, linearTicks, logTicks } from "./numbers.js";
import { fillReadout, runHue } from "./readout.js";
import { valueRange } from "./samples.js";
import { activeSheet, get, indexOf, set, shortName, subscribe } from "./store.js";
import { shownPlan } from "./view.js";

/** The width of the labels of values in the page's letters, the same in all panels so that their plots lie below each other. */
const LABELS = 4.6;
const letter = () => parseFloat(getComputedStyle(root).fontSize);

const range = () => get().window ?? [0, get().view?.end ?? 1];
const inView = () => { const [min, max] = range(); return { min, max }; };
const wholeSteps = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((part) => part * 10 ** power)).flat();

const axis = (more) => ({
  stroke: () => color("muted"), font: `${Math.round(letter() * 0.86)}px system-ui, sans-serif`,
  grid: { stroke: () => color("grid"), width: 1 }, ticks: { show: false }, ...more,
});

/** Shows updates from one to another; everything without them. */
export const zoom = (from, to) => {
  const end = get().view?.end ?? 1;
  const [low, high] = [Math.max(0, Math.floor(from ?? 0)), Math.min(end, Math.ceil(to ?? end))];
  set({ window: from === undefined || (low <= 0 && high >= end) || high - low < 2 ? null : [low, high] });
};

/** Closer, or further, around the cursor. */
export const zoomBy = (factor) => {
  const [min, max] = range();
  const at = get().cursor ?? (min + max) / 2;
  const middle = Math.min(max, Math.max(min, at));
  zoom(middle - (middle - min) * factor, middle + (max - middle) * factor);
};

const panels = new Map();

const makePanel = (label, isDifference) => {
  const field = { traces: [], runs: [] };
  const isLog = () => !isDifference && get().log.has(label);
  const strip = element("div", { className: "strip", role: "group", "aria-label": `Phases of ${label}` });
  const chart = element("div", { className: "chart", tabIndex: 0, role: "img" });
  const readout = element("div", { className: "readout", "aria-live": "polite" });
  const toggle = element("button", { type: "button", className: "quiet", textContent: "log y", "data-key": `log ${label}`,
    on: { click: () => { const log = new Set(get().log); if (!log.delete(label)) log.add(label); set({ log }); } } });
  const title = element("h2", {});
  const section = element("section", { className: isDifference ? "panel difference" : "panel", "data-label": label },
    element("header", {}, title, !isDifference && toggle), strip, chart, !isDifference && readout);
  let plot = null, bands = null, shape = "", frozen = null;

  const strokes = (u) => {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.lineWidth = 1.5 * pixel();
    ctx.globalAlpha = 0.85;
    field.runs.forEach((run, index) => {
      ctx.strokeStyle = color(`curve${runHue(index)}`);
      ctx.setLineDash([3 * pixel(), 3 * pixel()]);
      ctx.stroke(curve(run, isLog, inView())(u).stroke);
    });
    ctx.restore();
  };

  const shades = (u) => {
    const plan = isDifference ? null : shownPlan(label);
    if (!plan) return;
    const { ctx, bbox } = u;
    const x = (n) => Math.min(bbox.left + bbox.width, Math.max(bbox.left, u.valToPos(n, "x", true)));
    ctx.save();
    plan.parts.forEach((part, index) => {
      const chosen = get().label === label && get().phase === index;
      if (!chosen && index % 2 === 0) return;
      ctx.globalAlpha = chosen ? 0.1 : 1;
      ctx.fillStyle = color(chosen ? "curve0" : "band");
      const [left, right] = [x(part.start), x(part.end ?? plan.shown)];
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
    });
    ctx.restore();
  };

  const values = () => {
    // While something is dragged the axis stays, so that the hand and the value stay together.
    if (get().dragging && frozen) return frozen;
    frozen = valueRange({ traces: [...field.traces, ...field.runs] }, isLog(), inView());
    return frozen;
  };

  const options = () => {
    const width = Math.max(200, chart.clientWidth);
    const height = Math.round(isDifference ? letter() * 9.5 : Math.max(230, Math.min(width * 0.36, innerHeight * 0.42)));
    return {
      width, height, padding: [10, 26, 0, 0], legend: { show: false },
      cursor: { y: false, sync: { key: "lehr", scales: ["x", null] }, points: { show: false }, drag: { x: true, y: false, setScale: false }, focus: { prox: -1 } },
      scales: { x: { time: false, range }, y: { distr: isLog() ? 3 : 1, range: values } },
      axes: [
        axis({ grid: { show: false }, border: { show: true, stroke: () => color("axis"), width: 1 }, size: Math.round(letter() * 2.1), space: letter() * 6, incrs: wholeSteps,
          values: (_, ns) => ns.map((n) => count(n, get().view.end)) }),
        axis({ size: Math.round(LABELS * letter()), splits: (u, _, min, max) => (isLog() ? logTicks : linearTicks)(min, max, Math.max(4, Math.floor(u.height / (letter() * 4)))),
          incrs: (_, __, min, max) => [Math.max(5, max / 4 - min / 4)], space: 20, filter: (_, ticks) => ticks, values: (_, ticks) => labels(ticks) }),
      ],
      series: [{}, ...field.traces.map((trace) => {
        const index = indexOf(trace.key);
        return { stroke: () => color(`curve${index % 6}`), width: trace.key === activeSheet()?.key ? 2.25 : 1.75, cap: "round",
          dash: DASHES[index % DASHES.length].map((length) => length * pixel()), points: { show: false }, paths: (u) => curve(trace, isLog, inView())(u) };
      })],
      hooks: {
        drawClear: [shades, floorLabel(field, isLog)],
        draw: [strokes, () => { if (plot) bands?.(); }],
        setCursor: [(u) => { if (u.cursor.event) moveCursor(u); }],
        setSelect: [(u) => {
          const { left, width: dragged } = u.select;
          if (dragged > 3) zoom(u.posToVal(left, "x"), u.posToVal(left + dragged, "x"));
          u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        }],
      },
    };
  };

  const data = () => [field.updates, ...field.traces.map((trace) => trace.values)];

  const moveCursor = (u) => {
    const n = u.cursor.left >= 0 ? Math.min(get().view.end - 1, Math.max(0, Math.round(u.posToVal(u.cursor.left, "x")))) : null;
    if (n !== get().cursor) set({ cursor: n });
  };

  chart.addEventListener("keydown", (event) => {
    const [min, max] = range();
    const step = event.shiftKey ? 1 : Math.max(1, Math.round((max - min) / 100));
    const at = get().cursor ?? min;
    const to = { ArrowLeft: at - step, ArrowRight: at + step, Home: min, End: max - 1 }[event.key];
    if (event.key === "+" || event.key === "=") zoomBy(0.5);
    else if (event.key === "-") zoomBy(2);
    else if (event.key === "0") zoom();
    else if (to !== undefined) {
      const n = Math.min(max - 1, Math.max(min, to));
      set({ cursor: n });
      plot.setCursor({ left: plot.valToPos(n, "x"), top: 10 });
    } else return;
    event.preventDefault();
  });
  chart.addEventListener("dblclick", () => zoom());
  new ResizeObserver(() => { if (plot && chart.clientWidth !== plot.width) { shape = ""; update(); } }).observe(chart);

  /** Draws what the view has now. */
  const update = () => {
    const { view, sheets } = get();
    const shown = view?.fields.find((field) => field.label === label);
    if (!shown) return;
    const traces = shown.traces.filter(({ difference }) => !isDifference || difference);
    field.updates = shown.updates;
    field.traces.length = traces.length;
    traces.forEach((trace, index) => {
      field.traces[index] = Object.assign(field.traces[index] ?? {}, { key: view.keys[trace.schedule], updates: shown.updates, values: isDifference ? trace.difference : trace.values });
    });
    field.runs = isDifference ? [] : shown.runs;
    const name = (key) => shortName(sheets[indexOf(key)]);
    title.textContent = isDifference ? `${label}, less ${name(view.keys[shown.traces[0].schedule])}` : label;
    chart.setAttribute("aria-label", `${title.textContent} over the updates; left and right arrow move the cursor, plus and minus zoom, 0 shows all`);
    toggle.setAttribute("aria-pressed", String(isLog()));
    toggle.disabled = !isLog() && !traces.some(({ values: all }) => all.some((value) => value > 0));
    const wanted = JSON.stringify([isLog(), field.traces.map(({ key }) => [key, indexOf(key), key === activeSheet()?.key]), chart.clientWidth]);
    if (!plot || wanted !== shape) {
      plot?.destroy();
      strip.replaceChildren();
      [plot, shape, frozen] = [null, wanted, null];
      bands = isDifference ? null : makeBands(label, strip, () => plot);
      plot = new uPlot(options(), data(), chart);
    } else plot.setData(data());
  };
  return { section, update, read: () => fillReadout(readout, label), redraw: () => plot?.redraw(false, false) };
};

const drawAll = () => {
  const { view } = get();
  const place = document.getElementById("charts");
  const wanted = [];
  for (const field of view?.fields ?? []) {
    wanted.push([field.label, field.label, false]);
    if (field.traces.length > 1) wanted.push([`${field.label} difference`, field.label, true]);
  }
  for (const [id, panel] of panels) {
    if (!wanted.some(([own]) => own === id)) { panel.section.remove(); panels.delete(id); }
  }
  wanted.forEach(([id, label, isDifference], index) => {
    if (!panels.has(id)) panels.set(id, makePanel(label, isDifference));
    const { section, update } = panels.get(id);
    if (place.children[index] !== section) place.insertBefore(section, place.children[index] ?? null);
    update();
  });
  performance.mark("lehr-drawn");
};

/** Draws every plot anew, in the colours of now. */
export const repaint = () => { for (const { redraw } of panels.values()) redraw(); };

subscribe((changed) => {
  if (changed.has("view") || changed.has("log") || (changed.has("dragging") && !get().dragging)) drawAll();
  else if (changed.has("label") || changed.has("phase")) repaint();
  if (changed.has("explained") || changed.has("view")) for (const { read } of panels.values()) read();
});
