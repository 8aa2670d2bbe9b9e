// Who may ask: raw requests, and a hostile page in the same browser.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { after, before, test } from "node:test";
import { TOML, folder, launch, open, serve, write } from "./studio.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const request = (port, { method = "GET", path = "/", headers = {}, body } = {}) => new Promise((resolve, reject) => {
  const sent = http.request({ host: "127.0.0.1", port, agent: false, method, path, headers: { Host: `127.0.0.1:${port}`, ...headers } }, (response) => {
    let text = "";
    response.on("data", (chunk) => { text += chunk; });
    response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
  });
  sent.on("error", reject);
  sent.end(body);
});

/** What comes back for bytes. The asker goes when it has the answer: to the server one that hangs up earlier is gone. */
const raw = (port, bytes, answer = /./) => new Promise((resolve) => {
  let text = "";
  const socket = net.connect(port, "127.0.0.1", () => socket.write(bytes));
  socket.on("data", (chunk) => { text += chunk; if (answer.test(text)) socket.end(); });
  socket.on("error", () => resolve(text));
  socket.on("close", () => resolve(text));
});

const asking = (token) => ({ "X-Lehr-Token": token, "Content-Type": "application/json" });

test("only the address itself is answered, whatever name leads to it", async (t) => {
  const { port } = await serve(t);
  for (const Host of ["evil.example", `evil.example:${port}`, "127.0.0.1", `127.0.0.1:${port + 1}`, `127.0.0.1.evil.example:${port}`]) {
    assert.equal((await request(port, { headers: { Host } })).status, 421, Host);
  }
  assert.equal((await request(port, { headers: { Host: `localhost:${port}` } })).status, 200);
  for (const head of ["GET / HTTP/1.0\r\n\r\n", `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nHost: evil.example\r\n\r\n`]) {
    assert.match(await raw(port, head), /^HTTP\/1\.[01] 4/, head);
  }
});

test("nothing but the loopback interface listens", async (t) => {
  const { port } = await serve(t);
  const bound = readFileSync("/proc/net/tcp", "utf8").split("\n").map((line) => line.trim().split(/\s+/)).filter((cells) => cells[3] === "0A");
  const own = bound.filter((cells) => parseInt(cells[1].split(":")[1], 16) === port).map((cells) => cells[1].split(":")[0]);
  assert.deepEqual(own, ["0100007F"]);
});

test("questions need the token, JSON, and no foreign origin", async (t) => {
  const { port, token } = await serve(t);
  const ask = (headers, method = "POST") => request(port, { method, path: "/api/gallery", headers, body: method === "POST" ? "{}" : undefined });
  assert.equal((await ask(asking(token))).status, 200);
  assert.equal((await ask({ "Content-Type": "application/json" })).status, 401);
  assert.equal((await ask(asking(token.replace(/^./, (c) => (c === "0" ? "1" : "0"))))).status, 401);
  assert.equal((await ask({ ...asking(token), "Content-Type": "text/plain" })).status, 415);
  assert.equal((await ask(asking(token), "GET")).status, 405);
  for (const Origin of ["http://evil.example", "null", `http://127.0.0.1:${port + 1}`, `https://127.0.0.1:${port}`]) {
    assert.equal((await ask({ ...asking(token), Origin })).status, 403, Origin);
  }
  for (const site of ["cross-site", "same-site"]) assert.equal((await ask({ ...asking(token), "Sec-Fetch-Site": site })).status, 403, site);
  assert.equal((await request(port, { path: "/api/state?since=0" })).status, 401);
  const preflight = await request(port, { method: "OPTIONS", path: "/api/save", headers: { Origin: "http://evil.example", "Access-Control-Request-Method": "POST" } });
  assert.equal(preflight.status, 403);
});

test("every answer says what it may do, and lets nobody else read it", async (t) => {
  const { port, token } = await serve(t);
  const answers = [await request(port), await request(port, { path: "/page/studio.js" }), await request(port, { path: "/nothing" }),
    await request(port, { method: "POST", path: "/api/gallery", headers: asking(token), body: "{}" })];
  for (const { headers } of answers) {
    const policy = headers["content-security-policy"];
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["cross-origin-resource-policy"], "same-origin");
    assert.equal(Object.keys(headers).filter((name) => name.startsWith("access-control")).length, 0);
  }
  assert.ok(!answers[0].text.includes(token), "the page holds no secret");
});

