// Phases as bands over a plot: their ends are dragged, their levels are dragged, and keys do both.

import { element } from "./dom.js";
import { exact } from "./numbers.js";
import { boundaryRange, describePhase, levelOf, moveBoundary, removePhase, setLevel } from "./edits.js";
import { activeSheet, edit, get, set, settle } from "./store.js";
import { nameOf, phasesAt } from "./tree.js";
import { shownPlan } from "./view.js";

/** Parts of the updates in sight, and of the value, by which a key moves; with the shift key a tenth of it. */
const KEY_LENGTH = 0.01, KEY_LEVEL = 0.05;

let gestures = 0;

/** The list of elements of a kind, made and taken away as their number changes: one that is held stays the same. */
const pool = (parent, make) => {
  const made = [];
  return (count) => {
    while (made.length < count) { made.push(make(made.length)); parent().append(made.at(-1)); }
    while (made.length > count) made.pop().remove();
    return made;
  };
};

/** A round number of updates that is about a pixel wide. */
const grain = (plot) => {
  const perPixel = (plot.posToVal(100, "x") - plot.posToVal(0, "x")) / 100;
  return Math.max(1, 10 ** Math.floor(Math.log10(Math.max(perPixel, 1))));
};

/** Knobs: where levels are, and which phase and argument says so. */
const knobsOf = (tree, plan) => {
  const phases = phasesAt(tree, plan.at);
  return plan.parts.flatMap((part, index) => {
    const knobs = [];
    const jumps = index > 0 && phases[index]?.from !== undefined && part.from && plan.parts[index - 1].to?.value !== part.from.value;
    if ((index === 0 || jumps) && phases[index]?.shape && part.from) {
      knobs.push({ n: part.start, value: part.from.value, place: { index, argument: "from" }, boundary: null });
    }
    const place = levelOf(tree, plan, index);
    if (place && part.to && part.end !== null) {
      knobs.push({ n: part.end, value: part.to.value, place, boundary: index + 1 < plan.parts.length ? index : null });
    }
    return knobs;
  });
};

/**
 * The bands of a field's plan.
 * @param {string} label
 * @param {HTMLElement} strip where the phases are named
 * @param {() => any} getPlot
 */
