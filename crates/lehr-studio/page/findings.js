// Findings: what is wrong, or probably not meant, beside what it is about.

import { element } from "./dom.js";
import { activeSheet, edit } from "./store.js";
import { put, valueAt } from "./tree.js";
import { typedLevel } from "./units.js";

/** The phase that a pointer leads into, for the plan at another pointer; null where it is none. */
export const phaseOf = (finding, at) => {
  const match = finding.at.startsWith(`${at}/phases/`) && /^\d+/.exec(finding.at.slice(`${at}/phases/`.length));
  return match ? Number(match[0]) : null;
};

// What is proposed, where it is an argument of a phase: `from = "0.01x"`.
const proposal = (finding) => {
  const phase = /^(.*\/phases\/\d+)/.exec(finding.at)?.[1];
  const assigned = /^(\w+) = (.+)$/.exec(finding.paste ?? "");
  if (!phase || !assigned) return null;
  const [, argument, text] = assigned;
  const value = typedLevel(text.replace(/^"(.*)"$/, "$1"));
  return { pointer: `${phase}/${argument}`, value, text: `${argument} = ${value}` };
};

/** A finding with what helps. */
export const findingOf = (finding) => {
  const offer = proposal(finding);
  const apply = () => {
    const { tree } = activeSheet();
    if (valueAt(tree, offer.pointer) !== offer.value) edit(put(tree, offer.pointer, offer.value));
  };
  return element("div", { className: `finding ${finding.severity}`, role: finding.severity === "error" ? "alert" : "note" },
    element("p", {}, element("strong", { textContent: finding.message }), finding.label ? `: ${finding.label}` : ""),
    ...finding.help.map((help) => element("p", { className: "help", textContent: help })),
    element("p", { className: "foot" }, element("code", { textContent: finding.code }),
      offer && element("button", { type: "button", className: "quiet", textContent: `Write ${offer.text}`, "data-key": `fix ${finding.at} ${finding.code}`, on: { click: apply } })));
};
