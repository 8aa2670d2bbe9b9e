// The view: what the program says of the schedules, asked anew whenever they change.

import { baked, latest } from "./api.js";
import { activeSheet, get, set, shownSheets, subscribe } from "./store.js";

/** About as many samples as a wide screen has pixels for. */
const SAMPLES = 1200;

const useView = (view, asked, error) => {
  if (view) set({ view: { ...view, keys: asked.keys, window: asked.body.window }, offline: null });
  else set({ offline: error.message });
};

const askForView = latest("view", (view, body, error) => useView(view, pending.get(body), error));
const pending = new WeakMap();

/** Asks for the schedules that are shown, in the updates that are in sight. */
export const refresh = () => {
  const sheets = shownSheets().filter(({ tree }) => tree);
  const body = { schedules: sheets.map(({ tree }) => tree), window: get().window, samples: SAMPLES };
  pending.set(body, { body, keys: sheets.map(({ key }) => key) });
  if (baked) set({ view: { ...baked.view, keys: get().sheets.map(({ key }) => key), window: null } });
  else if (sheets.length) askForView(body);
  else set({ view: null });
};

subscribe((changed) => {
  if (["sheets", "active", "hidden", "window", "runs"].some((what) => changed.has(what))) refresh();
});

/** What the view says of the active schedule. */
export const activeSchedule = () => {
  const { view } = get();
  const index = view ? view.keys.indexOf(activeSheet()?.key) : -1;
  return index < 0 ? null : view.schedules[index];
};

/** What it says of one of its plans, with what edits need. */
export const shownPlan = (label) => {
  const schedule = activeSchedule();
  const plan = schedule?.plans.find((plan) => plan.label === label);
  return plan ? { ...plan, run: schedule.run } : null;
};
