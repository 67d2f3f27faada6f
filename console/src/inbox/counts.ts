/** How many there are in each section, by the service: lists that go on are not fetched to be counted. */
import { onScopeDispose, shallowRef, watch } from "vue";
import { api, type Counts, type Query } from "@/api";
import type { Desk } from "@/stores/desk";

const SETTLES = 1_000; // after a change in a list the numbers are asked for anew, once for all changes

/** @param narrowed what is counted; null: nothing */
export function useCounts(desk: Desk, narrowed: () => Query | null) {
  const counts = shallowRef<Counts | null>(null);
  let timer: ReturnType<typeof setTimeout> | null = null;
  let round = 0;

  async function ask(): Promise<void> {
    const query = narrowed();
    const mine = (round += 1);
    if (!query) return void (counts.value = null);
    // Without an answer the lists say what they know themselves.
    const got = await api.counts(query).catch(() => null);
    if (mine === round) counts.value = got;
  }

  function soon(): void {
    timer ??= setTimeout(() => {
      timer = null;
      void ask();
    }, SETTLES);
  }

  const stop = desk.hear(({ type }) => {
    if (type.startsWith("conversation.") || type.startsWith("team.")) soon();
  });
  watch([() => JSON.stringify(narrowed()), desk.connection.state], ([, state]) => void (state === "live" && ask()), {
    immediate: true,
  });
  onScopeDispose(() => {
    stop();
    round += 1;
    if (timer) clearTimeout(timer);
  });
  return counts;
}
