import { nextTick } from "vue";

/** Show a dialog, with the focus on what is filled in first; gives whether it was confirmed, not cancelled or escaped. */
export async function confirmed(dialog: HTMLDialogElement, first?: () => HTMLElement | null): Promise<boolean> {
  dialog.returnValue = "";
  await nextTick();
  dialog.showModal();
  first?.()?.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "confirm"), { once: true });
  });
}
