/** The wall's figures, fetched anew when something happened that may have changed them, and when time alone has. */
import { onScopeDispose, shallowRef, watch } from "vue";
import type { Desk } from "@/stores/desk";
import { wall as fetchWall, type Wall } from "./api";

const SETTLES = 1_000; // after an event, once for all that come together
const AT_LEAST_EVERY = 30_000; // a wait becomes too long without any event

export function useWall(desk: Desk) {
  const wall = shallowRef<Wall | null>(null);
  let soon: ReturnType<typeof setTimeout> | null = null;
  let round = 0;

  async function load(): Promise<void> {
    const mine = (round += 1);
    // What cannot be fetched stays as it was; the bar says that the line is down.
    const got = await fetchWall().catch(() => null);
    if (got && mine === round) wall.value = got;
  }

  const stop = desk.hear(() => {
    soon ??= setTimeout(() => {
      soon = null;
      void load();
    }, SETTLES);
  });
  const timer = setInterval(() => void load(), AT_LEAST_EVERY);
  watch(desk.connection.state, (state) => void (state === "live" && load()), { immediate: true });
  onScopeDispose(() => {
    stop();
    round += 1;
    clearInterval(timer);
    if (soon) clearTimeout(soon);
  });
  return wall;
}
