// Files: what changes on disk shows at once, what is edited is saved when asked, and nobody's work is lost.

import assert from "node:assert/strict";
import { appendFileSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { TOML, drag, field, folder, launch, lehr, studio, type, until, write } from "./studio.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const save = (page) => page.getByRole("button", { name: "Save", exact: true });
const over = (page, index) => field(page, `over ${index}`).inputValue();
const shows = (page, index, wanted) => until(async () => (await over(page, index)) === wanted);

test("a file that changes on disk is shown at once, also when it is replaced", async (t) => {
  const place = folder(t), path = write(place, "a.toml", TOML);
  const page = await studio(t, browser, path);
  writeFileSync(path, TOML.replace("5%", "8%"));
  await shows(page, 0, "8%");
  write(place, "new.toml", TOML.replace("5%", "12%"));
  renameSync(join(place, "new.toml"), path);
  await shows(page, 0, "12%");
  writeFileSync(path, TOML.replace('"linear"', '"liner"'));
  await page.getByText("The file cannot be read").waitFor();
  await page.getByText(/line 10, column \d+: there is no shape `liner`, did you mean `linear`\?/).waitFor();
  writeFileSync(path, TOML);
  await shows(page, 0, "5%");
  assert.equal(await page.getByText("The file cannot be read").count(), 0);
  assert.ok(await save(page).isDisabled());
  // What others wrote can be undone like an edit, and comes back.
  await page.keyboard.press("Control+z");
  await shows(page, 0, "12%");
  await page.keyboard.press("Control+Shift+z");
  await shows(page, 0, "5%");
});

test("a save writes what was edited, keeps the comments, and only when asked", async (t) => {
  const path = write(folder(t), "a.toml", TOML);
  const page = await studio(t, browser, path);
  const plot = await page.locator(".u-over").first().boundingBox();
  await drag(page, page.locator(".grip").first(), plot.width / 20, 0);
  await shows(page, 0, "10%");
  assert.equal(readFileSync(path, "utf8"), TOML, "nothing is written yet");
  await page.locator(".dot").waitFor();
  await page.keyboard.press("Control+s");
  await until(() => readFileSync(path, "utf8") !== TOML);
  assert.equal(readFileSync(path, "utf8"), TOML.replace('"5%"', '"10%"').replace('"75%"', '"70%"').replace("{ shape = \"hold\", over = \"70%\" }", '{ shape = "hold", over = "70%" }'));
  await until(() => save(page).isDisabled());
  assert.equal(await page.locator(".dot").count(), 0);
  await page.keyboard.press("Control+z");
  await shows(page, 0, "5%");
  await save(page).click();
  await until(() => readFileSync(path, "utf8") === TOML);
});

for (const [name, text] of [["a.yaml", lehr("init", "--format", "yaml")], ["a.json", lehr("init", "--format", "json")]]) {
  test(`${name} stays what it is`, async (t) => {
    const path = write(folder(t), name, text);
    const page = await studio(t, browser, path);
    await type(page, "over 0", "7%");
    await save(page).click();
    await until(() => readFileSync(path, "utf8") !== text);
    assert.equal(readFileSync(path, "utf8"), text.replace(/(over"?: "?)5%/, (_, key) => `${key}7%`));
  });
}

test("where comments would be lost the page asks before", async (t) => {
  const path = write(folder(t), "a.toml", TOML);
  const page = await studio(t, browser, path);
  page.once("dialog", (dialog) => dialog.accept("momentum"));
  await field(page, "add field").click();
  await save(page).click();
  await page.getByText("Its comments will be lost").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  assert.equal(readFileSync(path, "utf8"), TOML);
  await save(page).click();
  await page.getByRole("button", { name: "Save without comments" }).click();
  await until(() => readFileSync(path, "utf8").includes("[momentum]"));
  lehr("show", path);
});

test("a file that changed meanwhile is a conflict, and neither side is lost", async (t) => {
  const path = write(folder(t), "a.toml", TOML);
  const page = await studio(t, browser, path);
  await type(page, "over 0", "6%");
  const theirs = TOML.replace("0.1x", "0.2x");
  writeFileSync(path, theirs);
  await page.getByText("changed on disk while it was edited here").waitFor();
  assert.equal(await over(page, 0), "6%", "the edit is still there");
  assert.ok(await save(page).isDisabled());
  await page.getByRole("button", { name: "Take the file's" }).click();
  await shows(page, 0, "5%");
  assert.equal(await field(page, "to 2").inputValue(), "0.2x");
  await page.keyboard.press("Control+z");
  await shows(page, 0, "6%");
  assert.equal(readFileSync(path, "utf8"), theirs);
  await save(page).click();
  await until(() => readFileSync(path, "utf8").includes('"6%"'));
  // And the other way round.
  await type(page, "over 0", "9%");
  appendFileSync(path, "# theirs\n[eps]\nphases = 'hold'\n");
  await page.getByRole("button", { name: "Keep mine and save" }).click();
  await until(() => readFileSync(path, "utf8").includes('"9%"') || page.locator("dialog").count());
  if (await page.locator("dialog").count()) await page.getByRole("button", { name: "Save without comments" }).click();
  await until(() => readFileSync(path, "utf8").includes('"9%"'));
});

test("a save that races with another writer loses neither", async (t) => {
  const path = write(folder(t), "a.toml", TOML);
  const page = await studio(t, browser, path);
  // From now on the page hears of nothing that happens on disk.
  await page.route("**/api/state*", (route) => { if (route.request().url().endsWith("since=0")) route.continue(); });
  await page.reload();
  await type(page, "over 0", "6%");
  const theirs = TOML.replace("3e-4", "5e-4");
  writeFileSync(path, theirs);
  const answered = page.waitForResponse(/api\/save/);
  await save(page).click();
  assert.deepEqual(await (await answered).json(), { outcome: "conflict" });
  await page.getByText("changed on disk while it was edited here").waitFor();
  assert.equal(readFileSync(path, "utf8"), theirs);
  assert.equal(await over(page, 0), "6%");
});

test("a file that is gone, one that cannot be written, a program that has ended", async (t) => {
  const place = folder(t), path = write(place, "a.toml", TOML);
  const page = await studio(t, browser, path);
  rmSync(path);
  await page.getByText("No such file").waitFor();
  assert.equal(await over(page, 0), "5%", "what was seen of it is still there");
  writeFileSync(path, TOML);
  await until(async () => (await page.getByText("No such file").count()) === 0);
  page.served.child.kill();
  await page.getByText("lehr serve has ended").waitFor();
  page.wrong.length = 0;
});

test("several files are compared, and saved each for itself", async (t) => {
  const place = folder(t);
  const a = write(place, "a.toml", TOML), b = write(place, "b.toml", TOML.replace("0.1x", "0.5x"));
  const page = await studio(t, browser, a, b);
  await page.locator(".difference h2").getByText("lr, less a.toml").waitFor();
  const largest = await page.locator(".readout tbody tr").nth(1).locator(".value").nth(1).textContent();
  assert.ok(Math.abs(Number(largest) - 1.2e-4) < 1e-7, largest);
  await page.getByRole("button", { name: "b.toml", exact: true }).click();
  await type(page, "to 2", "0.4x");
  await save(page).click();
  await until(() => readFileSync(b, "utf8").includes("0.4x"));
  assert.equal(readFileSync(a, "utf8"), TOML);
  assert.equal(statSync(b).mode & 0o777, 0o644);
});
