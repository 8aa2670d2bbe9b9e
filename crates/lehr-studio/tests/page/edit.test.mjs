// Designing by hand: with the mouse, with numbers, with the keyboard; and what the page shows is what the command says.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TOML, drag, field, folder, launch, lehr, studio, type, until, valuesAt, write } from "./studio.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const LINE = "linear(from=0.01x, over=5%) -> hold(over=75%) -> cosine(to=0.1x)";
const RUN = ["--updates", "10000", "--base", "3e-4"];

/** The whole plan as the page has it. */
const text = (page) => field(page, "text").inputValue();
const becomes = (page, wanted) => until(async () => (await text(page)) === wanted || null).catch(async () => assert.equal(await text(page), wanted));

test("dragging the end of a phase changes its length, and one undo brings it back", async (t) => {
  const page = await studio(t, browser, LINE, ...RUN);
  const plot = await page.locator(".u-over").first().boundingBox();
  await drag(page, page.locator(".grip").first(), plot.width / 10, 0);
  await becomes(page, "linear(from=0.01x, over=15%) -> hold(over=65%) -> cosine(to=0.1x)");
  await page.keyboard.press("Control+z");
  await becomes(page, LINE);
  await page.keyboard.press("Control+Shift+z");
  await becomes(page, "linear(from=0.01x, over=15%) -> hold(over=65%) -> cosine(to=0.1x)");
});

test("dragging a knob changes level and length together", async (t) => {
  const page = await studio(t, browser, "linear(from=0x, over=20%) -> cosine(to=0.1x)", ...RUN);
  const plot = await page.locator(".u-over").first().boundingBox();
  // The knob of the peak, to half the height of the axis from 0 to the peak.
  const knobs = page.locator(".knob");
  const [low, peak] = [await knobs.nth(0).boundingBox(), await knobs.nth(1).boundingBox()];
  await drag(page, knobs.nth(1), plot.width / 10, (low.y - peak.y) / 2);
  await until(async () => /^linear\(from=0x, to=0\.(49|5|50)\d?x, over=30%\) -> cosine\(to=0\.1x\)$/.test(await text(page)));
  await page.getByRole("button", { name: "Undo" }).click();
  await becomes(page, "linear(from=0x, over=20%) -> cosine(to=0.1x)");
});

test("numbers are edited beside the curve, and wrong ones say why beside their phase", async (t) => {
  const page = await studio(t, browser, LINE, ...RUN);
  await type(page, "over 0", "1000");
  await becomes(page, "linear(from=0.01x, over=1000) -> hold(over=75%) -> cosine(to=0.1x)");
  await type(page, "to 2", "1e-5");
  await becomes(page, "linear(from=0.01x, over=1000) -> hold(over=75%) -> cosine(to=1e-5)");
  await type(page, "over 1", "95%");
  const card = page.locator(".card").nth(1);
  await card.getByText("the phases take 10500 updates, but the run has 10000").waitFor();
  await type(page, "over 1", "lots");
  await card.locator(".finding.error").getByText("a length is").waitFor();
  await type(page, "over 1", "75%");
  await type(page, "from 0", "0x");
  await page.locator(".card").nth(0).getByText("the first update has a learning rate of 0").waitFor();
  await page.getByRole("button", { name: "Write from = 0.01x" }).click();
  await becomes(page, "linear(from=0.01x, over=1000) -> hold(over=75%) -> cosine(to=1e-5)");
  assert.equal(await page.locator(".finding").count(), 0);
});

