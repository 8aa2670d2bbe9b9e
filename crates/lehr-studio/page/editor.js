// The numbers beside the curves: the run, the plan of one field, its phases, and what is found about each.

import { Refusal, ask, baked } from "./api.js";
import { element, refill } from "./dom.js";
import { addPhase, removePhase, reshape } from "./edits.js";
import { findingOf, phaseOf } from "./findings.js";
import { exact } from "./numbers.js";
import { activeSheet, edit, get, set, settle, subscribe } from "./store.js";
import { escapeKey, nameOf, phasesAt, plansOf, put, valueAt } from "./tree.js";
import { typedLevel, typedSpan } from "./units.js";
import { activeSchedule, shownPlan } from "./view.js";

/** While something is dragged the numbers follow this often, in milliseconds. */
const EVERY = 80;

const FIELDS = ["lr", "weight_decay", "momentum", "betas[0]", "betas[1]", "eps"];
let shapes = [];

/** The shapes that a phase can have, once they are known. */
export const setShapes = (known) => { shapes = known; };

const shapeOf = (name) => shapes.find((shape) => shape.name === name);

const written = (value) => (typeof value === "number" ? exact(value) : value ?? "");

/** An input that writes what is typed to a pointer of the tree; empty takes it out. */
const input = (label, pointer, typed, { hint, key, placeholder } = {}) => {
  const { tree } = activeSheet();
  const write = (event) => {
    const value = typed(event.target.value);
    event.target.defaultValue = event.target.value;
    settle();
    edit(put(activeSheet().tree, pointer, value));
  };
  const box = element("input", { type: "text", defaultValue: written(valueAt(tree, pointer)), placeholder: placeholder ?? "", autocomplete: "off", spellcheck: false,
    inputMode: "text", "data-key": key ?? pointer, title: hint, readOnly: Boolean(baked), on: { change: write, keydown: (event) => { if (event.key === "Escape") { event.target.value = written(valueAt(activeSheet().tree, pointer)); event.target.blur(); } } } });
  return element("label", { className: "field" }, element("span", { textContent: label }), box);
};

const button = (textContent, key, click, more = {}) =>
  !baked && element("button", { type: "button", className: "quiet", textContent, "data-key": key, on: { click }, ...more });

const runForm = (schedule) => {
  const { tree } = activeSheet();
  const horizon = tree.horizon ?? {};
  const keys = Object.keys(horizon).filter((key) => !["updates", "epochs", "updates_per_epoch"].includes(key));
  const total = schedule?.run?.updates;
  const said = total && horizon.updates === undefined ? `${total.toLocaleString("en-US")} updates in all` : "";
  return element("fieldset", { className: "run" }, element("legend", { textContent: "Run" }),
    element("div", { className: "row" },
      input("updates", "/horizon/updates", typedSpan, { hint: "Completed optimizer updates in the run" }),
      input("epochs", "/horizon/epochs", typedSpan, { hint: "Epochs in the run, with updates per epoch" }),
      input("updates per epoch", "/horizon/updates_per_epoch", typedSpan),
      ...keys.map((key) => input(key.replaceAll("_", " "), `/horizon/${key}`, typedSpan))),
    said && element("p", { className: "note", textContent: said }),
    ...(schedule?.findings ?? []).filter(({ at }) => !plansOf(tree).some((plan) => at.startsWith(plan.at))).map(findingOf));
};

const fieldTabs = (plans) => {
  const tab = (plan) => element("button", { type: "button", role: "tab", className: "tab", textContent: plan.label, "data-key": `field ${plan.label}`,
    "aria-selected": String(plan.label === get().label), on: { click: () => set({ label: plan.label, phase: 0 }) } });
  const add = () => {
    const field = FIELDS.find((name) => !plans.some((plan) => plan.field === name)) ?? "field";
    const name = prompt("Which field of the optimizer?", field)?.trim();
    if (!name || plans.some((plan) => plan.field === name)) return;
    edit({ ...activeSheet().tree, [name]: { phases: [{ shape: "hold" }] } });
    set({ label: name, phase: 0 });
  };
  return element("div", { className: "tabs", role: "tablist", "aria-label": "Fields" }, ...plans.map(tab), button("+ field", "add field", add));
};

const opened = new Set();

// What bends a shape: open where something of it is given, or where it was opened.
const parameters = (phase, pointer) => {
  const known = shapeOf(phase.shape)?.parameters ?? [];
  if (!known.length) return null;
  const given = known.some(([name]) => phase[name] !== undefined);
  const keep = (event) => { if (event.target.open) opened.add(pointer); else opened.delete(pointer); };
  return element("details", { open: given || opened.has(pointer), on: { toggle: keep } }, element("summary", { textContent: known.map(([name]) => name).join(", ") }),
    element("div", { className: "row" }, ...known.map(([name, usual]) => input(name, `${pointer}/${name}`, typedLevel, { placeholder: usual }))));
};

const shapeChoice = (phase, plan, index) => {
  const change = (event) => {
    settle();
    edit(reshape(activeSheet().tree, plan, index, event.target.value, shapeOf(event.target.value)?.falls));
  };
  const options = shapes.map(({ name }) => element("option", { value: name, textContent: name, selected: name === phase.shape }));
  const shape = shapeOf(phase.shape);
  return element("select", { "aria-label": `Shape of phase ${index + 1}`, title: shape ? `${shape.summary}\n${shape.formula}` : "", "data-key": `shape ${index}`, disabled: !shapes.length,
    on: { change } }, ...(options.length ? options : [element("option", { textContent: phase.shape })]));
};

