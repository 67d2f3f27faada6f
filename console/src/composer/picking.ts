/** Choosing from a list or a grid by keys, with the focus in the box above it. */
import { ref, watch, type Ref } from "vue";

interface Picking<Item> {
  items: () => readonly Item[];
  columns: number;
  choose(item: Item): void;
  close(): void;
}

/** The place of the item that Enter would choose, and the handler of the box's keys. */
export function usePicking<Item>({ items, columns, choose, close }: Picking<Item>): {
  at: Ref<number>;
  press(event: KeyboardEvent): void;
} {
  const at = ref(0);
  watch(items, () => (at.value = 0));

  function press(event: KeyboardEvent): void {
    const meant = meaningOf(event, at.value, items().length, columns);
    if (meant === null) return;
    event.preventDefault();
    event.stopPropagation();
    const chosen = items()[at.value];
    if (meant === "close") close();
    else if (meant !== "choose") at.value = meant;
    else if (chosen !== undefined) choose(chosen);
  }

  return { at, press };
}

type Pressed = Pick<KeyboardEvent, "key" | "isComposing" | "keyCode">;

/**
 * What a key means at a place among so many: another place, "choose", "close", or null for what is the box's own. While
 * an input method is composing every key is its own: Enter chooses a word, Escape gives it up. Pure.
 */
export function meaningOf(pressed: Pressed, at: number, count: number, columns: number): number | "choose" | "close" | null {
  if (pressed.isComposing || pressed.keyCode === 229) return null;
  if (pressed.key === "Escape") return "close";
  if (pressed.key === "Enter") return "choose";
  const step = stepOf(pressed.key, columns);
  return step ? Math.max(0, Math.min(at + step, count - 1)) : null;
}

function stepOf(key: string, columns: number): number {
  if (key === "ArrowDown") return columns;
  if (key === "ArrowUp") return -columns;
  if (columns === 1) return 0;
  return key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
}
