// How it looks: small and large screens, light and dark. The pictures of the documentation are taken here, into the
// folder PICTURES where that is set.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { field, folder, launch, lehr, open, serve, studio, type, until, write } from "./studio.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const VIT = `version = 1

[horizon]
epochs = 30
updates_per_epoch = 334

[lr]
base = 3e-4
phases = [
  { shape = "linear", from = "0.01x", over = "2ep" },
  { shape = "hold", over = "60%" },
  { shape = "cosine", to = "0.05x", over = "rest" },
]

[weight_decay]
base = 0.05
phases = [{ shape = "cosine", from = 0.04, to = 0.4 }]
`;
const SHORT = VIT.replace('"60%"', '"20%"').replace('"0.05x"', '"0.1x"').replace('"2ep"', '"1ep"');

const pictured = (t, name) => {
  const place = process.env.PICTURES || folder(t);
  mkdirSync(place, { recursive: true });
  return join(place, `studio-${name}.png`);
};

/** Two files and what a run has used so far of the first. */
const scene = (t) => {
  const place = folder(t);
  const a = write(place, "vit.toml", VIT), b = write(place, "short-hold.toml", SHORT);
  const rows = lehr("values", a, "--range", "0:4300:5").trim().split("\n").slice(1).map((line) => line.split(","));
  const run = write(place, "run.csv", `update,lr/0\n${rows.map(([n, lr]) => `${n},${Number(lr) * (1 + 0.02 * Math.sin(n / 90))}`).join("\n")}\n`);
  return { a, b, run };
};

/** Nothing is wider than the screen, and no text is cut by its own box. */
const fits = async (page) => {
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const scrolls = (element) => element.closest(".readout, .code, textarea, dialog") !== null;
    return [...document.body.querySelectorAll("*")].filter((element) => !scrolls(element) && element.checkVisibility() && element.getBoundingClientRect().right > width + 1)
      .map((element) => `${element.tagName}.${element.className}`);
  });
  assert.deepEqual(wide, []);
};

const point = async (page, share) => {
  const box = await page.locator(".u-over").first().boundingBox();
  await page.mouse.move(box.x + box.width * share, box.y + box.height * 0.6);
  await until(async () => !(await page.locator(".at strong").first().textContent()).includes("10,019"));
};

test("a wide screen, light: two files and a run", async (t) => {
  const { a, b, run } = scene(t);
  const page = await studio(t, browser, a, b, "--run", run);
  await page.locator(".difference").first().waitFor();
  await point(page, 0.38);
  await fits(page);
  await page.screenshot({ path: pictured(t, "compare") });
});

test("a wide screen, dark: findings beside their phases", async (t) => {
  const { a } = scene(t);
  const served = await serve(t, a);
  const page = await open(t, browser, served.url, { colorScheme: "dark" });
  await type(page, "from 0", "0x");
  await type(page, "from 2", "0.6x");
  await page.locator(".finding").nth(1).waitFor();
  await point(page, 0.8);
  await fits(page);
  await page.screenshot({ path: pictured(t, "findings-dark") });
});

for (const [width, height, scale] of [[400, 800, 1], [768, 1000, 1], [3840, 2160, 1]]) {
  test(`${width} pixels`, async (t) => {
    const { a, b } = scene(t);
    const served = await serve(t, a, b);
    const page = await open(t, browser, served.url, { viewport: { width, height }, deviceScaleFactor: scale });
    await page.locator(".difference").first().waitFor();
    await fits(page);
    const sizes = await page.evaluate(() => [".band", ".field span", "button", ".why"].map((what) => parseFloat(getComputedStyle(document.querySelector(what)).fontSize)));
    assert.ok(sizes.every((size) => size >= (width > 3000 ? 16 : 11)), String(sizes));
    if (width === 400) await page.screenshot({ path: pictured(t, "phone") });
  });
}

test("the gallery, and the forms to copy", async (t) => {
  const { a } = scene(t);
  const page = await studio(t, browser, a);
  await page.getByRole("button", { name: "New…" }).click();
  await page.locator(".recipe").first().waitFor();
  await page.screenshot({ path: pictured(t, "gallery") });
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Copy as…" }).click();
  await page.getByRole("tab", { name: "pytorch-accelerated" }).click();
  await page.screenshot({ path: pictured(t, "copy") });
});

test("text has the contrast that people need", async (t) => {
  const { a } = scene(t);
  for (const colorScheme of ["light", "dark"]) {
    const served = await serve(t, a);
    const page = await open(t, browser, served.url, { colorScheme });
    await type(page, "over 0", "99ep");
    await page.locator(".finding").first().waitFor();
    const poor = await page.evaluate(() => {
      const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      const rgb = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
      const light = (color) => {
        const [r, g, b] = [...rgb(color)].map((c) => { const v = c / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const behind = (element) => { for (let e = element; e; e = e.parentElement) { const color = getComputedStyle(e).backgroundColor; if (rgb(color)[3] > 200) return color; } return "white"; };
      const texts = [...document.body.querySelectorAll("*")].filter((e) => !e.matches(":disabled, noscript, noscript *") && e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()));
      return texts.map((e) => {
        const [a, b] = [light(getComputedStyle(e).color), light(behind(e))];
        return [`${e.tagName}.${e.className}: ${e.textContent.slice(0, 20)}`, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
      }).filter(([, ratio]) => ratio < 4.5);
    });
    assert.deepEqual(poor, [], colorScheme);
    await field(page, "over 0").press("Escape");
  }
});
