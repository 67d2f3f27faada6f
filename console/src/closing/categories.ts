/** The tree of closing categories: fetched when it is first wanted, and again whenever the stream tells of a change. */
import { shallowRef } from "vue";
import type { StreamEvent } from "@/stream/events";
import type { Category } from "./api";

export class Categories {
  readonly list = shallowRef<readonly Category[]>([]);
  readonly state = shallowRef<"unknown" | "known" | "failed">("unknown");
  #round = 0;

  constructor(private readonly fetch: () => Promise<Category[]>) {}

  async want(): Promise<void> {
    if (this.state.value !== "known") await this.load();
  }

  async load(): Promise<void> {
    const round = (this.#round += 1);
    try {
      const list = await this.fetch();
      if (round !== this.#round) return; // asked again meanwhile
      this.list.value = list;
      this.state.value = "known";
    } catch {
      if (round === this.#round && this.state.value !== "known") this.state.value = "failed";
    }
  }

  /** Something in it may have changed; nobody who has not asked for it needs it now. */
  async again(): Promise<void> {
    if (this.state.value !== "unknown") await this.load();
  }

  apply(event: StreamEvent): void {
    if (event.type === "closing.updated") void this.again();
  }
}

/** In the agent's language, else in the other. */
export function nameOf({ names }: Pick<Category, "names">, language: string): string {
  return names[language] ?? Object.values(names)[0] ?? "";
}

/** "Refunds and returns › Something wrong with the goods › Damaged"; empty for one that is not in the list. */
export function pathOf(list: readonly Category[], id: string | null, language: string): string {
  const names: string[] = [];
  for (let at = list.find((each) => each.id === id); at; at = list.find(({ id }) => id === at?.parent_id)) {
    names.unshift(nameOf(at, language));
  }
  return names.join(" › ");
}

export const LEVELS = 3;

/** Those below which it may be moved: neither itself nor what is below it, nor where that would become too deep. */
export function parentsFor(list: readonly Category[], moved: Category): Category[] {
  const inside = new Set([moved.id]);
  for (const { id, parent_id } of list) if (parent_id && inside.has(parent_id)) inside.add(id); // parents come first
  const deepest = Math.max(...list.filter(({ id }) => inside.has(id)).map(({ level }) => level));
  return list.filter(({ id, level }) => !inside.has(id) && level + 1 + deepest - moved.level <= LEVELS);
}

/** Those with the same parent, in order. */
export function siblingsOf(list: readonly Category[], { parent_id }: Category): Category[] {
  return list.filter((each) => each.parent_id === parent_id);
}
