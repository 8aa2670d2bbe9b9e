// The state of the page: what undo brings back, and what it does not.

/**
 * A schedule on the page. `file` is its place among the given ones; null for one that was made here.
 * @typedef {{ key: string, name: string, file: number | null, tree: any }} Sheet
 */

/** Edits of one thing that follow each other this fast are undone together, in milliseconds; those of a drag always. */
const TOGETHER = 900;

/** More is not undone. */
const MOST_STEPS = 500;

const state = {
  /** @type {Sheet[]} */ sheets: [],
  active: "",
  /** What each file has on disk: `{ hash, tree, problems, error }`, by key. */
  disk: {},
  /** Files whose edits and whose disk differ from what both began with. */
  conflicts: new Set(),
  hidden: new Set(),
  /** The label of the plan that is edited. */
  label: "",
  phase: 0,
  cursor: null,
  window: null,
  dragging: false,
  offline: null,
  log: new Set(),
  runs: [],
  view: null,
};
const past = [], future = [], listeners = new Set();
let merging = { what: "", at: 0 };

export const get = () => state;

export const subscribe = (listener) => listeners.add(listener);

const tell = (changed) => { for (const listener of listeners) listener(changed); };

/** Changes what undo does not bring back. */
export const set = (changes) => {
  Object.assign(state, changes);
  tell(new Set(Object.keys(changes)));
};

export const activeSheet = () => state.sheets.find(({ key }) => key === state.active) ?? state.sheets[0];

/** The schedules that are drawn, the active one first: the others are compared with it. */
export const shownSheets = () => {
  const active = activeSheet();
  return active ? [active, ...state.sheets.filter((sheet) => sheet !== active && sheet.tree && !state.hidden.has(sheet.key))] : [];
};

/** The place of a schedule, which its curve's colour is of. */
export const indexOf = (key) => state.sheets.findIndex((sheet) => sheet.key === key);

/** A file without its folders. */
export const shortName = (sheet) => (sheet?.file == null ? sheet?.name ?? "" : sheet.name.split(/[/\\]/).at(-1));

const kept = () => ({ sheets: state.sheets, active: state.active });

/** Changes the schedules so that it can be undone; changes of one `what` that follow fast are one. */
export const change = (sheets, what = "", active = state.active) => {
  const now = performance.now();
  const together = what && what === merging.what && (what.startsWith("drag") || now - merging.at < TOGETHER);
  if (!together && past.push(kept()) > MOST_STEPS) past.shift();
  merging = { what, at: now };
  future.length = 0;
  set({ sheets, active });
};

/** Changes the tree of the active schedule. */
export const edit = (tree, what) => {
  const active = activeSheet();
  if (!active || tree === active.tree) return;
  change(state.sheets.map((sheet) => (sheet === active ? { ...sheet, tree } : sheet)), what);
};

/** Ends what is undone together. */
export const settle = () => { merging = { what: "", at: 0 }; };

const travel = (from, to) => {
  if (!from.length) return;
  to.push(kept());
  settle();
  set(from.pop());
};
export const undo = () => travel(past, future);
export const redo = () => travel(future, past);
export const canUndo = () => past.length > 0;
export const canRedo = () => future.length > 0;

/** Whether a schedule differs from what its file has. */
export const isEdited = (sheet) =>
  sheet.file !== null && state.disk[sheet.key]?.tree !== undefined && JSON.stringify(sheet.tree) !== JSON.stringify(state.disk[sheet.key].tree);
