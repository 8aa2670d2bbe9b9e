// What a run used, over its plan, while it is written.

import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { TOML, folder, launch, studio, until, write } from "./studio.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("a run's CSV is laid over the plan and grows as it is written", async (t) => {
  const place = folder(t);
  const spec = write(place, "a.toml", TOML), run = write(place, "history.csv", "update,epoch,loss,lr/0\n");
  const page = await studio(t, browser, spec, "--run", run);
  const overlay = async () => {
    const [response] = await Promise.all([page.waitForResponse(/api\/view/), appendFileSync(run, rows.shift())]);
    return (await response.json()).fields[0].runs;
  };
  const line = (n, value) => `${n},0,2.3,${value}\n`;
  const rows = [line(0, 3e-6) + line(1, 4e-6) + "2,0,2.", "2,5e-6\n" + Array.from({ length: 5000 }, (_, n) => line(n + 3, 1e-4)).join("")];
  const [first] = await overlay();
  assert.deepEqual([first.updates, first.values], [[0, 1], [3e-6, 4e-6]]);
  assert.ok(first.name.endsWith("history.csv: lr/0"), first.name);
  const [grown] = await overlay();
  assert.equal(grown.updates.at(-1), 5002);
  assert.ok(grown.updates.length <= 2500, "no more than a picture shows");
  // It is drawn: where the plan holds 3e-4 there is another colour at 1e-4.
  await until(() => page.evaluate(() => {
    const canvas = document.querySelector(".chart canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const wanted = [0xd4, 0x62, 0x9d];
    let seen = 0;
    for (let i = 0; i < data.length; i += 4) if (wanted.every((c, k) => Math.abs(data[i + k] - c) < 40)) seen += 1;
    return seen > 200;
  }));
});

test("a run that cannot be read is said to be so", async (t) => {
  const place = folder(t);
  const page = await studio(t, browser, write(place, "a.toml", TOML), "--run", write(place, "bad.csv", "loss\n1\n"));
  await page.getByText("the run has no column `update`").waitFor();
});
