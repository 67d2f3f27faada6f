/** Times as people read them. Waiting times are counted on the server's clock, not on this machine's. */
import { onScopeDispose, shallowRef, type InjectionKey, type Ref } from "vue";

export { clock } from "./clock"; // stands alone for the widget, which has no Vue

let ahead = 0; // milliseconds that the server's clock is ahead of ours

/** Learn the server's time from a response's `Date`. It is exact to a second, so small differences are ignored. */
export function setServerTime(date: string | null): void {
  const difference = Date.parse(date ?? "") - Date.now();
  if (Number.isFinite(difference)) ahead = Math.abs(difference) > 2000 ? difference : 0;
}

export function serverNow(): number {
  return Date.now() + ahead;
}

/** Microseconds since 1970: what happens within one millisecond has an order too, and `Date` would lose it. */
export function instant(iso: string): number {
  const fraction = /\.(\d{1,6})/.exec(iso)?.[1] ?? "";
  return Math.floor(Date.parse(iso) / 1000) * 1_000_000 + Number(fraction.padEnd(6, "0"));
}

/** "1:05" or "2:10:00" since then. */
export function elapsed(iso: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(iso)) / 1000));
  if (!Number.isFinite(seconds)) return "";
  const two = (number: number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** The server's time of the moment, for whatever on the page counts. */
export const NOW: InjectionKey<Ref<number>> = Symbol("now");

/** The server's time, counting second by second for as long as the calling scope lives. */
export function useNow(): Ref<number> {
  const now = shallowRef(serverNow());
  const timer = setInterval(() => (now.value = serverNow()), 1000);
  onScopeDispose(() => clearInterval(timer));
  return now;
}
