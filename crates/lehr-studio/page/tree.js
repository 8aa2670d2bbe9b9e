// Specs as trees: their JSON form. Trees are never changed; a change makes a new one that shares the rest.

const RESERVED = new Set(["$schema", "version", "allow", "horizon"]);

const keysOf = (pointer) => pointer.split("/").slice(1).map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));

/** A key as part of a pointer. */
export const escapeKey = (key) => key.replaceAll("~", "~0").replaceAll("/", "~1");

/** The value at a JSON pointer; undefined where there is none. */
export const valueAt = (tree, pointer) => keysOf(pointer).reduce((value, key) => value?.[key], tree);

/** A tree with another value at a pointer; without it where the value is undefined. */
export const put = (tree, pointer, value) => {
  const keys = keysOf(pointer);
  const change = (node, depth) => {
    if (depth === keys.length) return value;
    const key = keys[depth];
    const inner = change(node?.[key], depth + 1);
    if (Array.isArray(node)) return inner === undefined ? node.filter((_, i) => i !== Number(key)) : Object.assign([...node], { [key]: inner });
    if (inner !== undefined) return { ...node, [key]: inner };
    const { [key]: _, ...rest } = node ?? {};
    return rest;
  };
  return change(tree, 0);
};

/**
 * The plans of a tree: each with its field, the pointer to its table, and the label that the view has for it.
 * @returns {{ field: string, at: string, table: any, label: string }[]}
 */
export const plansOf = (tree) =>
  Object.entries(tree ?? {}).filter(([key]) => !RESERVED.has(key)).flatMap(([field, value]) => {
    const at = `/${escapeKey(field)}`;
    const label = (table) => (table.groups ? `${field}/${[table.groups].flat().join("+")}` : field);
    if (Array.isArray(value)) return value.map((table, i) => ({ field, at: `${at}/${i}`, table, label: label(table) }));
    return [{ field, at, table: value, label: label(value) }];
  });

/** The phases of a plan's table. */
export const phasesAt = (tree, at) => valueAt(tree, `${at}/phases`) ?? [];

/** The name of a phase or combinator. */
export const nameOf = (phase) => phase?.shape ?? phase?.combine ?? "";

/** A schedule to start from. */
export const newTree = (phases, horizon = { updates: 10_000 }) => ({ version: 1, horizon, lr: { base: 3e-4, phases } });
