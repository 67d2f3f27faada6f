/** The sections without end, page by page: what the bot does, and what is closed. A filter begins them anew. */
import { reactive, watch } from "vue";
import { api, type Query } from "@/api";
import type { Desk } from "@/stores/desk";

export const ENDLESS = ["bot", "resolved"] as const;
export type Endless = (typeof ENDLESS)[number];

export const isEndless = (section: string): section is Endless => (ENDLESS as readonly string[]).includes(section);

/** @param narrowed the filters that hold @param isOpen whether the section is to be seen */
export function usePages({ store, connection }: Desk, narrowed: () => Query, isOpen: (section: Endless) => boolean) {
  const next = reactive<Record<Endless, string | null | undefined>>({ bot: undefined, resolved: undefined });
  const plain = () => !Object.keys(narrowed()).length;

  /** Where the section goes on; null when all is there, undefined when nothing was fetched. */
  function cursor(section: Endless): string | null | undefined {
    return section === "bot" && plain() ? connection.moreWithBot.value : next[section];
  }

  async function fetchMore(section: Endless): Promise<void> {
    const query = narrowed();
    const from = cursor(section);
    if (from === null) return;
    const call = section === "bot" ? api.withBot : api.resolved;
    const got = await store.addPage(() => call(from ?? null, query));
    if (JSON.stringify(query) !== JSON.stringify(narrowed())) return; // narrowed otherwise meanwhile
    if (section === "bot" && plain()) connection.moreWithBot.value = got;
    else next[section] = got;
  }

  /** The first page of what is to be seen and was not fetched yet. */
  async function fetchFirst(): Promise<void> {
    for (const section of ENDLESS) if (isOpen(section) && cursor(section) === undefined) await fetchMore(section);
  }

  /** What was closed meanwhile is among the newest. */
  async function refresh(): Promise<void> {
    await store.addPage(() => api.resolved(null, narrowed()));
  }

  watch(
    () => JSON.stringify(narrowed()),
    () => {
      next.bot = next.resolved = undefined;
    },
  );
  return { cursor, fetchMore, fetchFirst, refresh };
}