test("the keyboard alone designs a schedule", async (t) => {
  const page = await studio(t, browser, LINE, ...RUN);
  const band = page.getByRole("slider", { name: /^Phase 1 of 3: linear/ });
  await band.focus();
  assert.match(await band.getAttribute("aria-valuetext"), /^500 updates, to 2\.9/);
  await page.keyboard.press("ArrowRight");
  await becomes(page, "linear(from=0.01x, over=6%) -> hold(over=74%) -> cosine(to=0.1x)");
  await page.keyboard.press("Shift+ArrowLeft");
  await becomes(page, "linear(from=0.01x, over=5.9%) -> hold(over=74.1%) -> cosine(to=0.1x)");
  await page.keyboard.press("ArrowDown");
  await becomes(page, "linear(from=0.01x, to=0.95x, over=5.9%) -> hold(over=74.1%) -> cosine(to=0.1x)");
  const outline = await band.evaluate((element) => getComputedStyle(element).outlineStyle);
  assert.equal(outline, "solid", "the focus is seen");
  await page.keyboard.press("Tab");
  assert.match(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), /^Phase 2 of 3: hold/);
  await page.keyboard.press("Delete");
  await becomes(page, "linear(from=0.01x, to=0.95x, over=80%) -> cosine(to=0.1x)");
  // The two lengths are one edit if they came fast enough.
  for (let i = 0; i < 4; i++) await page.keyboard.press("Control+z");
  await becomes(page, LINE);
  // Everything can be reached: from the first control on, each press of Tab leads to another.
  const seen = new Set();
  await page.evaluate(() => document.activeElement.blur());
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    seen.add(await page.evaluate(() => document.activeElement.dataset.key ?? document.activeElement.getAttribute("aria-label")));
  }
  for (const key of ["action New…", "action Copy as…", "action Export", "log lr", "field lr", "over 0", "to 2", "add 1", "remove 2", "text"]) assert.ok(seen.has(key), key);
});

test("the cursor reads out the exact value of any update, as the command has it", async (t) => {
  const page = await studio(t, browser, LINE, ...RUN);
  const chart = page.locator(".chart").first();
  await chart.focus();
  await page.keyboard.press("Home");
  // With shift one update further, without a hundredth of those in sight.
  const way = [1, 2, 3, 4, 5, 6, 106, 206, 306, 406, 506, 606, 706, 806, 906, 9_999];
  const expected = valuesAt(LINE, way, ...RUN);
  for (const [index, n] of way.entries()) {
    await page.keyboard.press(n === 9_999 ? "End" : index < 6 ? "Shift+ArrowRight" : "ArrowRight");
    const read = await until(() => page.evaluate((n) => {
      const [at, row] = [document.querySelector(".readout .at strong"), document.querySelector(".readout tbody tr")];
      return Number(at?.textContent.replace(/\D/g, "")) === n && Number(row.querySelector(".value").textContent);
    }, n));
    assert.equal(read, expected.lr[index]);
  }
  const why = page.locator(".why").first();
  await until(async () => (await why.textContent()).includes("update 9999 of 10000"));
  const explained = lehr("explain", LINE, ...RUN, "--at", "9999");
  assert.ok(explained.startsWith((await why.textContent()).split(". It goes")[0]));
});

test("the samples of the page are the command's values, to the bit", async (t) => {
  const spec = write(folder(t), "a.toml", TOML + `
[weight_decay]
phases = "sum(scale(cosine(from=0.04, to=0.4), by=0.5), noise(hold(from=0.1), limit=0.1, seed=7))"

["betas[0]"]
phases = "repeat(linear(from=0.95, to=0.85, over=10%), times=9) -> hold"
`);
  const page = await studio(t, browser, spec);
  const [response] = await Promise.all([page.waitForResponse(/api\/view/), page.reload()]);
  const view = await response.json();
  assert.deepEqual(view.fields.map(({ label }) => label), ["lr", "weight_decay", "betas[0]"]);
  for (const { label, updates, traces } of view.fields) {
    assert.ok(updates.length > 1000);
    assert.deepEqual(traces[0].values, valuesAt(spec, updates)[label], label);
  }
});

test("recipes start schedules, which are overlaid with their difference", async (t) => {
  const page = await studio(t, browser, LINE, ...RUN);
  await page.getByRole("button", { name: "New…" }).click();
  assert.equal(await page.locator(".recipe").count(), 16);
  await page.getByRole("button", { name: "New schedule: One cycle" }).click();
  await page.locator(".difference").waitFor();
  assert.equal(await page.locator(".readout tbody tr").count(), 2);
  await until(async () => (await page.locator(".difference h2").textContent()) === "lr, less One cycle");
  await page.getByRole("button", { name: /^Hide linear/ }).click();
  await until(async () => (await page.locator(".difference").count()) === 0);
  await page.getByRole("button", { name: "Close One cycle" }).waitFor();
  await page.keyboard.press("Control+z");
  await until(async () => (await page.locator(".chip").count()) === 1);
});

