/** The agents' page: wires the log-in, the stream, the lists and the open conversation together. */
import { api } from "./api.js";
import { Connection } from "./connection.js";
import { byId, setText } from "./dom.js";
import { languageSwitch, onLanguage, preferredLanguage, t, useLanguage } from "./i18n.js";
import { drawLists } from "./lists.js";
import { Login } from "./login.js";
import { clearNotices, notify } from "./notices.js";
import { Opened } from "./opened.js";
import { Presence } from "./presence.js";
import { Sending } from "./sending.js";
import { Store } from "./store.js";
import { keepTicking } from "./time.js";
import { customerName, errorText } from "./words.js";

const store = new Store();
const login = new Login(start);
const presence = new Presence(store, attempt);
let sending = null;
let opened = null;
let connection = null;
let held = null; // ids of the conversations that are mine, to notice what is newly assigned
let drawing = false;

await useLanguage(preferredLanguage());
document.querySelectorAll("select.language").forEach(languageSwitch);
onLanguage(() => {
  document.querySelectorAll("select.language").forEach((select) => (select.value = t("language.code")));
  login.refresh();
  draw();
});
store.onChange(draw);
keepTicking();
byId("logout").addEventListener("click", logout);
document.addEventListener("visibilitychange", draw);
window.addEventListener("hashchange", () => opened?.follow(location.hash.slice(1)));
boot();

async function boot() {
  try {
    start(await api.me());
  } catch (error) {
    byId("starting").hidden = true;
    login.show(error.status === 401 ? "" : errorText(error));
  }
}

function start(me) {
  store.clear();
  store.me = me;
  held = null;
  sending = new Sending(me.id, store, draw);
  opened = new Opened(store, sending, attempt);
  byId("starting").hidden = true;
  login.hide();
  byId("desk").hidden = false;
  connection = new Connection(store, {
    changed: draw,
    ready,
    refused: ended,
    event: (event) => presence.take(event),
  });
  opened.follow(location.hash.slice(1));
  draw();
}

/** The lists are as the service has them (again). */
function ready() {
  opened.reload();
  sending.resume();
}

/** Do what the agent asked for; say so in words when it does not work. Gives whether it worked. */
async function attempt(action) {
  try {
    await action();
    return true;
  } catch (error) {
    if (error.status === 401) ended();
    else notify(errorText(error), "bad");
    return false;
  } finally {
    draw();
  }
}

/** The log-in is over. What was not sent stays with this agent and goes out after the next log-in. */
function ended() {
  stop();
  login.show(t("login.ended"));
}

async function logout() {
  const done = await attempt(() => api.logout());
  if (!done) return;
  sending?.clear();
  stop();
  login.show("");
}

function stop() {
  connection?.stop();
  connection = null;
  sending?.stop();
  opened?.close();
  store.clear();
  clearNotices();
  byId("desk").hidden = true;
  document.title = "Baton";
}

/** Draw once for all changes of the moment; not tied to frames, which a hidden page does not get. */
function draw() {
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => {
    drawing = false;
    if (!store.me || !connection) return;
    setText(byId("me"), store.me.name);
    connection.draw(byId("connection"));
    presence.draw();
    opened.draw();
    drawLists(store, unreadOf, (id) => (location.hash = id));
    document.body.dataset.view = store.selected ? "conversation" : "lists";
    drawTitle();
    noticeNew();
  });
}

function unreadOf(conversation) {
  return opened.isSeen(conversation) ? 0 : conversation.unread;
}

function drawTitle() {
  const unread = store.lists().mine.reduce((sum, conversation) => sum + unreadOf(conversation), 0);
  document.title = unread ? `(${unread}) Baton` : "Baton";
}

/** Whoever is given a conversation is told, unless they took it themselves. */
function noticeNew() {
  if (!connection.live) return;
  const { mine } = store.lists();
  for (const conversation of mine) {
    if (held && !held.has(conversation.id) && !opened.claimed.has(conversation.id)) {
      notify(t("notice.assigned", { name: customerName(conversation) }));
    }
  }
  held = new Set(mine.map(({ id }) => id));
}
