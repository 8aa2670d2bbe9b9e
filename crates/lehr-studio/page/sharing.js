// Taking a schedule along: as text in every form, and the view as one file.

import { ask, baked } from "./api.js";
import { dialog, download, element } from "./dom.js";
import { activeSheet, get, indexOf, shownSheets } from "./store.js";

const toClipboard = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
};

const ENDINGS = { TOML: "toml", YAML: "yaml", JSON: "json", Text: "txt", Rust: "rs" };

/** Opens the forms of the active schedule. */
export const openCopies = async () => {
  const sheet = activeSheet();
  const copies = baked ? baked.copies[indexOf(sheet.key)] : await ask("copy", { tree: sheet.tree }).catch((error) => error);
  if (!Array.isArray(copies) || !copies.length) {
    return dialog("Copy as", element("p", { textContent: copies.message ?? "The schedule cannot be resolved yet." }));
  }
  const code = element("pre", { className: "code", tabIndex: 0 });
  const done = element("span", { className: "note", role: "status" });
  let current = copies[0];
  const tabs = copies.map((copy) => element("button", { type: "button", role: "tab", className: "tab", textContent: copy.name, on: { click: () => show(copy) } }));
  const show = (copy) => {
    current = copy;
    code.textContent = copy.text;
    done.textContent = "";
    tabs.forEach((tab, index) => tab.setAttribute("aria-selected", String(copies[index] === copy)));
  };
  const copy = async () => {
    const copied = await toClipboard(current.text);
    if (!copied) getSelection().selectAllChildren(code);
    done.textContent = copied ? "Copied" : "Selected: copy it with the keyboard";
  };
  const save = () => download(`schedule.${ENDINGS[current.name] ?? "py"}`, current.text, "text/plain");
  show(current);
  return dialog("Copy as", element("div", { className: "tabs", role: "tablist" }, ...tabs), code,
    element("div", { className: "row" }, element("button", { type: "button", textContent: "Copy", on: { click: copy } }),
      element("button", { type: "button", className: "quiet", textContent: "Download", on: { click: save } }), done));
};

/** Hands over the view as one HTML file. */
export const exportView = async () => {
  const sheets = shownSheets().filter(({ tree }) => tree);
  const ordered = get().sheets.filter((sheet) => sheets.includes(sheet));
  const { html } = await ask("export", { schedules: ordered.map(({ name, tree }) => [name, tree]) });
  download("schedules.html", html, "text/html");
};
