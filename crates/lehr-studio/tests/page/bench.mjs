// How fast it is: first paint, first curves, and frames while a phase of a plan of 1,000,000 updates is dragged.
// `node bench.mjs`, with LEHR naming a release build.

import http from "node:http";
import { launch, lehr, open, serve } from "./studio.mjs";

const SECONDS = 4;
const hooks = [];
const t = { after: (undo) => hooks.push(undo) };
const browser = await launch();
const { url } = await serve(t, "linear(from=0.01x, over=5%) -> hold(over=55%) -> cosine(to=0.1x)", "--updates", "1000000", "--base", "3e-4");

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

// What the browser and the machine take for a page with nothing on it.
const empty = http.createServer((_, response) => response.setHeader("Content-Type", "text/html").end("<!doctype html><p>x"));
await new Promise((resolve) => empty.listen(0, "127.0.0.1", resolve));
const floor = [];
for (let i = 0; i < 7; i++) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${empty.address().port}/`);
  await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length);
  floor.push(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime));
  await context.close();
}
empty.closeAllConnections();
empty.close();

const paints = [];
for (let i = 0; i < 7; i++) {
  const page = await open(t, browser, url);
  paints.push(await page.evaluate(() => ({
    paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    drawn: performance.getEntriesByName("lehr-drawn")[0].startTime,
  })));
  await page.context().close();
}
console.log(`first paint ${median(paints.map(({ paint }) => paint)).toFixed(0)} ms, curves ${median(paints.map(({ drawn }) => drawn)).toFixed(0)} ms (medians of 7 loads; an empty page ${median(floor).toFixed(0)} ms)`);

const page = await open(t, browser, url);
const grip = await page.locator(".grip").first().boundingBox();
const [x, y] = [grip.x + grip.width / 2, grip.y + grip.height / 2];
let views = 0;
page.on("response", (response) => { if (response.url().endsWith("/api/view")) views += 1; });
await page.mouse.move(x, y);
await page.mouse.down();
await page.evaluate(() => {
  window.frames_ = [];
  let before = performance.now();
  const frame = (now) => { window.frames_.push(now - before); before = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
});
const end = Date.now() + SECONDS * 1000;
for (let i = 0; Date.now() < end; i++) await page.mouse.move(x + 200 + 180 * Math.sin(i / 20), y);
const frames = (await page.evaluate(() => window.frames_)).slice(1);
await page.mouse.up();
const sorted = [...frames].sort((a, b) => a - b);
const late = frames.filter((ms) => ms > 20).length;
console.log(`${(frames.length / SECONDS).toFixed(1)} frames a second over ${SECONDS} s of dragging; median ${median(frames).toFixed(1)} ms, 95 % within ${sorted[Math.floor(sorted.length * 0.95)].toFixed(1)} ms, ${late} of ${frames.length} later than 20 ms; ${views} views answered`);
console.log(lehr("--version").trim());
for (const undo of hooks) await undo();
await browser.close();
