// Files: what is on disk comes to the page at once; what is on the page goes to disk only when asked.

import { Refusal, ask, newer } from "./api.js";
import { dialog, element } from "./dom.js";
import { change, get, isEdited, set, settle } from "./store.js";
import { plansOf } from "./tree.js";

/** How long to wait before asking again once the program does not answer, in milliseconds. */
const AGAIN = 1000;

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// Takes what was reported: a file without edits follows the disk, one with edits and another disk is a conflict.
const take = ({ sheets: reported, runs }) => {
  const { disk, conflicts: before } = get();
  const conflicts = new Set(before);
  const nextDisk = { ...disk };
  let sheets = get().sheets, followed = false;
  reported.forEach((report, index) => {
    const isFile = report.hash !== undefined || report.error !== undefined;
    const key = isFile ? `file:${index}` : `given:${index}`;
    const known = sheets.find((sheet) => sheet.key === key);
    if (!known) {
      if (disk[key] || (get().started && !isFile)) return;
      sheets = [...sheets, { key, name: report.name, file: isFile ? index : null, tree: report.tree ?? null }];
    } else if (isFile && report.hash !== disk[key]?.hash) {
      const edited = isEdited(known) && !same(known.tree, report.tree);
      if (edited) conflicts.add(key);
      else if (report.tree) {
        conflicts.delete(key);
        if (!same(known.tree, report.tree)) {
          followed = true;
          sheets = sheets.map((sheet) => (sheet === known ? { ...sheet, tree: report.tree } : sheet));
        }
      }
    }
    if (isFile) nextDisk[key] = report;
  });
  const active = get().active || sheets[0]?.key || "";
  const label = get().label || plansOf(sheets.find(({ key }) => key === active)?.tree)[0]?.label || "";
  // What others wrote is a step like any other: undone, it is not forgotten.
  if (followed) change(sheets);
  set({ sheets, active, label, conflicts, disk: nextDisk, runs, offline: null, started: true });
};

/** Follows the files for ever. */
export const follow = async () => {
  for (let revision = 0; ;) {
    try {
      const report = await newer(revision);
      if (report.revision !== revision) take(report);
      revision = report.revision;
      if (get().offline) set({ offline: null });
    } catch (error) {
      set({ offline: error instanceof Refusal ? error.message : "lehr serve has ended: nothing can be changed or saved" });
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
  }
};

/** Takes what the disk has in place of the page's edits; undo brings those back. */
export const takeTheirs = (sheet) => {
  const conflicts = new Set(get().conflicts);
  conflicts.delete(sheet.key);
  settle();
  set({ conflicts });
  return get().disk[sheet.key].tree;
};

/** Keeps the page's edits over what the disk has now: the next save writes them. */
export const keepOurs = (sheet) => {
  const conflicts = new Set(get().conflicts);
  conflicts.delete(sheet.key);
  set({ conflicts });
};

const askForComments = (sheet) => {
  const write = () => { shown.close(); save(sheet, true); };
  const shown = dialog("Save without comments?",
    element("p", { textContent: `The change to ${sheet.name} goes beyond numbers and phases, so the file is written anew. Its comments will be lost.` }),
    element("div", { className: "row" },
      element("button", { type: "button", textContent: "Save without comments", on: { click: write } }),
      element("button", { type: "button", className: "quiet", textContent: "Cancel", on: { click: () => shown.close() } })));
};

/** Saves a schedule over its file. */
export const save = async (sheet, rewrite = false) => {
  const { key, file, tree } = sheet;
  let saved;
  try {
    saved = await ask("save", { file, hash: get().disk[key].hash, tree, rewrite });
  } catch (error) {
    saved = { outcome: "failed", message: error.message };
  }
  if (saved.outcome === "written") set({ disk: { ...get().disk, [key]: { ...get().disk[key], hash: saved.hash, tree, problems: undefined } }, saved: sheet.name });
  else if (saved.outcome === "comments") askForComments(sheet);
  else if (saved.outcome === "conflict") set({ conflicts: new Set([...get().conflicts, key]) });
  else dialog("It was not saved", element("pre", { className: "code", textContent: saved.message }));
};
