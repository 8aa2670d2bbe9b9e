// The gallery: recipes to start from.

import { dialog, drawn, element } from "./dom.js";
import { valueRange } from "./samples.js";
import { activeSheet, change, edit, get, set, settle } from "./store.js";
import { newTree, plansOf, put } from "./tree.js";

let recipes = [];
let made = 0;

export const setRecipes = (known) => { recipes = known; };

const WIDTH = 160, HEIGHT = 56;

const thumbnail = ({ updates, values }) => {
  const [low, high] = valueRange({ traces: [{ updates, values }] }, false, { min: 0, max: updates.at(-1) });
  const point = (n, i) => `${((n / updates.at(-1)) * WIDTH).toFixed(1)} ${(HEIGHT - ((values[i] - low) / (high - low)) * HEIGHT).toFixed(1)}`;
  return drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "thumbnail", "aria-hidden": true }, drawn("path", { d: `M${updates.map(point).join("L")}` }));
};

/** Adds a schedule and makes it the active one. */
export const addSheet = (name, tree) => {
  const key = `new:${(made += 1)}`;
  settle();
  change([...get().sheets, { key, name, file: null, tree }], "", key);
  set({ label: plansOf(tree)[0]?.label ?? "", phase: 0, window: null });
};

/** Opens the gallery. */
export const openGallery = () => {
  const active = activeSheet();
  const plan = active?.tree ? plansOf(active.tree).find(({ label }) => label === get().label) : null;
  const start = (recipe) => {
    shown.close();
    const run = active?.tree?.horizon;
    addSheet(recipe.name, newTree(recipe.phases, run && Object.keys(run).length ? run : undefined));
  };
  const use = (recipe) => {
    shown.close();
    settle();
    edit(put(active.tree, `${plan.at}/phases`, recipe.phases));
    set({ phase: 0 });
  };
  const card = (recipe) => element("article", { className: "recipe" }, thumbnail(recipe),
    element("h3", { textContent: recipe.name }), element("p", { textContent: recipe.summary }), element("code", { textContent: recipe.text }),
    element("div", { className: "row" },
      element("button", { type: "button", textContent: "New schedule", "aria-label": `New schedule: ${recipe.name}`, on: { click: () => start(recipe) } }),
      plan && element("button", { type: "button", className: "quiet", textContent: `Use for ${plan.label}`, on: { click: () => use(recipe) } })));
  const shown = dialog("Start from a recipe", element("div", { className: "gallery" }, ...recipes.map(card)));
};
