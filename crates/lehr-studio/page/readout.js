// What an update uses, exactly, in every schedule, and why.

import { baked, latest } from "./api.js";
import { element, swatch } from "./dom.js";
import { exact } from "./numbers.js";
import { nearest, phaseAt } from "./samples.js";
import { get, indexOf, set, shortName, shownSheets, subscribe } from "./store.js";

const askForReasons = latest("explain", (explained, asked) => { if (explained) set({ explained: { update: asked.update, plans: explained } }); });

/** The update that is read out: that of the cursor, or the last one. */
export const readAt = () => get().cursor ?? Math.max(0, (get().view?.end ?? 1) - 1);

// An export reads out what is baked in: the sample next to the cursor.
const fromSamples = () => {
  const { view } = get();
  const plans = view.fields.flatMap((field) => field.traces.map(({ schedule, values }) => {
    const own = view.schedules[schedule].plans.find(({ label }) => label === field.label);
    const at = nearest(field.updates, Math.min(readAt(), own.shown - 1));
    return { schedule, label: field.label, value: values[at], path: [phaseAt({ phases: own.sections }, field.updates[at])], update: field.updates[at] };
  }));
  set({ explained: { update: plans[0]?.update ?? 0, plans } });
};

subscribe((changed) => {
  if (!changed.has("cursor") && !changed.has("view")) return;
  const sheets = shownSheets().filter(({ tree }) => tree);
  if (!get().view || !sheets.length) return;
  if (baked) fromSamples();
  else askForReasons({ schedules: sheets.map(({ tree }) => tree), update: readAt() });
});

const row = (cells) => element("tr", {}, ...cells.map((cell) => (cell instanceof HTMLElement ? cell : element("td", { textContent: cell }))));

/** The hue of a run: away from those of the first schedules. */
export const runHue = (index) => (index + 3) % 6;

const runRows = (label, columns) => {
  const runs = get().view.fields.find((field) => field.label === label)?.runs ?? [];
  return runs.map((run, index) => {
    const at = nearest(run.updates, readAt());
    const mark = swatch(runHue(index));
    mark.classList.add("used");
    const name = run.name.split(/[/\\](?=[^:]*: )/).at(-1);
    const blank = Array.from({ length: columns - 3 }, () => "");
    return row([element("th", { scope: "row", title: run.name }, mark, name), element("td", { className: "value", textContent: at < 0 ? "" : exact(run.values[at]) }), ...blank,
      at < 0 ? "" : `used at ${run.updates[at].toLocaleString("en-US")}`]);
  });
};

/** Fills the table below a plot. */
export const fillReadout = (place, label) => {
  const { explained, view } = get();
  const own = explained?.plans.filter((plan) => plan.label === label) ?? [];
  place.replaceChildren();
  if (!own.length || !view) return;
  const [first] = own;
  const epoch = first.epoch ? `, epoch ${first.epoch[0].toLocaleString("en-US")} + ${first.epoch[1].toLocaleString("en-US")}` : "";
  const rows = own.map((plan) => {
    const key = view.keys[plan.schedule];
    const sheet = get().sheets[indexOf(key)];
    const value = plan.value == null ? "not finite" : exact(plan.value);
    const apart = plan === first || plan.value == null ? "" : exact(Number((plan.value - first.value).toPrecision(6)));
    return row([element("th", { scope: "row", title: sheet?.name }, swatch(indexOf(key)), shortName(sheet)), element("td", { className: "value", textContent: value }),
      ...(own.length > 1 ? [element("td", { className: "value", textContent: apart && !apart.startsWith("-") ? `+${apart}` : apart })] : []),
      element("td", { textContent: plan.path.join(" › ") })]);
  });
  const heads = ["", "value", ...(own.length > 1 ? ["apart"] : []), "phase"];
  place.append(
    element("div", { className: "at" }, element("strong", { textContent: `update ${explained.update.toLocaleString("en-US")}` }), epoch),
    element("table", {}, element("thead", {}, element("tr", {}, ...heads.map((textContent) => element("th", { scope: "col", textContent })))), element("tbody", {}, ...rows, ...runRows(label, heads.length))));
  if (first.sentence) {
    const way = first.from && first.to ? (first.from === first.to ? ` It keeps ${first.from}.` : ` It goes from ${first.from} to ${first.to}.`) : "";
    place.append(element("p", { className: "why", textContent: first.sentence + "." + way }));
  }
};
