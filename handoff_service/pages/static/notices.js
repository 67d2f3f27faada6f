/** Short messages to the agent: errors stay until they are closed, the rest goes by itself. */
import { byId, h } from "./dom.js";
import { t } from "./i18n.js";

const GOES_AFTER = 8_000; // twice the time it takes to read the longest of them

/** @param kind good | bad | warn; `bad` is announced at once and stays */
export function notify(text, kind = "good") {
  const places = byId(kind === "bad" ? "alerts" : "notices");
  for (const other of places.children) if (other.dataset.text === text) other.remove();
  const close = h("button", { type: "button", class: "link", "aria-label": t("notice.close") }, "✕");
  const notice = h("div", { class: `notice ${kind === "warn" ? "" : kind}`, data: { text } }, h("span", {}, text), close);
  close.addEventListener("click", () => notice.remove());
  places.append(notice);
  if (kind !== "bad") setTimeout(() => notice.remove(), GOES_AFTER);
}

export function clearNotices() {
  byId("alerts").replaceChildren();
  byId("notices").replaceChildren();
}
