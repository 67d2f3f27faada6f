/** Every key of the desk, once: the handlers and the help are both made from this table. */
import type { Key } from "@/i18n";

export const SHORTCUTS = [
  { id: "next", keys: ["j", "Alt+ArrowDown"], label: "key.next" },
  { id: "previous", keys: ["k", "Alt+ArrowUp"], label: "key.previous" },
  { id: "search", keys: ["/"], label: "key.search" },
  { id: "claim", keys: ["c"], label: "key.claim" },
  { id: "reply", keys: ["r"], label: "key.reply" },
  { id: "note", keys: ["n"], label: "key.note" },
  { id: "canned", keys: ["a", "F2"], label: "key.canned" },
  { id: "emoji", keys: ["F4"], label: "key.emoji" },
  { id: "suggestion_1", keys: ["Alt+1"], label: "key.suggestion_1" },
  { id: "suggestion_2", keys: ["Alt+2"], label: "key.suggestion_2" },
  { id: "suggestion_3", keys: ["Alt+3"], label: "key.suggestion_3" },
  { id: "recall", keys: ["u"], label: "key.recall" },
  { id: "resend", keys: ["x"], label: "key.resend" },
  { id: "snooze", keys: ["s"], label: "key.snooze" },
  { id: "reopen", keys: ["o"], label: "key.reopen" },
  { id: "transfer", keys: ["t"], label: "key.transfer" },
  { id: "return", keys: ["b"], label: "key.return" },
  { id: "resolve", keys: ["e"], label: "key.resolve" },
  { id: "customer", keys: ["i"], label: "key.customer" },
  { id: "why", keys: ["w"], label: "key.why" },
  { id: "close", keys: ["Escape"], label: "key.close" },
  { id: "help", keys: ["?"], label: "key.help" },
] as const satisfies readonly { id: string; keys: readonly string[]; label: Key }[];

export type ShortcutId = (typeof SHORTCUTS)[number]["id"];

type Pressed = Pick<KeyboardEvent, "key" | "altKey" | "ctrlKey" | "metaKey" | "isComposing" | "keyCode">;

/**
 * The shortcut of a pressed key, if any. Single keys are letters where somebody writes, and may be switched off;
 * while an input method is composing no key is ours.
 */
export function shortcutOf(pressed: Pressed, writing: boolean, singleKeys: boolean): ShortcutId | null {
  if (pressed.isComposing || pressed.keyCode === 229 || pressed.ctrlKey || pressed.metaKey) return null;
  const name = `${pressed.altKey ? "Alt+" : ""}${pressed.key}`;
  const single = pressed.key.length === 1 && !pressed.altKey;
  if (single && (writing || !singleKeys)) return null;
  return SHORTCUTS.find(({ keys }) => (keys as readonly string[]).includes(name))?.id ?? null;
}

/** As it is printed on a key. */
export function printed(key: string): string {
  return key.replace("ArrowDown", "↓").replace("ArrowUp", "↑").replace("Escape", "Esc");
}
