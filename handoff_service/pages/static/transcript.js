/** The conversation as one log: who said what and when, and how far each of our own words has got. */
import { h, reconcile, setText } from "./dom.js";
import { t, tOr } from "./i18n.js";
import { clock } from "./time.js";
import { errorText } from "./words.js";

export class Transcript {
  #shown = null;
  #unsent = 0;

  /** @param act {resend(message), retry(entry), discard(entry)} */
  constructor(log, follower, act) {
    this.log = log;
    this.follower = follower;
    this.act = act;
  }

  /** Show `messages` of the conversation `id` and, after them, what `me` has not sent yet; `mayResend` as I hold it. */
  show(id, messages, unsent, me, mayResend) {
    const changed = this.#shown !== id;
    if (changed) {
      this.log.replaceChildren();
      this.log.rows = null;
      this.#shown = id;
    }
    const wrote = unsent.length > this.#unsent; // who has just written wants to see it
    this.#unsent = unsent.length;
    const lines = [
      ...messages.map((message) => ({ key: message.client_id ?? message.id, message, mayResend })),
      ...unsent.map((entry) => ({ key: entry.client_id, message: asMessage(entry, me), entry })),
    ];
    reconcile(this.log, lines, (line) => line.key, () => this.#line());
    this.follower.drawn(lines.length, changed || wrote);
  }

  forget() {
    this.#shown = null;
  }

  #line() {
    const name = h("span", { class: "author" });
    const time = h("time");
    const text = h("p", { class: "text", dir: "auto" });
    const extras = h("div", { class: "extras small" });
    const delivery = h("p", { class: "delivery small" });
    const article = h("article", { class: "line" }, h("header", { class: "small" }, name, time), text, extras, delivery);
    article.update = (line) => {
      const { message, entry } = line;
      const state = entry?.state ?? message.delivery ?? "";
      const stamp = JSON.stringify([message, state, entry?.error, line.mayResend, t("language.code")]);
      if (article.stamp === stamp) return;
      article.stamp = stamp;
      article.dataset.author = message.author;
      article.dataset.delivery = state;
      article.toggleAttribute("data-note", Boolean(message.private));
      setText(name, authorName(message));
      setText(time, clock(message.sent_at));
      time.dateTime = message.sent_at;
      article.setAttribute("aria-label", `${authorName(message)}, ${clock(message.sent_at)}`);
      setText(text, message.text);
      text.hidden = !message.text;
      extras.replaceChildren(...attachments(message.attachments ?? []));
      delivery.replaceChildren(...this.#delivery(line, state));
    };
    return article;
  }

  #delivery({ message, entry, mayResend }, state) {
    if (entry && state !== "sending") {
      const reason = state === "refused" ? t("delivery.refused", { reason: errorText(entry.error) }) : t("delivery.not_sent");
      return [
        reason,
        button("delivery.retry", () => this.act.retry(entry)),
        button("delivery.discard", () => this.act.discard(entry)),
      ];
    }
    if (message.author !== "agent" && message.author !== "system") return [];
    if (entry) return [t("delivery.sending")];
    if (!state) return [];
    if (state !== "failed") return [t(`delivery.${state}`)];
    const reason = message.failure ? tOr(`failure.${message.failure}`, message.failure) : t("failure.unknown");
    const resend = mayResend && message.author === "agent";
    return [t("delivery.failed", { reason }), resend && button("delivery.resend", () => this.act.resend(message))]
      .filter(Boolean);
  }
}

function button(key, onclick) {
  return h("button", { type: "button", class: "link", onclick }, t(key));
}

function asMessage(entry, me) {
  return { author: "agent", author_name: me.name, text: entry.text, sent_at: entry.at, delivery: null };
}

function authorName({ author, author_name, private: isNote }) {
  const role = isNote ? t("author.note") : t(`author.${author}`);
  return author_name && author !== "bot" ? t("author.named", { name: author_name, role }) : role;
}

/** Of what the bot sent beside its words: what was offered to press, and pictures by their address. */
function attachments(list) {
  return list.flatMap((data) => {
    if (!data || typeof data !== "object") return [];
    const offers = [...(data.buttons ?? []), ...(data.quick_replies ?? [])].map((offer) => offer?.title).filter(Boolean);
    const address = [data.image, data.attachment].filter((value) => typeof value === "string");
    return [
      ...(offers.length ? [h("p", { dir: "auto" }, t("attachment.offered", { offers: offers.join(" · ") }))] : []),
      ...address.map((value) => h("p", {}, t("attachment.file", { address: value }))),
    ];
  });
}