export const makeBands = (label, strip, getPlot) => {
  const over = () => getPlot().over;

  const drag = (start) => (event) => {
    const plan = shownPlan(label);
    if (event.button !== 0 || !plan) return;
    event.preventDefault();
    event.stopPropagation();
    const target = event.currentTarget;
    target.setPointerCapture(event.pointerId);
    target.closest(".band")?.focus();
    const what = `drag ${(gestures += 1)}`;
    const move = start({ tree: activeSheet().tree, plan, index: Number(target.dataset.index) });
    settle();
    set({ dragging: true, label });
    let frame = 0, last = null;
    const follow = (moved) => {
      last = moved;
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        const box = over().getBoundingClientRect();
        edit(move(last.clientX - box.left, last.clientY - box.top), what);
      });
    };
    const end = () => {
      target.removeEventListener("pointermove", follow);
      set({ dragging: false });
      settle();
    };
    target.addEventListener("pointermove", follow);
    target.addEventListener("lostpointercapture", end, { once: true });
  };

  const updateAt = (x) => {
    const plot = getPlot();
    const step = grain(plot);
    return Math.round(plot.posToVal(x, "x") / step) * step;
  };
  const valueAt = (y, before) => {
    const value = getPlot().posToVal(y, "y");
    return before >= 0 ? Math.max(0, value) : value;
  };

  const dragEdge = drag(({ tree, plan, index }) => (x) => moveBoundary(tree, plan, index, updateAt(x)));
  const dragKnob = drag(({ tree, plan, index }) => {
    const { place, boundary, value } = knobsOf(tree, plan)[index];
    return (x, y) => {
      const moved = setLevel(tree, plan, place, valueAt(y, value));
      return boundary === null ? moved : moveBoundary(moved, plan, boundary, updateAt(x));
    };
  });

  // A key moves the end of a band, or where there is none to move its beginning.
  const press = (event) => {
    const plan = shownPlan(label);
    const index = Number(event.currentTarget.dataset.index);
    const { tree } = activeSheet();
    if (!plan || event.ctrlKey || event.metaKey || event.altKey) return;
    const fine = event.shiftKey ? 0.1 : 1;
    const [across, up] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [0, 0];
    if (across) {
      const boundary = index + 1 < plan.parts.length ? index : index - 1;
      if (boundary < 0) return;
      const [min, max] = get().window ?? [0, get().view.end];
      const step = Math.max(1, Math.round((max - min) * KEY_LENGTH * fine));
      const [low, high] = boundaryRange(plan, boundary);
      const to = Math.min(high, Math.max(low, plan.parts[boundary].end + across * step));
      edit(moveBoundary(tree, plan, boundary, to), `length ${boundary}`);
    } else if (up) {
      const place = levelOf(tree, plan, index);
      const value = place && plan.parts[place.index][place.argument]?.value;
      if (value == null) return;
      const step = (Math.abs(value) || Math.abs(plan.base ?? 1)) * KEY_LEVEL * fine;
      edit(setLevel(tree, plan, place, value + up * step), `level ${place.index}`);
    } else if (event.key === "Delete") {
      edit(removePhase(tree, plan, index));
    } else if (event.key === "Enter") {
      set({ label, phase: index });
      document.querySelector(`[data-key="over ${index}"]`)?.focus();
    } else return;
    event.preventDefault();
  };

  const bands = pool(() => strip, (index) => {
    const band = element("div", { className: "band", tabIndex: 0, role: "slider", "aria-roledescription": "phase", "data-index": index,
      "aria-orientation": "horizontal", "aria-description": "Left and right change its length, up and down its level, Delete removes it",
      on: { keydown: press, focus: () => set({ label, phase: index }), pointerdown: () => set({ label, phase: index }) } }, element("span"));
    return band;
  });
  const edges = pool(over, (index) => element("div", { className: "edge", "data-index": index, "aria-hidden": true, on: { pointerdown: dragEdge, mousedown: (event) => event.stopPropagation() } }));
  const grips = pool(() => strip, (index) => element("div", { className: "grip", "data-index": index, "aria-hidden": true, on: { pointerdown: dragEdge } }));
  const knobs = pool(over, (index) => element("div", { className: "knob", "data-index": index, "aria-hidden": true, on: { pointerdown: dragKnob, mousedown: (event) => event.stopPropagation() } }));

  /** Puts everything where it is now. */
  return () => {
    const plan = shownPlan(label);
    const tree = activeSheet()?.tree;
    const plot = getPlot();
    const parts = plan?.parts ?? [];
    const width = plot.over.clientWidth;
    const x = (n) => plot.valToPos(n, "x");
    const clip = (left) => Math.min(width, Math.max(0, left));
    const phases = plan ? phasesAt(tree, plan.at) : [];
    strip.style.marginLeft = `${plot.over.offsetLeft}px`;
    strip.style.width = `${width}px`;
    strip.hidden = !parts.length;

    bands(parts.length).forEach((band, index) => {
      const part = parts[index];
      const [left, right] = [clip(x(part.start)), clip(x(part.end ?? plan.shown))];
      band.style.transform = `translateX(${left}px)`;
      band.style.width = `${Math.max(0, right - left)}px`;
      band.hidden = right <= left;
      const name = nameOf(phases[index]);
      band.firstChild.textContent = name;
      band.title = name;
      const chosen = get().label === label && get().phase === index;
      band.classList.toggle("chosen", chosen);
      band.setAttribute("aria-label", describePhase(phases[index], part, index, parts.length, (value) => exact(Number(value.toPrecision(6)))));
      band.setAttribute("aria-valuemin", 0);
      band.setAttribute("aria-valuemax", plan.shown);
      band.setAttribute("aria-valuenow", (part.end ?? plan.shown) - part.start);
      band.setAttribute("aria-valuetext", `${((part.end ?? plan.shown) - part.start).toLocaleString("en-US")} updates, to ${exact(Number(part.last.toPrecision(6)))}`);
    });
    const inner = parts.slice(0, -1);
    const place = (made) => made.forEach((line, index) => {
      const left = x(inner[index].end);
      line.style.transform = `translateX(${left}px)`;
      line.hidden = left < -1 || left > width + 1;
    });
    place(edges(inner.length));
    place(grips(inner.length));
    const points = plan ? knobsOf(tree, plan) : [];
    knobs(points.length).forEach((knob, index) => {
      const { n, value, place: { argument }, boundary } = points[index];
      const left = x(n), top = plot.valToPos(value, "y");
      knob.style.transform = `translate(${left}px, ${Math.min(plot.over.clientHeight, Math.max(0, top))}px)`;
      knob.hidden = !(left >= -1 && left <= width + 1) || !Number.isFinite(top);
      knob.classList.toggle("upright", boundary === null);
      knob.title = argument === "from" ? "Drag: where it starts" : "Drag: level and end of the phase";
    });
  };
};
