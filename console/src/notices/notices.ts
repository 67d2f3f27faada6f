/** Short messages to the agent: errors stay until they are closed, the rest goes by itself. */
import { shallowRef } from "vue";

const GOES_AFTER = 8_000; // twice the time it takes to read the longest of them

export interface Notice {
  id: number;
  kind: "good" | "warn" | "bad";
  text: string;
}

let count = 0;
export const notices = shallowRef<readonly Notice[]>([]);

/** `bad` is announced at once and stays. */
export function notify(text: string, kind: Notice["kind"] = "good"): Notice {
  const notice = { id: ++count, kind, text };
  notices.value = [...notices.value.filter((other) => other.text !== text || other.kind !== kind), notice];
  if (kind !== "bad") setTimeout(() => dismiss(notice), GOES_AFTER);
  return notice;
}

export function dismiss(notice: Notice): void {
  notices.value = notices.value.filter(({ id }) => id !== notice.id);
}

export function clearNotices(): void {
  notices.value = [];
}