const card = (plan, phases, index, findings) => {
  const phase = phases[index], pointer = `${plan.at}/phases/${index}`, part = plan.parts?.[index];
  const own = findings.filter((finding) => phaseOf(finding, plan.at) === index);
  const choose = () => { if (get().phase !== index) set({ phase: index }); };
  const isPhase = phase.shape !== undefined && (shapeOf(phase.shape) || !shapes.length);
  const ends = part ? `${part.start.toLocaleString("en-US")} – ${part.end === null ? "∞" : part.end.toLocaleString("en-US")}` : "";
  return element("li", { className: `card${index === get().phase ? " chosen" : ""}${own.some(({ severity }) => severity === "error") ? " wrong" : ""}`, on: { focusin: choose } },
    element("header", {}, element("span", { className: "number", textContent: index + 1 }),
      isPhase ? (baked ? element("strong", { textContent: phase.shape }) : shapeChoice(phase, plan, index)) : element("strong", { textContent: nameOf(phase) }),
      element("span", { className: "ends", textContent: ends }),
      plan.parts && button("+", `add ${index}`, () => { settle(); edit(addPhase(activeSheet().tree, plan, index)); }, { title: "Add a phase after this one", "aria-label": `Add a phase after phase ${index + 1}` }),
      plan.parts && phases.length > 1 && button("×", `remove ${index}`, () => { settle(); edit(removePhase(activeSheet().tree, plan, index)); }, { title: "Remove this phase", "aria-label": `Remove phase ${index + 1}` })),
    element("div", { className: "row" },
      input("over", `${pointer}/over`, typedSpan, { key: `over ${index}`, placeholder: index === phases.length - 1 ? "rest" : "", hint: "A length: 500 updates, 3ep, 5%, rest" }),
      isPhase && input("from", `${pointer}/from`, typedLevel, { key: `from ${index}`, placeholder: part?.from?.text ?? "", hint: "A level: 1e-6, or 0.1x of the base" }),
      isPhase && phase.shape !== "hold" && !part?.falls && input("to", `${pointer}/to`, typedLevel, { key: `to ${index}`, placeholder: part?.to?.text ?? "1x", hint: "A level: 1e-6, or 0.1x of the base" }),
      ...(isPhase ? [] : Object.keys(phase).filter((key) => !["combine", "shape", "plan", "plans", "over"].includes(key))
        .map((key) => input(key, `${pointer}/${key}`, typedLevel)))),
    isPhase && parameters(phase, pointer),
    ...own.map(findingOf));
};

// The plan as one line, for what has no place in a card: plans in plans.
const asText = (plan) => {
  const change = async (event) => {
    const box = event.target;
    try {
      const { tree } = await ask("read", { text: box.value });
      const [first] = plansOf(tree);
      box.defaultValue = box.value;
      settle();
      edit(put(activeSheet().tree, `${plan.at}/phases`, first.table.phases));
      box.setCustomValidity("");
    } catch (error) {
      box.setCustomValidity(error instanceof Refusal ? error.message : String(error));
      box.reportValidity();
    }
  };
  return element("label", { className: "field text" }, element("span", { textContent: "As text" }),
    element("textarea", { rows: 3, defaultValue: plan.text ?? "", spellcheck: false, "data-key": "text", readOnly: Boolean(baked), on: { change, input: (event) => event.target.setCustomValidity("") } }));
};

const planForm = (schedule) => {
  const { tree } = activeSheet();
  const plans = plansOf(tree);
  const plan = plans.find(({ label }) => label === get().label) ?? plans[0];
  if (!plan) return [fieldTabs(plans)];
  const shown = { at: plan.at, ...shownPlan(plan.label) };
  const phases = phasesAt(tree, plan.at);
  const findings = (schedule?.findings ?? []).filter(({ at }) => at.startsWith(plan.at));
  const remove = () => edit(put(tree, `/${escapeKey(plan.field)}`, undefined));
  return [
    fieldTabs(plans),
    element("div", { className: "row" },
      input("base", `${plan.at}/base`, typedLevel, { placeholder: "1", hint: "For pictures and checks; a training run takes what stands in its optimizer" }),
      plans.length > 1 && button("Remove field", "remove field", remove)),
    ...findings.filter((finding) => phaseOf(finding, plan.at) === null).map(findingOf),
    element("ol", { className: "cards" }, ...phases.map((_, index) => card(shown, phases, index, findings))),
    asText(shown),
  ];
};

const troubles = (trouble) => element("div", { className: "finding error", role: "alert" },
  element("p", {}, element("strong", { textContent: "The file cannot be read" })),
  ...(trouble.problems ?? []).map(({ line, column, message, found }) =>
    element("p", {}, `${line ? `line ${line}, column ${column}: ` : ""}${message}${found ? `: ${found}` : ""}`)),
  trouble.error && element("p", { textContent: trouble.error }));

let last = null;
const fill = () => {
  const place = document.getElementById("editor");
  const sheet = activeSheet();
  last = performance.now();
  if (!sheet) return place.replaceChildren();
  const trouble = get().disk[sheet.key];
  const wrong = trouble && !trouble.tree && (trouble.problems || trouble.error) ? troubles(trouble) : null;
  if (!sheet.tree) return refill(place, wrong);
  const schedule = activeSchedule();
  refill(place, wrong, runForm(schedule), ...planForm(schedule));
};

let waiting = 0;
subscribe((changed) => {
  const own = ["sheets", "active", "view", "label", "disk", "dragging", "shapes"].some((what) => changed.has(what));
  // A click that chooses a card still goes to what it was on.
  if (changed.has("phase") && !own) document.querySelectorAll(".card").forEach((card, index) => card.classList.toggle("chosen", index === get().phase));
  if (!own) return;
  // What is being typed is not taken away by what comes in between.
  clearTimeout(waiting);
  if (get().dragging && performance.now() - last < EVERY) waiting = setTimeout(fill, EVERY);
  else fill();
});
