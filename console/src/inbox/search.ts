/** Looking for conversations by name, words or id, also among those that are closed. */
import { computed, onScopeDispose, ref, shallowRef, watch } from "vue";
import { api, type Conversation } from "@/api";
import type { Desk } from "@/stores/desk";

const PAUSE = 250; // milliseconds after the last letter: asking for each letter would only be thrown away

export function useSearch({ store }: Desk) {
  const q = ref("");
  const state = shallowRef<"looking" | "done" | "failed">("done");
  const pages = shallowRef<readonly Conversation[]>([]);
  const next = shallowRef<string | null>(null);
  const wanted = computed(() => q.value.trim());
  let timer: ReturnType<typeof setTimeout> | undefined;

  watch(wanted, (text) => {
    clearTimeout(timer);
    pages.value = [];
    next.value = null;
    state.value = "looking";
    if (text) timer = setTimeout(() => void look(text), PAUSE);
  });
  onScopeDispose(() => clearTimeout(timer));

  async function look(text: string): Promise<void> {
    try {
      const page = await api.search(text, null);
      if (wanted.value !== text) return;
      pages.value = page.items;
      next.value = page.next_cursor;
      state.value = "done";
    } catch {
      if (wanted.value === text) state.value = "failed";
    }
  }

  async function fetchMore(): Promise<void> {
    const text = wanted.value;
    const page = await api.search(text, next.value);
    if (wanted.value !== text) return;
    pages.value = [...pages.value, ...page.items];
    next.value = page.next_cursor;
  }

  return {
    q,
    state,
    fetchMore,
    active: computed(() => Boolean(wanted.value)),
    more: computed(() => next.value !== null),
    /** As the store has them by now, where it has them. */
    found: computed(() => pages.value.map((each) => store.conversations.get(each.id) ?? each)),
  };
}
