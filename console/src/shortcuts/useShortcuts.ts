import { onBeforeUnmount, onMounted } from "vue";
import { settings } from "@/stores/settings";
import { shortcutOf, type ShortcutId } from "./table";

/** Let the keys act for as long as the calling component is there; none does while a dialog or menu is open. */
export function useShortcuts(handlers: Partial<Record<ShortcutId, () => void>>): void {
  function press(event: KeyboardEvent): void {
    if (event.defaultPrevented || document.querySelector("dialog[open], :popover-open")) return;
    const writing = (event.target as Element | null)?.matches?.("input:not([type=radio]), textarea, select") ?? false;
    const id = shortcutOf(event, writing, settings.singleKeys);
    const handler = id && handlers[id];
    if (!handler) return;
    event.preventDefault();
    handler();
  }
  onMounted(() => document.addEventListener("keydown", press));
  onBeforeUnmount(() => document.removeEventListener("keydown", press));
}
