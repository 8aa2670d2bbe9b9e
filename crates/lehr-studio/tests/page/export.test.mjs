// The view as one file, which opens from disk and needs nothing.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { TOML, folder, launch, lehr, open, studio, until, valuesAt, write } from "./studio.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("an export shows the same curves, phases, findings and texts, offline", async (t) => {
  const place = folder(t);
  const a = write(place, "a.toml", TOML.replace('"0.01x"', '"0x"')), b = write(place, "b.toml", TOML.replace("0.1x", "0.5x"));
  const page = await studio(t, browser, a, b);
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export" }).click()]);
  const path = join(place, saved.suggestedFilename());
  await saved.saveAs(path);
  const html = readFileSync(path, "utf8");
  assert.ok(html.length < 600_000, String(html.length));
  const exported = await open(t, browser, pathToFileURL(path).href, { offline: true });
  assert.deepEqual(await exported.locator(".band").allTextContents(), ["linear", "hold", "cosine"]);
  await exported.getByText("the first update has a learning rate of 0").waitFor();
  await exported.locator(".difference h2").getByText("lr, less ").waitFor();
  const { updates, traces } = await exported.evaluate(() => JSON.parse(document.getElementById("baked").textContent).view.fields[0]);
  assert.deepEqual(traces[0].values, valuesAt(a, updates).lr);
  assert.deepEqual(traces[1].values, valuesAt(b, updates).lr);
  await exported.locator(".chart").first().focus();
  await exported.keyboard.press("Home");
  await until(async () => (await exported.locator(".at strong").first().textContent()) === "update 0");
  assert.equal(await exported.locator(".readout .value").first().textContent(), "0");
  await exported.getByRole("button", { name: "Copy as…" }).click();
  await exported.getByRole("tab", { name: "TOML" }).waitFor();
  assert.equal(await exported.getByRole("button", { name: /Save|Hide/ }).count(), 0);
  assert.equal(await exported.locator(".knob:visible, .edge:visible").count(), 0);
});

test("the command writes the same view, with what its options say", async (t) => {
  const place = folder(t);
  const a = write(place, "a.toml", TOML), b = write(place, "b.toml", TOML.replace("0.1x", "0.5x"));
  const run = ["--updates", "4000", "--base", "1e-3"], path = join(place, "both.html");
  lehr("plot", a, b, ...run, "--title", "Two & more", "--theme", "dark", "--log", "-o", path);
  const page = await open(t, browser, pathToFileURL(path).href, { offline: true });
  assert.equal(await page.title(), "Two & more");
  await page.getByRole("heading", { name: "Two & more" }).waitFor();
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), "dark");
  assert.equal(await page.getByRole("button", { name: "log y" }).getAttribute("aria-pressed"), "true");
  assert.equal(await page.locator(".panel").count(), 2);
  await page.locator(".difference h2").getByText("lr, less ").waitFor();
  const { updates, traces } = await page.evaluate(() => JSON.parse(document.getElementById("baked").textContent).view.fields[0]);
  assert.deepEqual(traces.map(({ values }) => values), [a, b].map((spec) => valuesAt(spec, updates, ...run).lr));
  await page.locator(".chart").first().focus();
  await page.keyboard.press("Home");
  await until(async () => (await page.locator(".readout .value").first().textContent()) === "1e-5");
});
