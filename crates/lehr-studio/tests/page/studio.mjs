// A studio, a browser, and what tests do with both. `LEHR` is the command, `CHROMIUM` the browser.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, "../../../..");
const LEHR = process.env.LEHR ?? join(root, "target/debug/lehr");

/** Runs the command and gives what it prints. */
export const lehr = (...args) => execFileSync(LEHR, args, { encoding: "utf8" });

const undoings = new WeakMap();

/** Does something after the test: what came last goes first. */
const afterwards = (t, undo) => {
  if (!undoings.has(t)) {
    undoings.set(t, []);
    t.after(async () => {
      const failed = [];
      for (const undo of undoings.get(t).reverse()) await Promise.resolve().then(undo).catch((error) => failed.push(error));
      if (failed.length) throw failed[0];
    });
  }
  undoings.get(t).push(undo);
};

/** A folder that is gone after the test. */
export const folder = (t) => {
  const made = mkdtempSync(join(tmpdir(), "lehr-studio-"));
  afterwards(t, () => rmSync(made, { recursive: true }));
  return made;
};

export const write = (place, name, text) => {
  const path = join(place, name);
  writeFileSync(path, text);
  return path;
};

/** Starts `lehr serve`, and ends it with the test. */
export const serve = async (t, ...args) => {
  const child = spawn(LEHR, ["serve", "--json", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  afterwards(t, () => child.kill());
  let printed = "";
  for await (const chunk of child.stdout) {
    printed += chunk;
    if (printed.trimEnd().endsWith("}")) break;
  }
  const { url } = JSON.parse(printed);
  const { origin, port, hash } = new URL(url);
  return { url, origin, port: Number(port), token: hash.slice(1), child };
};

const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });

/** Opens the page of a studio. What it complains of, and what it asks for elsewhere, fails the test. */
export const open = async (t, browser, url, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "light", reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(error.stack));
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) wrong.push(message.text()); });
  page.on("request", (request) => { if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== new URL(url).origin) wrong.push(`asked for ${request.url()}`); });
  page.wrong = wrong;
  afterwards(t, async () => {
    await context.close();
    if (wrong.length) throw new Error(wrong.join("\n"));
  });
  await page.goto(url);
  await page.locator(".readout table").first().waitFor();
  return page;
};

/** Starts a studio and opens its page. */
export const studio = async (t, browser, ...args) => {
  const served = await serve(t, ...args);
  return Object.assign(await open(t, browser, served.url), { served });
};

/** The values of a spec at updates, as the command has them. */
export const valuesAt = (spec, updates, ...more) => {
  const printed = JSON.parse(lehr("values", spec, "--format", "json", "--at", updates.join(","), ...more));
  return printed;
};

/** Drags from the middle of an element by so many pixels. */
export const drag = async (page, locator, dx, dy, steps = 8) => {
  const box = await locator.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + dx, y + dy, { steps });
  await page.mouse.up();
};

/** The text of a field of the form, by its key. */
export const field = (page, key) => page.locator(`[data-key="${key}"]`);

/** Puts a text into a field of the form. */
export const type = async (page, key, text) => {
  await field(page, key).fill(text);
  await field(page, key).press("Enter");
};

/** Waits until something is so. */
export const until = async (what, patience = 5000) => {
  const end = Date.now() + patience;
  for (;;) {
    const found = await what();
    if (found) return found;
    if (Date.now() > end) throw new Error(`still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};

export const TOML = `# mine
version = 1

[horizon]
updates = 10_000

[lr]
base = 3e-4 # tried 1e-3
phases = [
  { shape = "linear", from = "0.01x", over = "5%" },
  { shape = "hold", over = "75%" },
  { shape = "cosine", to = "0.1x", over = "rest" },
]
`;
