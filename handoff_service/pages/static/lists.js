/** The lists at the left: mine, queue, with colleagues, with the bot. One button per conversation. */
import { byId, h, reconcile, setText } from "./dom.js";
import { t } from "./i18n.js";
import { elapsed } from "./time.js";
import { channelName, customerName, languageName, ruleName, tierName } from "./words.js";

const GROUPS = ["mine", "queue", "others", "bot"];

/** @param open called with the id of the conversation that was pressed */
export function drawLists(store, unreadOf, open) {
  const groups = store.lists();
  for (const group of GROUPS) {
    const section = byId(`list-${group}`);
    const items = groups[group];
    setText(section.querySelector(".count"), String(items.length));
    section.hidden = group === "others" && !items.length;
    section.querySelector(".empty").hidden = items.length > 0;
    const lines = items.map((conversation) => ({
      conversation,
      unread: unreadOf(conversation),
      selected: conversation.id === store.selected,
    }));
    reconcile(section.querySelector("ul"), lines, (line) => line.conversation.id, () => row(open));
  }
}

function row(open) {
  const name = h("span", { class: "name", dir: "auto" });
  const unread = h("span", { class: "unread" });
  const tags = h("span", { class: "tags" });
  const reason = h("span", { class: "reason soft small" });
  const wait = h("span", { class: "wait small" });
  const button = h("button", { type: "button", class: "row" }, h("span", { class: "top" }, name, unread, wait), tags, reason);
  const item = h("li", {}, button);
  button.addEventListener("click", () => open(item.dataset.id));
  item.update = ({ conversation, unread: count, selected }) => {
    item.dataset.id = conversation.id;
    item.dataset.priority = conversation.priority;
    if (selected) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    setText(name, customerName(conversation));
    unread.hidden = !count;
    if (unread.dataset.count !== `${count}/${t("language.code")}`) {
      unread.dataset.count = `${count}/${t("language.code")}`;
      unread.replaceChildren(
        h("span", { "aria-hidden": "true" }, count > 99 ? "99+" : String(count)),
        h("span", { class: "visually-hidden" }, t("row.unread", { count })),
      );
    }
    drawTags(tags, conversation);
    drawWait(wait, conversation);
    const { handoff } = conversation;
    setText(reason, handoff ? ruleName(handoff.rule) : "");
    reason.hidden = !handoff;
  };
  return item;
}

function drawTags(tags, conversation) {
  const { priority, position, status, control } = conversation;
  const words = [
    position ? [t("row.position", { position }), "position"] : null,
    priority === "high" || priority === "urgent" ? [t(`priority.${priority}`), priority] : null,
    tierName(conversation) ? [tierName(conversation), "tier"] : null,
    [channelName(conversation), ""],
    languageName(conversation) ? [languageName(conversation), ""] : null,
    status === "snoozed" ? [t("row.snoozed"), ""] : null,
    control === "pending" ? [t("row.pending"), "pending"] : null,
  ].filter(Boolean);
  const stamp = JSON.stringify(words);
  if (tags.stamp === stamp) return;
  tags.stamp = stamp;
  tags.replaceChildren(...words.map(([word, kind]) => h("span", { class: `tag ${kind}` }, word)));
}

/** Only who waits has a waiting time; it goes on counting by itself. */
function drawWait(wait, { owner, handoff }) {
  const since = owner === "queue" ? handoff?.requested_at : null;
  wait.hidden = !since;
  if (!since) return;
  if (wait.stamp === since + t("language.code")) return;
  wait.stamp = since + t("language.code");
  wait.replaceChildren(t("row.waiting"), " ", h("span", { data: { since } }, elapsed(since)));
}
