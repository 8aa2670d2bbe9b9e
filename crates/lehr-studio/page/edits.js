// Edits of a plan: from where something is dragged to, to the lengths and levels that say so. No value is computed here
// but the ends that a hand has put somewhere.

import { nameOf, phasesAt, put } from "./tree.js";
import { levelFor, remainder, spanIn, spanOf } from "./units.js";

/**
 * What the view says of a plan, with the run and the pointer to its table.
 * @typedef {{ at: string, base: number | null, parts: any[], run: any }} Shown
 */

const isRest = (phases, index) => {
  const { unit } = spanOf(phases[index].over);
  return unit === "rest" || (unit === "none" && index === phases.length - 1);
};

/** How far the end of a part can go: from its start to the end of the next part. */
export const boundaryRange = ({ parts }, index) => [parts[index].start, parts[index + 1]?.end ?? parts[index].end ?? Infinity];

/** Moves the end of a part to an update; the next part gives or takes what that costs. */
export const moveBoundary = (tree, shown, index, update) => {
  const phases = phasesAt(tree, shown.at);
  const { parts, run } = shown;
  const [low, high] = boundaryRange(shown, index);
  const to = Math.min(high, Math.max(low, Math.round(update)));
  const next = index + 1 < phases.length ? index + 1 : null;
  const length = to - parts[index].start;
  const nextLength = next === null ? 0 : (parts[next].end ?? Infinity) - to;
  const write = (edited, at, over) => put(edited, `${shown.at}/phases/${at}/over`, over);
  if (isRest(phases, index)) {
    if (next === null || !Number.isFinite(nextLength)) return tree;
    return write(tree, next, spanIn(spanOf(phases[next].over).unit, nextLength, run));
  }
  const unit = spanOf(phases[index].over).unit;
  const over = spanIn(unit, length, run);
  if (next === null || isRest(phases, next) || !Number.isFinite(nextLength)) return write(tree, index, over);
  const nextUnit = spanOf(phases[next].over).unit;
  if (unit === nextUnit && unit !== "none") {
    return write(write(tree, index, over), next, remainder(unit, phases[index].over, phases[next].over, over));
  }
  // Of two units neither can give exactly what the other takes.
  return write(write(tree, index, length), next, nextLength);
};

/** The phase and argument that say where a part ends in height; null where nothing does. */
export const levelOf = (tree, shown, index) => {
  const phases = phasesAt(tree, shown.at);
  const phase = phases[index];
  if (!phase?.shape || shown.parts[index]?.falls) return null;
  if (phase.shape !== "hold") return { index, argument: "to" };
  const before = index > 0 ? levelOf(tree, shown, index - 1) : null;
  return phase.from === undefined && before ? before : { index, argument: "from" };
};

/** Puts a level at a value. A phase that began where this one ended still does. */
export const setLevel = (tree, shown, place, value) => {
  const phases = phasesAt(tree, shown.at);
  const { index, argument } = place;
  const before = phases[index][argument] ?? shown.parts[index]?.[argument]?.text;
  const level = levelFor(before, value, shown.base ?? 1);
  const edited = put(tree, `${shown.at}/phases/${index}/${argument}`, level);
  const follows = argument === "to" && phases[index + 1]?.from !== undefined && String(phases[index + 1].from) === String(before);
  return follows ? put(edited, `${shown.at}/phases/${index + 1}/from`, level) : edited;
};

const withPhases = (tree, at, phases) => put(tree, `${at}/phases`, phases);

/** Puts a new phase after one; it takes half of that one's length. */
export const addPhase = (tree, shown, index) => {
  const phases = phasesAt(tree, shown.at);
  const part = shown.parts[index];
  const half = part?.end ? Math.max(1, Math.floor((part.end - part.start) / 2)) : 0;
  const added = { shape: "hold", over: half ? spanIn("%", half, shown.run) : "5%" };
  const whole = isRest(phases, index) || !half;
  const kept = whole ? phases[index] : { ...phases[index], over: spanIn(spanOf(phases[index].over).unit, part.end - part.start - half, shown.run) };
  if (!whole) return withPhases(tree, shown.at, [...phases.slice(0, index), kept, { ...added, over: half }, ...phases.slice(index + 1)]);
  const { over: _, ...last } = kept;
  return withPhases(tree, shown.at, [...phases.slice(0, index), { ...last, over: added.over }, { shape: "hold" }, ...phases.slice(index + 1)]);
};

/** Takes a phase away; the one before it, or after it, takes its length. */
export const removePhase = (tree, shown, index) => {
  const phases = phasesAt(tree, shown.at);
  if (phases.length < 2) return tree;
  const heir = index > 0 ? index - 1 : 1;
  const [gone, kept] = [shown.parts[index], shown.parts[heir]];
  const edited = isRest(phases, index)
    ? put(tree, `${shown.at}/phases/${heir}/over`, "rest")
    : isRest(phases, heir) || !gone?.end || !kept?.end ? tree
      : put(tree, `${shown.at}/phases/${heir}/over`, spanIn(spanOf(phases[heir].over).unit, gone.end - gone.start + kept.end - kept.start, shown.run));
  return put(edited, `${shown.at}/phases/${index}`, undefined);
};

/** Another shape for a phase, between the same levels. */
export const reshape = (tree, shown, index, shape, falls) => {
  const { from, to, over } = phasesAt(tree, shown.at)[index];
  const levels = falls ? { from } : shape === "hold" ? { from } : { from, to };
  const phase = Object.fromEntries(Object.entries({ shape, ...levels, over }).filter(([, value]) => value !== undefined));
  return put(tree, `${shown.at}/phases/${index}`, phase);
};

/** A phase in words, for those who do not see it. */
export const describePhase = (phase, part, index, all, number) => {
  const end = part.end === null ? "with no end" : `to ${part.end.toLocaleString("en-US")}`;
  return `Phase ${index + 1} of ${all}: ${nameOf(phase)}, updates ${part.start.toLocaleString("en-US")} ${end}, from ${number(part.first)} to ${number(part.last)}`;
};
