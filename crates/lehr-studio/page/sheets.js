// The schedules of the page, side by side: which is edited, which are drawn, which differ from their files.

import { baked } from "./api.js";
import { element, refill, swatch } from "./dom.js";
import { keepOurs, save, takeTheirs } from "./files.js";
import { change, get, indexOf, isEdited, set, settle, shortName, subscribe } from "./store.js";
import { plansOf } from "./tree.js";

const choose = (sheet) => () => {
  const hidden = new Set(get().hidden);
  hidden.delete(sheet.key);
  const labels = plansOf(sheet.tree).map(({ label }) => label);
  settle();
  set({ active: sheet.key, hidden, label: labels.includes(get().label) ? get().label : labels[0] ?? "", phase: 0 });
};

const toggle = (sheet) => () => {
  const hidden = new Set(get().hidden);
  if (!hidden.delete(sheet.key)) hidden.add(sheet.key);
  set({ hidden });
};

const remove = (sheet) => () => {
  const left = get().sheets.filter((other) => other !== sheet);
  settle();
  change(left, "", get().active === sheet.key ? left[0].key : get().active);
};

const chip = (sheet) => {
  const { active, hidden, sheets } = get();
  const isActive = sheet.key === active, edited = isEdited(sheet);
  const name = shortName(sheet);
  return element("div", { className: `chip${isActive ? " active" : ""}${hidden.has(sheet.key) && !isActive ? " hidden" : ""}` },
    element("button", { type: "button", className: "name", title: sheet.name, "aria-pressed": String(isActive), "data-key": `sheet ${sheet.key}`, on: { click: choose(sheet) } },
      swatch(indexOf(sheet.key)), name, edited && element("span", { className: "dot", title: "Not saved", "aria-label": "not saved" })),
    !baked && !isActive && sheets.length > 1 && element("button", { type: "button", className: "quiet", "aria-pressed": String(!hidden.has(sheet.key)), "data-key": `show ${sheet.key}`,
      textContent: hidden.has(sheet.key) ? "show" : "hide", "aria-label": `${hidden.has(sheet.key) ? "Show" : "Hide"} ${name}`, on: { click: toggle(sheet) } }),
    !baked && sheet.file === null && sheets.length > 1 && element("button", { type: "button", className: "quiet", textContent: "×", "aria-label": `Close ${name}`, "data-key": `close ${sheet.key}`, on: { click: remove(sheet) } }));
};

const conflict = (sheet) => {
  const theirs = () => {
    const tree = takeTheirs(sheet);
    if (tree) change(get().sheets.map((other) => (other.key === sheet.key ? { ...other, tree } : other)));
  };
  const button = (textContent, key, click) => element("button", { type: "button", textContent, "data-key": `${key} ${sheet.key}`, on: { click } });
  return element("div", { className: "notice conflict", role: "alert" },
    element("p", {}, element("strong", { textContent: `${sheet.name} changed on disk` }), " while it was edited here. Nothing is written until you choose."),
    button("Take the file's", "theirs", theirs), button("Keep mine", "ours", () => keepOurs(sheet)),
    button("Keep mine and save", "save ours", () => { keepOurs(sheet); save(sheet); }));
};

const notices = () => {
  const { conflicts, offline, runs, sheets } = get();
  return [
    offline && element("div", { className: "notice error", role: "alert" }, element("p", { textContent: offline })),
    ...sheets.filter(({ key }) => conflicts.has(key)).map(conflict),
    ...runs.filter(({ error }) => error).map(({ name, error }) => element("div", { className: "notice" }, element("p", { textContent: `${name}: ${error}` }))),
  ];
};

subscribe((changed) => {
  if (["sheets", "active", "hidden", "disk", "label"].some((what) => changed.has(what)) && !get().dragging) {
    refill(document.getElementById("sheets"), ...get().sheets.map(chip));
  }
  if (["conflicts", "offline", "runs", "sheets"].some((what) => changed.has(what)) && !get().dragging) refill(document.getElementById("notices"), ...notices());
});