test("shapes, fields and plans in plans", async (t) => {
  const page = await studio(t, browser, LINE, ...RUN);
  await field(page, "shape 2").selectOption("polynomial");
  await becomes(page, "linear(from=0.01x, over=5%) -> hold(over=75%) -> polynomial(to=0.1x)");
  await page.locator(".card").nth(2).locator("summary").click();
  await page.locator(".card").nth(2).getByLabel("power").fill("2");
  await page.keyboard.press("Enter");
  await becomes(page, "linear(from=0.01x, over=5%) -> hold(over=75%) -> polynomial(power=2, to=0.1x)");
  await field(page, "add 1").click();
  await until(async () => (await page.locator(".card").count()) === 4);
  await page.keyboard.press("Control+z");
  page.once("dialog", (dialog) => dialog.accept("weight_decay"));
  await field(page, "add field").click();
  await page.locator('.panel[data-label="weight_decay"]').waitFor();
  await field(page, "text").fill("clamp(cosine(from=0.4, to=0), min=0.1)");
  await page.keyboard.press("Tab");
  await until(async () => (await page.locator(".band").allTextContents()).includes("clamp"));
  await field(page, "text").fill("cosin(to=0)");
  await page.keyboard.press("Tab");
  await until(() => page.locator("textarea:invalid").count());
});

test("zoom asks for the updates in sight", async (t) => {
  const page = await studio(t, browser, "cosine(to=0x)", "--updates", "1000000", "--base", "1");
  const plot = page.locator(".u-over").first();
  const box = await plot.boundingBox();
  const zoomed = page.waitForResponse(async (response) => response.url().endsWith("/api/view") && JSON.parse(response.request().postData()).window !== null);
  await page.mouse.move(box.x + box.width * 0.25, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 120, { steps: 4 });
  await page.mouse.up();
  const { updates, traces } = (await (await zoomed).json()).fields[0];
  assert.ok(Math.abs(updates[0] - 250_000) < 3000 && Math.abs(updates.at(-1) - 500_000) < 3000, `${updates[0]} ${updates.at(-1)}`);
  const some = updates.filter((_, index) => index % 97 === 0);
  assert.deepEqual(traces[0].values.filter((_, index) => index % 97 === 0), valuesAt("cosine(to=0x)", some, "--updates", "1000000", "--base", "1").lr);
  await page.getByRole("button", { name: "Zoom out" }).click();
  await until(() => page.getByRole("button", { name: "Zoom out" }).isDisabled());
});

test("a schedule is copied in every form", async (t) => {
  const page = await studio(t, browser, LINE, ...RUN);
  await page.getByRole("button", { name: "Copy as…" }).click();
  const code = page.locator("dialog .code");
  const show = async (name) => { await page.getByRole("tab", { name, exact: true }).click(); return code.textContent(); };
  const spec = write(folder(t), "copied.toml", await show("TOML"));
  assert.deepEqual(valuesAt(spec, [0, 123, 9999]).lr, valuesAt(LINE, [0, 123, 9999], ...RUN).lr);
  assert.equal((await show("Text")).trim(), LINE);
  assert.match(await show("PyTorch"), /lehr\.Scheduler\(optimizer, \{\n {4}"lr": "linear\(/);
  assert.match(await show("Hugging Face"), /optimizers=\(optimizer, schedule\)/);
  assert.match(await show("pytorch-accelerated"), /PER_PROCESS_NUM_UPDATE_STEPS_PER_EPOCH/);
  assert.match(await show("Rust"), /Horizon::updates\(10000\)\?/);
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download" }).click()]);
  assert.equal(saved.suggestedFilename(), "schedule.rs");
});
