/** The inbox as one list of items of known height, so that only what can be seen has to be drawn. Pure. */
import type { Known } from "@/stores/store";

export interface Group {
  id: string;
  title: string;
  /** How many there are, as text: "100+" where not all have been fetched. */
  count: string;
  open: boolean;
  /** Whether the heading opens and closes it. */
  folds: boolean;
  conversations: readonly Known[];
  /** What to say when there is none. */
  empty: string;
  /** There are more to fetch. */
  more: boolean;
}

export type Item =
  | { kind: "heading"; key: string; group: Group }
  | { kind: "empty"; key: string; group: Group }
  | { kind: "row"; key: string; group: Group; conversation: Known; last: boolean };

export const HEADING = 36;
const HEIGHTS = { heading: HEADING, empty: 34, row: 98 };
const SHORT_ROW = 54; // nobody asked for a person: there is no reason to tell, and little else

/** In pixels; the rows are drawn as high. */
export function heightOf(item: Item): number {
  return item.kind === "row" && !item.conversation.handoff ? SHORT_ROW : HEIGHTS[item.kind];
}

export function itemsOf(groups: readonly Group[]): Item[] {
  return groups.flatMap((group) => {
    const items: Item[] = [{ kind: "heading", key: `heading ${group.id}`, group }];
    if (!group.open) return items;
    if (!group.conversations.length) items.push({ kind: "empty", key: `empty ${group.id}`, group });
    group.conversations.forEach((conversation, index) => {
      const last = index === group.conversations.length - 1;
      items.push({ kind: "row", key: conversation.id, group, conversation, last });
    });
    return items;
  });
}
