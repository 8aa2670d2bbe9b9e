// Draws the samples that are baked into the page. No shape is computed here: what lies between two samples is a line,
// and what is read out is a sample.
"use strict";
(() => {
  const baked = (id) => JSON.parse(document.getElementById(id).textContent);
  const figure = baked("figure");
  const strokes = baked("strokes");
  const root = document.documentElement;
  const color = (name) => getComputedStyle(root).getPropertyValue("--" + name).trim();
  const curveColor = (k) => color("curve" + (k % strokes.hues));
  const dash = (k) => strokes.dashes[k % strokes.dashes.length];
  const ROW = 18; // the height of a row of phases
  const FLOOR = 4; // how far above its lower edge a logarithmic plot has what is not above zero
  const MOST_ROWS = 4;

  const all = figure.fields.flatMap((field) => field.traces);
  const first = all.reduce((n, trace) => Math.min(n, trace.updates[0] ?? n), Infinity);
  const end = all.reduce((n, trace) => Math.max(n, trace.end), 0);

  const count = (n) => {
    for (const [size, unit] of [[1e18, "E"], [1e15, "P"], [1e12, "T"], [1e9, "G"], [1e6, "M"]]) {
      if (end >= 1e6 && n >= size) return parseFloat((n / size).toPrecision(12)) + unit;
    }
    return n.toLocaleString("en-US");
  };
  const short = (v) => {
    if (v == null) return "";
    const text = parseFloat(v.toPrecision(6));
    const size = Math.abs(text);
    return text !== 0 && (size < 1e-3 || size >= 1e6) ? text.toExponential().replace("e+", "e") : String(text);
  };
  // All digits that tell this value from its neighbours.
  const exact = (v) => {
    const size = Math.abs(v);
    return v !== 0 && (size < 1e-3 || size >= 1e6) ? v.toExponential().replace("e+", "e") : String(v);
  };

  // The last sample at or before an update.
  const before = (xs, n) => {
    let low = 0, high = xs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (xs[middle] <= n) low = middle + 1; else high = middle;
    }
    return low - 1;
  };
  const phaseAt = (trace, n) => {
    let name = "";
    for (const [start, shape] of trace.phases) if (start <= n) name = shape;
    return name;
  };

  // The least and the greatest value in sight, samples just outside included.
  const valuesIn = (field, log, min, max) => {
    let low = Infinity, high = -Infinity;
    for (const { updates, values } of field.traces) {
      const from = Math.max(0, before(updates, min));
      const to = Math.min(updates.length - 1, before(updates, max) + 1);
      for (let i = from; i <= to; i++) {
        const v = values[i];
        if (v == null || (log && v <= 0)) continue;
        if (v < low) low = v;
        if (v > high) high = v;
      }
    }
    return [low, high];
  };
  const rangeOf = (field, log, min, max) => {
    const [low, high] = valuesIn(field, log, min, max);
    if (low > high) return log ? [0.1, 1] : [0, 1];
    if (log) {
      const padding = Math.pow(high / low, 0.06);
      return low === high ? [low / 3, high * 3] : [low / padding, high * padding];
    }
    const padding = low === high ? Math.abs(low) / 2 || 1 : high * 0.06 - low * 0.06;
    return [Math.max(low - padding, -Number.MAX_VALUE), Math.min(high + padding, Number.MAX_VALUE)];
  };

  // Steps where samples are one update apart and wide enough to be seen, or the step is a jump; lines elsewhere.
  const pathOf = (trace, isLog) => (u) => {
    const { left, top, width, height } = u.bbox;
    const { updates, values } = trace;
    const px = window.devicePixelRatio || 1;
    const x = (n) => u.valToPos(n, "x", true);
    const floor = top + height - FLOOR * px;
    const y = (v) => (isLog() && v <= 0 ? floor : u.valToPos(v, "y", true));
    const stroke = new Path2D();
    const from = Math.max(0, before(updates, u.scales.x.min));
    const to = Math.min(updates.length - 1, before(updates, u.scales.x.max) + 1);
    let pen = false;
    for (let i = from; i <= to; i++) {
      if (values[i] == null) { pen = false; continue; }
      const here = x(updates[i]), height = y(values[i]), after = x(updates[i] + 1);
      if (pen) stroke.lineTo(here, height); else stroke.moveTo(here, height);
      pen = true;
      const next = i + 1 < updates.length && values[i + 1] != null ? updates[i + 1] : null;
      const seen = next != null && (after - here >= 2 * px || Math.abs(y(values[i + 1]) - height) >= 12 * px);
      if (next == null || (next === updates[i] + 1 && seen)) stroke.lineTo(after, height);
    }
    return { stroke, fill: null, clip: null, band: null, gaps: null, flags: 0 };
  };

  const rowsOf = (field) => {
    const key = (trace) => JSON.stringify([trace.phases, trace.end, trace.open]);
    if (field.traces.every((trace) => key(trace) === key(field.traces[0]))) return { shared: true, traces: field.traces.slice(0, 1) };
    return { shared: false, traces: field.traces.length > MOST_ROWS ? [] : field.traces };
  };

  const drawPhases = (rows) => (u) => {
    const { ctx, bbox } = u;
    const px = window.devicePixelRatio || 1;
    const right = bbox.left + bbox.width;
    const x = (n) => Math.min(right, Math.max(bbox.left, u.valToPos(n, "x", true)));
    ctx.save();
    ctx.font = `${12 * px}px system-ui, sans-serif`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    rows.traces.forEach((trace, row) => {
      const top = bbox.top - (rows.traces.length - row) * ROW * px;
      const bottom = rows.shared ? bbox.top + bbox.height : top + (ROW - 3) * px;
      if (!rows.shared) {
        ctx.strokeStyle = curveColor(row);
        ctx.lineWidth = 2 * px;
        ctx.setLineDash(dash(row).map((length) => length * px));
        ctx.beginPath();
        ctx.moveTo(bbox.left - 34 * px, (top + bottom) / 2);
        ctx.lineTo(bbox.left - 8 * px, (top + bottom) / 2);
        ctx.stroke();
        ctx.setLineDash([]);
      }
      trace.phases.forEach(([start, shape], i) => {
        const stop = i + 1 < trace.phases.length ? trace.phases[i + 1][0] : trace.end;
        const from = x(start), to = x(stop);
        if (to - from < px / 2) return;
        if (i % 2 === 1) {
          ctx.fillStyle = color("band");
          ctx.fillRect(from, top, to - from, bottom - top);
        }
        const name = shape + (trace.open && i + 1 === trace.phases.length ? " →" : "");
        if (ctx.measureText(name).width + 6 * px <= to - from) {
          ctx.fillStyle = color("muted");
          ctx.fillText(name, (from + to) / 2, top + (ROW / 2 - 1) * px);
        }
      });
    });
    ctx.restore();
  };

  const plots = [];
  let widest = 0; // the labels of the values of all panels, so that their plots lie below each other
  let zooming = false;
  const zoom = (min, max) => {
    zooming = true;
    for (const plot of plots) plot.setScale("x", { min, max });
    zooming = false;
  };

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const mark = (k) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "mark");
    svg.setAttribute("width", "28");
    svg.setAttribute("height", "8");
    svg.innerHTML = '<path d="M2 4H26" fill="none" stroke-width="2" stroke-linecap="round"/>';
    svg.firstChild.style.stroke = `var(--curve${k % strokes.hues})`;
    svg.firstChild.style.strokeDasharray = dash(k).join(" ");
    return svg;
  };

  const panel = (field) => {
    let log = field.log;
    const canLog = field.traces.some((trace) => trace.values.some((v) => v > 0));
    log = log && canLog;
    const rows = rowsOf(field);
    const toggle = element("button", { type: "button", textContent: "log y", disabled: !canLog });
    const chart = element("div", { className: "chart", tabIndex: 0 });
    chart.setAttribute("role", "img");
    chart.setAttribute("aria-label", `${field.field} over the updates; left and right arrow move the cursor`);
    const readout = element("tbody", {});
    const lines = field.traces.map((trace, k) => {
      const cells = ["update", "value", "phase"].map((name) => element("td", { className: name }));
      readout.append(element("tr", {}, element("td", { className: "name" }, mark(k), trace.name), ...cells));
      return cells;
    });
    const names = ["", "update", "value", "phase"].map((textContent) => element("th", { textContent, scope: "col" }));
    document.getElementById("panels").append(element("section", {},
      element("div", { className: "head" }, element("h2", { textContent: field.field }), toggle),
      chart, element("table", {}, element("thead", {}, element("tr", {}, ...names)), readout)));

    // One axis for all traces; `null` where a trace has no sample of its own.
    const xs = [...new Set([first, end, ...field.traces.flatMap((trace) => trace.updates)])].sort((a, b) => a - b);
    const aligned = field.traces.map((trace) => {
      const ys = new Array(xs.length).fill(null);
      let i = 0;
      trace.updates.forEach((n, k) => { while (xs[i] < n) i++; ys[i] = trace.values[k]; });
      return ys;
    });

    let plot;
    const read = () => {
      field.traces.forEach((trace, k) => {
        const at = plot && plot.cursor.left >= 0 ? plot.cursor.idxs[k + 1] : null;
        const n = at == null ? trace.updates[trace.updates.length - 1] : xs[at];
        const v = at == null ? trace.values[trace.values.length - 1] : aligned[k][at];
        lines[k][0].textContent = n == null ? "" : n.toLocaleString("en-US");
        lines[k][1].textContent = v == null ? "not finite" : exact(v);
        lines[k][2].textContent = n == null ? "" : phaseAt(trace, n);
      });
    };
    const axis = (more) => ({
      stroke: () => color("muted"), font: "12px system-ui, sans-serif",
      grid: { stroke: () => color("grid"), width: 1 }, ticks: { stroke: () => color("axis"), width: 1, size: 5 }, ...more,
    });
    const whole = Array.from({ length: 19 }, (_, power) => [1, 2, 5].map((part) => part * 10 ** power)).flat();
    const options = () => ({
      width: chart.clientWidth, height: Math.max(200, Math.min(320, chart.clientWidth / 2)),
      padding: [rows.traces.length * ROW + 6, 24, 0, 0],
      legend: { show: false },
      cursor: { y: false, sync: { key: "lehr", scales: ["x", null] }, points: { size: 8 } },
      scales: {
        x: { time: false },
        y: { distr: log ? 3 : 1, log: 10, range: (u) => rangeOf(field, log, u.scales.x.min ?? first, u.scales.x.max ?? end) },
      },
      axes: [
        axis({ grid: { show: false }, border: { show: true, stroke: () => color("axis"), width: 1 }, size: 34, incrs: whole, space: 80, values: (_, ns) => ns.map(count) }),
        axis({ size: (_, texts) => (widest = Math.max(widest, 24 + 7 * Math.max(0, ...(texts ?? []).map((text) => text.length)))), values: (_, vs) => vs.map(short), space: 36 }),
      ],
      series: [{}, ...field.traces.map((trace, k) => ({
        stroke: () => curveColor(k), width: 2, dash: dash(k), cap: "round", points: { show: false },
        paths: pathOf(trace, () => log),
      }))],
      hooks: {
        drawClear: [drawPhases(rows)],
        setCursor: [read],
        setScale: [(u, key) => { if (key === "x" && !zooming) zoom(u.scales.x.min, u.scales.x.max); }],
      },
    });
    const draw = () => {
      const at = plot ? plots.indexOf(plot) : plots.length;
      const { min, max } = plot ? plot.scales.x : {};
      if (plot) plot.destroy();
      plot = plots[at] = new uPlot(options(), [xs, ...aligned], chart);
      if (min != null) zoom(min, max);
      toggle.setAttribute("aria-pressed", String(log));
      read();
    };
    toggle.addEventListener("click", () => { log = !log; draw(); });
    chart.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const now = plot.cursor.left >= 0 ? plot.cursor.idx : step > 0 ? -1 : xs.length;
      const n = xs[Math.min(xs.length - 1, Math.max(0, now + step))];
      plot.setCursor({ left: plot.valToPos(n, "x"), top: plot.bbox.height / 2 });
    });
    draw();
    new ResizeObserver(() => {
      if (chart.clientWidth !== plot.width) plot.setSize({ width: chart.clientWidth, height: plot.height });
    }).observe(chart);
  };

  figure.fields.forEach(panel);
  plots.forEach((plot) => plot.redraw(false, true));
  const repaint = () => plots.forEach((plot) => plot.redraw(false, true));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  document.getElementById("reset").addEventListener("click", () => zoom(first, end));
  document.getElementById("theme").addEventListener("click", () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const now = root.dataset.theme === "auto" ? (dark ? "dark" : "light") : root.dataset.theme;
    root.dataset.theme = now === "dark" ? "light" : "dark";
    repaint();
  });
})();
