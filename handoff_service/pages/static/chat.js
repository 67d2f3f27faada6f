/** The customer's page: wires the line, what this browser keeps of the visit, and the log together. */
import { ChatLog } from "./chatlog.js";
import { composer } from "./composer.js";
import { byId, h, setText } from "./dom.js";
import { Follower } from "./follower.js";
import { languageSwitch, onLanguage, preferredLanguage, t, useLanguage } from "./i18n.js";
import { Posting } from "./posting.js";
import { Visit } from "./visit.js";
import { WebchatClient } from "./webchat.js";

const visit = new Visit();
let client = null;
let posting = null;
let newFrom = visit.lastSeen; // where the news began when the page was opened
let offered = null; // the answers on offer, as text
let drawing = false;

await useLanguage(preferredLanguage());
document.querySelectorAll("select.language").forEach(languageSwitch);
const log = new ChatLog(byId("log"), new Follower(byId("log"), byId("newest")), {
  retry: (entry) => posting.retry(entry),
  discard: (entry) => posting.discard(entry),
});
const box = composer(byId("composer"), (text) => say(text));
onLanguage(() => {
  box.refresh();
  draw();
});
byId("start-new").addEventListener("click", startNew);
document.addEventListener("visibilitychange", draw);
boot();

async function boot() {
  byId("starting").hidden = true;
  byId("chat").hidden = false;
  try {
    const answer = await fetch("/config.json", { cache: "no-store" });
    const { webchat_url } = await answer.json();
    connect(webchat_url);
  } catch {
    byId("trouble").hidden = false;
    setText(byId("trouble"), t("chat.unavailable"));
    byId("composer").hidden = true;
  }
  draw();
}

function connect(url) {
  client = new WebchatClient(url, () => ({ ...(visit.token && { token: visit.token }), after: visit.last }), {
    state: draw,
    session: opened,
    message: received,
    invalid: () => posting.end(),
  });
  posting = new Posting(client, visit, draw);
  client.start();
  if (matchMedia("(pointer: fine)").matches) box.focus();
}

function opened({ token, messages }) {
  visit.opened(token);
  messages.forEach((message) => visit.received(message));
  posting.work();
  draw();
}

function received(message) {
  visit.received(message);
  draw();
}

function say(text, shown) {
  newFrom = 0; // who answers has read the news
  posting.say(text, shown);
}

/** The old visit cannot go on: what was said stays with the server, this browser begins anew. */
function startNew() {
  visit.forget();
  newFrom = 0;
  posting.begin();
  client.start();
  box.focus();
}

/** Draw once for all changes of the moment. */
function draw() {
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => {
    drawing = false;
    const { messages, unsent } = visit;
    const state = client?.state ?? "connecting";
    byId("connection").dataset.state = state;
    setText(byId("connection"), t(`chat.connection.${state}`));
    byId("ended").hidden = state !== "ended";
    if (client) byId("composer").hidden = state === "ended";
    log.show(messages, unsent, newFrom);
    drawReplies(state === "ended" || unsent.length ? [] : (messages.at(-1)?.buttons ?? []));
    if (document.visibilityState === "visible") visit.seen();
    document.title = visit.unread ? `(${visit.unread}) ${t("chat.title")}` : t("chat.title");
  });
}

/** Only the newest message's answers are on offer: older ones would answer a question no longer asked. */
function drawReplies(buttons) {
  const stamp = JSON.stringify(buttons);
  if (offered === stamp) return;
  offered = stamp;
  byId("replies").hidden = !buttons.length;
  byId("replies").replaceChildren(
    ...buttons.map(({ title, payload }) =>
      h("button", { type: "button", dir: "auto", onclick: () => say(payload ?? title, title) }, title),
    ),
  );
}
