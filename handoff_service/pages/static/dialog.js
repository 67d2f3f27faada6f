/** Ending a human stretch: one dialog for returning and for resolving, with an optional note. */
import { byId } from "./dom.js";
import { t } from "./i18n.js";

/** Ask; gives the note (maybe empty), or null when the agent thought better of it. `kind`: return | resolve. */
export function askForNote(kind) {
  const dialog = byId("ending");
  const note = byId("ending-note");
  byId("ending-title").textContent = t(`${kind}.title`);
  byId("ending-text").textContent = t(`${kind}.text`);
  byId("ending-note-label").textContent = t(`${kind}.note`);
  byId("ending-confirm").textContent = t(`${kind}.confirm`);
  note.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  note.focus();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => resolve(dialog.returnValue === "confirm" ? note.value.trim() : null),
      { once: true },
    );
  });
}
