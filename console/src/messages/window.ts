/** What the channel still lets be said to a customer. Pure. */
import type { Conversation } from "@/api";

const SOON = 60 * 60_000; // milliseconds; by then an agent should hurry
const FEW = 2; // messages

export interface Left {
  /** `answers_only`: the channel cannot write first; the words go with the next answer. */
  how: "answers_only" | "handled_elsewhere" | "closed" | "count" | "count_until" | "until";
  messages: number | null;
  until: string | null;
  /** It is about to close. */
  low: boolean;
}

const ends = ({ until }: { until: string | null }) => (until ? Date.parse(until) : Infinity);

/** Null where nothing is counted. */
export function leftOf({ reach: { window } }: Pick<Conversation, "reach">, now: number): Left | null {
  if (!window || (window.messages === null && !window.until)) return null;
  const { reason } = window;
  if (reason === "answers_only" || reason === "handled_elsewhere") return { how: reason, messages: 0, until: null, low: true };
  const open = [window, ...(window.later ?? [])].find((each) => each.messages !== 0 && ends(each) > now);
  if (!open) return { how: "closed", messages: 0, until: null, low: true };
  const { messages, until } = open;
  const low = (messages !== null && messages <= FEW) || ends(open) - now <= SOON;
  return { how: messages === null ? "until" : until ? "count_until" : "count", messages, until, low };
}
