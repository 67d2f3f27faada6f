/** A box to write in. Enter sends, Shift+Enter breaks the line, and Enter that ends a composition does neither. */
import { t } from "./i18n.js";
import { setText } from "./dom.js";

export const MAX_TEXT = 10_000; // the services refuse more
const WARN_AT = 9_000;

/**
 * @param form a form with a textarea, a submit button and an element of class `limit`
 * @param send called with the trimmed text; from then on it is the caller's to keep
 * @returns `refresh` is for after a change of language
 */
export function composer(form, send) {
  const box = form.querySelector("textarea");
  const button = form.querySelector("button[type=submit]");
  const limit = form.querySelector(".limit");

  function refresh() {
    // Counted as the services count, by code point: one emoji is one character.
    const length = box.value.length > WARN_AT / 2 ? [...box.value].length : box.value.length;
    button.disabled = !box.value.trim() || length > MAX_TEXT;
    limit.hidden = length < WARN_AT;
    limit.classList.toggle("bad", length > MAX_TEXT);
    setText(limit, limit.hidden ? "" : t(length > MAX_TEXT ? "composer.too_long" : "composer.left", {
      max: MAX_TEXT,
      left: MAX_TEXT - length,
      over: length - MAX_TEXT,
    }));
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 2}px`;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.disabled) return;
    const text = box.value.trim();
    box.value = "";
    refresh();
    send(text);
    box.focus();
  });
  box.addEventListener("input", refresh);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
  refresh();

  return { refresh, focus: () => box.focus() };
}