test("no path leads to a file", async (t) => {
  const place = folder(t);
  const { port, token } = await serve(t, write(place, "a.toml", TOML));
  for (const path of ["/a.toml", "/page/../../../../etc/passwd", "/page/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/page/", "/api/../page/x"]) {
    const { status, text } = await request(port, { path, headers: asking(token) });
    assert.ok([404, 405].includes(status), `${path}: ${status}`);
    assert.doesNotMatch(text, /root:|version = 1/);
  }
  const save = (file) => request(port, { method: "POST", path: "/api/save", headers: asking(token), body: JSON.stringify({ file, hash: "0", tree: { version: 1, lr: { phases: [{ shape: "hold" }] } } }) });
  assert.match((await save(7)).text, /there is no such file/);
  assert.equal((await save("../b.toml")).status, 400);
  assert.equal((await save(0)).text, '{"outcome":"conflict"}');
});

test("bodies, rates and connections are bounded", async (t) => {
  const { port, token } = await serve(t);
  const large = await request(port, { method: "POST", path: "/api/read", headers: asking(token), body: "x".repeat(5 << 20) }).catch(({ code }) => ({ status: code }));
  assert.ok([413, "EPIPE", "ECONNRESET"].includes(large.status), String(large.status));
  const many = { schedules: Array.from({ length: 40 }, () => ({ version: 1, horizon: { updates: 1e9 }, lr: { phases: [{ shape: "cosine" }] } })), samples: 1e9 };
  const view = await request(port, { method: "POST", path: "/api/view", headers: asking(token), body: JSON.stringify(many) });
  assert.ok(view.status === 200 && view.text.length < 3e6, `${view.status} ${view.text.length}`);
  assert.equal(JSON.parse(view.text).schedules.length, 16);
  const deep = await request(port, { method: "POST", path: "/api/view", headers: asking(token), body: `{"schedules":[${"[".repeat(100_000)}`});
  assert.equal(deep.status, 400);
  const statuses = await Promise.all(Array.from({ length: 200 }, () => request(port, { path: "/page/icon.svg" }).then(({ status }) => status)));
  assert.ok(statuses.every((status) => status === 200), "more connections than are served at once wait");
  // In one connection, so that no machine is too slow to flood.
  const flood = `GET /page/icon.svg HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`.repeat(1500);
  assert.match(await raw(port, flood, /HTTP\/1.1 429/), /HTTP\/1.1 429/, "a flood is refused");
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal((await request(port)).status, 200, "and then it goes on");
});

