/** Ending a human stretch: one dialog for returning and for resolving, with an optional note and judgement. */
import { byId } from "./dom.js";
import { t } from "./i18n.js";

/** Ask; gives `{ note, mark }` (each maybe empty), or null when the agent thought better of it.
 *  `kind`: return | resolve. */
export function askForEnding(kind) {
  const dialog = byId("ending");
  const note = byId("ending-note");
  const mark = byId("ending-mark");
  byId("ending-title").textContent = t(`${kind}.title`);
  byId("ending-text").textContent = t(`${kind}.text`);
  byId("ending-note-label").textContent = t(`${kind}.note`);
  byId("ending-confirm").textContent = t(`${kind}.confirm`);
  note.value = "";
  mark.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  note.focus();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => resolve(dialog.returnValue === "confirm" ? { note: note.value.trim(), mark: mark.value } : null),
      { once: true },
    );
  });
}
