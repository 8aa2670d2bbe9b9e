// The page comes together: its actions, its keys, its beginning.

import { ask, baked } from "./api.js";
import { repaint, zoom, zoomBy } from "./chart.js";
import { element, refill } from "./dom.js";
import { root } from "./drawing.js";
import { setShapes } from "./editor.js";
import { follow, save } from "./files.js";
import { addSheet, openGallery, setRecipes } from "./gallery.js";
import { openCopies, exportView } from "./sharing.js";
import { activeSheet, canRedo, canUndo, get, isEdited, redo, set, subscribe, undo } from "./store.js";
import "./sheets.js";
import { newTree, plansOf } from "./tree.js";

const dark = matchMedia("(prefers-color-scheme: dark)");
const switchTheme = () => {
  const now = root.dataset.theme === "auto" ? (dark.matches ? "dark" : "light") : root.dataset.theme;
  root.dataset.theme = now === "dark" ? "light" : "dark";
  repaint();
};
dark.addEventListener("change", repaint);

const saveActive = () => { const sheet = activeSheet(); if (sheet && isEdited(sheet)) save(sheet); };

const actions = () => {
  const sheet = activeSheet();
  const action = (textContent, title, click, more = {}) => element("button", { type: "button", textContent, title, "data-key": `action ${textContent}`, on: { click }, ...more });
  const theme = action("Theme", "Light or dark", switchTheme, { className: "quiet" });
  const all = action("Zoom out", "Show all updates (0)", () => zoom(), { className: "quiet", disabled: !get().window });
  const copy = action("Copy as…", "TOML, text, Python, Rust", openCopies, { disabled: !sheet?.tree });
  if (baked) return [all, copy, theme];
  return [
    action("New…", "Start from a recipe", openGallery),
    action("Undo", "Ctrl+Z", undo, { className: "quiet", disabled: !canUndo() }),
    action("Redo", "Ctrl+Shift+Z", redo, { className: "quiet", disabled: !canRedo() }),
    all, copy,
    action("Export", "The view as one HTML file", exportView, { disabled: !sheet?.tree }),
    sheet?.file != null && action("Save", "Ctrl+S", saveActive, { className: "primary", disabled: !isEdited(sheet) || get().conflicts.has(sheet.key) }),
    theme,
  ];
};

subscribe((changed) => {
  const own = ["sheets", "active", "disk", "window", "conflicts"].some((what) => changed.has(what));
  if (own && !get().dragging) refill(document.getElementById("actions"), ...actions());
  if (changed.has("dragging") && !get().dragging) set({ sheets: get().sheets });
});

addEventListener("keydown", (event) => {
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  const typing = event.target.matches("input, textarea");
  if (command && key === "z" && !typing) event.shiftKey ? redo() : undo();
  else if (command && key === "y" && !typing) redo();
  else if (command && key === "s") saveActive();
  else if (command && (key === "+" || key === "=") && event.shiftKey) zoomBy(0.5);
  else return;
  event.preventDefault();
});

addEventListener("beforeunload", (event) => { if (!baked && get().sheets.some(isEdited)) event.preventDefault(); });

if (baked) {
  document.body.classList.add("baked");
  if (baked.title) document.querySelector("main").before(element("h2", { className: "title", textContent: baked.title }));
  const positive = ({ traces }) => traces.some(({ values }) => values.some((value) => value > 0));
  const log = new Set(baked.log ? baked.view.fields.filter(positive).map(({ label }) => label) : []);
  const sheets = baked.sheets.map(({ name, tree }, index) => ({ key: `baked:${index}`, name, file: null, tree }));
  set({ log, sheets, active: sheets[0]?.key ?? "", label: plansOf(sheets[0]?.tree)[0]?.label ?? "" });
} else {
  const first = new Promise((resolve) => subscribe((changed) => { if (changed.has("started")) resolve(); }));
  follow();
  await first;
  const gallery = await ask("gallery");
  setShapes(gallery.shapes);
  setRecipes(gallery.recipes);
  if (!get().sheets.length) addSheet("New schedule", newTree(gallery.recipes[0].phases));
  set({ shapes: true });
}