test("what is no HTTP does not end it", async (t) => {
  const { port } = await serve(t);
  for (const bytes of ["\0\0\0\0", "GET / HTTP/9.9\r\n\r\n", "POST /api/view HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "GET /" + "a".repeat(200_000)]) {
    assert.doesNotMatch(await raw(port, bytes), /^HTTP\/1.1 200/);
  }
  assert.equal((await request(port)).status, 200);
});

// Another site, and the same one on another port: to a browser that is a neighbour.
for (const host of ["localhost", "127.0.0.1"]) test(`a hostile page on ${host} can neither read nor change anything`, async (t) => {
  const place = folder(t);
  const path = write(place, "a.toml", TOML);
  const served = await serve(t, path);
  const victim = await open(t, browser, served.url);
  const context = victim.context();
  const hostile = http.createServer((_, response) => response.setHeader("Content-Type", "text/html").end("<!doctype html><title>hostile</title>"));
  await new Promise((resolve) => hostile.listen(0, "127.0.0.1", resolve));
  t.after(() => { hostile.closeAllConnections(); hostile.close(); });
  const page = await context.newPage();
  await page.goto(`http://${host}:${hostile.address().port}/`);
  const found = await page.evaluate(async ({ origin, token }) => {
    const tried = {};
    const attempt = async (name, what) => { try { tried[name] = await what(); } catch (error) { tried[name] = `refused: ${error.name}`; } };
    const save = JSON.stringify({ file: 0, hash: "0", tree: { version: 1, lr: { phases: [{ shape: "hold" }] } }, rewrite: true });
    await attempt("read the page", async () => (await fetch(`${origin}/`)).text());
    await attempt("read the state", async () => (await fetch(`${origin}/api/state?since=0`)).text());
    // Even a page that somehow learnt the token.
    await attempt("with the token", async () => (await fetch(`${origin}/api/save`, { method: "POST", headers: { "X-Lehr-Token": token, "Content-Type": "application/json" }, body: save })).text());
    await attempt("without reading", async () => (await fetch(`${origin}/api/save`, { method: "POST", mode: "no-cors", body: save })).type);
    await attempt("as a form", () => new Promise((resolve) => {
      const frame = document.body.appendChild(Object.assign(document.createElement("iframe"), { name: "target" }));
      frame.addEventListener("load", () => { let inside = "hidden"; try { inside = frame.contentDocument?.body?.innerText ?? "hidden"; } catch { /* another origin */ } resolve(inside); });
      const form = document.body.appendChild(Object.assign(document.createElement("form"), { method: "POST", action: `${origin}/api/save`, target: "target", enctype: "text/plain" }));
      form.append(Object.assign(document.createElement("input"), { name: save, value: "" }));
      form.submit();
      setTimeout(() => resolve("hidden"), 2000);
    }));
    await attempt("as a script", () => new Promise((resolve) => {
      const script = Object.assign(document.createElement("script"), { src: `${origin}/page/studio.js`, type: "module" });
      script.onload = () => resolve("loaded");
      script.onerror = () => resolve("refused");
      document.body.append(script);
    }));
    await attempt("in a frame", () => new Promise((resolve) => {
      const frame = document.body.appendChild(Object.assign(document.createElement("iframe"), { src: `${origin}/` }));
      frame.addEventListener("load", () => resolve(frame.contentWindow.length === 0 && !frame.contentDocument ? "hidden" : "seen"));
      setTimeout(() => resolve("hidden"), 2000);
    }));
    await attempt("as a picture", () => new Promise((resolve) => {
      const picture = new Image();
      picture.onload = () => resolve("loaded");
      picture.onerror = () => resolve("refused");
      picture.src = `${origin}/page/icon.svg`;
    }));
    const opened = window.open(`${origin}/`, "_blank");
    await new Promise((resolve) => setTimeout(resolve, 800));
    await attempt("through a window", async () => (opened?.closed ? "cut off" : opened?.document?.title ?? "hidden"));
    return tried;
  }, { origin: served.origin, token: served.token });
  assert.match(found["read the page"], /^refused/);
  assert.match(found["read the state"], /^refused/);
  assert.match(found["with the token"], /^refused/);
  assert.match(found["without reading"], /^(refused|opaque)/);
  assert.ok(["hidden", ""].includes(found["as a form"]), found["as a form"]);
  assert.equal(found["as a script"], "refused");
  assert.equal(found["in a frame"], "hidden");
  assert.equal(found["as a picture"], "refused");
  assert.match(found["through a window"], /^(cut off|hidden|refused)/);
  assert.equal(readFileSync(path, "utf8"), TOML, "the file is as it was");
  assert.equal(await victim.locator(".card").count(), 3, "the page is as it was");
});

test("the page runs no script that is not a file of its own", async (t) => {
  const served = await serve(t);
  const page = await open(t, browser, served.url);
  const ran = await page.evaluate(async () => {
    // What a debugger evaluates may evaluate: a timer of the page may not.
    try { setTimeout("window.evaluated = true", 0); } catch { /* refused at once */ }
    const script = document.createElement("script");
    script.textContent = "window.injected = true";
    document.body.append(script);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return [window.evaluated ?? "refused", window.injected ?? "refused"];
  });
  assert.deepEqual(ran, ["refused", "refused"]);
  assert.ok(page.wrong.splice(0).every((text) => text.includes("Content Security Policy")));
  assert.equal(await page.evaluate(() => location.hash), "", "the token does not stay in the address");
});

test("without the token the page says how to get in", async (t) => {
  const { origin } = await serve(t);
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(origin);
  await page.locator(".notice.error").getByText("open the address that `lehr serve` printed").waitFor();
});
