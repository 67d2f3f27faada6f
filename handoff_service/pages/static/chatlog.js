/** The customer's log: numbered messages, what is on its way, and where the news begin. */
import { h, reconcile, setText } from "./dom.js";
import { t, tOr } from "./i18n.js";
import { clock } from "./time.js";

export class ChatLog {
  #unsent = 0;

  /** @param act {retry(entry), discard(entry)} */
  constructor(log, follower, act) {
    this.log = log;
    this.follower = follower;
    this.act = act;
  }

  /** @param newFrom the number after which messages are news to the reader, 0 for none */
  show(messages, unsent, newFrom) {
    const wrote = unsent.length > this.#unsent; // who has just written wants to see it
    this.#unsent = unsent.length;
    const lastOwn = messages.findLast((message) => message.author === "customer");
    const firstNew = newFrom && messages.find((message) => message.number > newFrom && message.author !== "customer");
    const lines = [];
    for (const message of messages) {
      if (message === firstNew) lines.push({ key: "news", divider: true });
      const state = message === lastOwn && !unsent.length ? "sent" : "";
      lines.push({ key: message.client_id ?? message.number, message, state });
    }
    for (const entry of unsent) lines.push({ key: entry.client_id, message: asMessage(entry), state: entry.state, entry });
    if (!lines.length) lines.push({ key: "welcome", welcome: true });
    reconcile(this.log, lines, (line) => line.key, (line) => (line.message ? this.#line() : plain(line)));
    this.follower.drawn(lines.length, wrote);
  }

  #line() {
    const name = h("span", { class: "author" });
    const time = h("time");
    const text = h("p", { class: "text", dir: "auto" });
    const extras = h("div", { class: "extras small" });
    const delivery = h("p", { class: "delivery small" });
    const article = h("article", { class: "line" }, h("header", { class: "small" }, name, time), text, extras, delivery);
    article.update = ({ message, state, entry }) => {
      const stamp = JSON.stringify([message, state, entry?.code, t("language.code")]);
      if (article.stamp === stamp) return;
      article.stamp = stamp;
      article.dataset.author = message.author;
      article.dataset.delivery = state;
      setText(name, authorName(message));
      setText(time, clock(message.sent_at));
      time.dateTime = message.sent_at;
      article.setAttribute("aria-label", `${authorName(message)}, ${clock(message.sent_at)}`);
      setText(text, message.recalled ? t("chat.recalled") : (message.text ?? ""));
      text.hidden = !message.text && !message.recalled;
      text.classList.toggle("recalled", Boolean(message.recalled));
      this.#picture(extras, message.image);
      delivery.replaceChildren(...this.#delivery(state, entry));
    };
    return article;
  }

  #delivery(state, entry) {
    if (state !== "failed") return state ? [t(`delivery.${state}`)] : [];
    return [
      t("chat.not_sent", { reason: tOr(`chat.error.${entry.code}`, t("chat.error.unavailable")) }),
      button("delivery.retry", () => this.act.retry(entry)),
      button("delivery.discard", () => this.act.discard(entry)),
    ];
  }

  /** A picture only from where pictures come from; one that does not load is named by its address. */
  #picture(place, address) {
    if (place.dataset.address === (address ?? "")) return;
    place.dataset.address = address ?? "";
    place.replaceChildren();
    if (!address) return;
    const named = () => place.replaceChildren(h("p", { dir: "auto" }, t("attachment.file", { address })));
    if (!/^https?:|^data:image\//i.test(address)) {
      named();
      return;
    }
    place.append(h("img", { src: address, alt: t("chat.picture"), onerror: named, onload: () => this.follower.settle() }));
  }
}

function plain({ welcome }) {
  const node = welcome
    ? h("p", { class: "welcome" })
    : h("div", { class: "divider small", role: "separator" }, h("span"));
  node.update = () => setText(node.querySelector("span") ?? node, t(welcome ? "chat.welcome" : "chat.news"));
  return node;
}

function button(key, onclick) {
  return h("button", { type: "button", class: "link", onclick }, t(key));
}

function asMessage(entry) {
  return { author: "customer", text: entry.shown, sent_at: entry.at };
}

function authorName({ author, author_name }) {
  if (author === "customer") return t("chat.you");
  const role = t(author === "agent" ? "chat.agent" : `author.${author}`);
  return author === "agent" && author_name ? t("author.named", { name: author_name, role }) : role;
}
