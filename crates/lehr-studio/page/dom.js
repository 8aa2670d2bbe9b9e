// Elements.

/**
 * Makes an element. Properties are set as they are; those with a dash, `role` and `for` are attributes, `on` has listeners.
 * @param {string} name
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string | null | undefined | false)} children
 */
export const element = (name, properties = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value == null) continue;
    if (key === "on") for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    else if (key.includes("-") || key === "role" || key === "for") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.filter((child) => child != null && child !== false));
  return made;
};

const SVG = document.querySelector(".brand svg").namespaceURI;

/** An element of a picture, with attributes. */
export const drawn = (name, attributes, ...children) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

/** Replaces what an element holds, and keeps the focus where it was, with what is being typed: by `data-key`. */
export const refill = (parent, ...children) => {
  const focused = document.activeElement;
  const key = parent.contains(focused) ? focused.dataset.key : undefined;
  const typed = focused.matches?.("input, textarea") ? { value: focused.value, dirty: focused.value !== focused.defaultValue, range: [focused.selectionStart, focused.selectionEnd] } : null;
  parent.replaceChildren(...children.filter(Boolean));
  const again = key && parent.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (typed?.dirty) again.value = typed.value;
  if (typed) again.setSelectionRange(...typed.range);
};

/** A dialog over the page that is gone once it is closed. */
export const dialog = (title, ...children) => {
  const close = element("button", { type: "button", className: "quiet", textContent: "Close", on: { click: () => made.close() } });
  const made = element("dialog", { "aria-label": title, on: { close: () => made.remove(), click: (event) => { if (event.target === made) made.close(); } } },
    element("div", { className: "sheet" }, element("header", {}, element("h2", { textContent: title }), close), ...children));
  document.getElementById("dialogs").append(made);
  made.showModal();
  return made;
};

/** The stroke of a curve, as a key to it. */
export const swatch = (index) =>
  drawn("svg", { class: "swatch", viewBox: "0 0 18 8", width: 18, height: 8, "aria-hidden": true, "data-curve": index % 6 },
    drawn("path", { d: "M1 4H17", "stroke-dasharray": DASHES[index % DASHES.length].join(" ") }));

/** Strokes that tell curves apart without colour. */
export const DASHES = [[], [8, 4], [2, 3.5], [9, 3, 2, 3], [15, 4]];

/** Hands a text to the reader as a file. */
export const download = (name, text, type) => {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = element("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
};
