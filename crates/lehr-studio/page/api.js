// Questions to the program that serves the page; in an export the answers are baked in.

const bakedIn = document.getElementById("baked");

/** What an export holds, or null on the served page. */
export const baked = bakedIn ? JSON.parse(bakedIn.textContent) : null;

// The token comes in the fragment, which is sent to nobody, and does not stay in the address.
const takeToken = () => {
  const given = location.hash.slice(1);
  if (!given) return sessionStorage.getItem("lehr-token") ?? "";
  sessionStorage.setItem("lehr-token", given);
  history.replaceState(null, "", location.pathname);
  return given;
};
const token = baked ? "" : takeToken();

/** What the program says of a question that it does not answer. */
export class Refusal extends Error {
  constructor(status, answer) {
    super(answer.error ?? `status ${status}`);
    this.status = status;
    this.answer = answer;
  }
}

const answered = async (response) => {
  const answer = await response.json();
  if (!response.ok || answer.error) throw new Refusal(response.status, answer);
  return answer;
};

/** Asks a question with a body. */
export const ask = async (question, body = {}) =>
  answered(await fetch(`/api/${question}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Lehr-Token": token },
    body: JSON.stringify(body),
  }));

/** The files and runs, once there is something newer than a revision. */
export const newer = async (revision) => answered(await fetch(`/api/state?since=${revision}`, { headers: { "X-Lehr-Token": token } }));

/** Asks one question at a time: while an answer is under way only the latest of the next questions is kept. */
export const latest = (question, use) => {
  let busy = false, waiting = null;
  const send = async (body) => {
    busy = true;
    try {
      use(await ask(question, body), body);
    } catch (error) {
      use(null, body, error);
    }
    busy = false;
    if (waiting) {
      const next = waiting;
      waiting = null;
      send(next);
    }
  };
  return (body) => { if (busy) waiting = body; else send(body); };
};
