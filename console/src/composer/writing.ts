/** What writing an answer means. Pure. */

/** To the customer, or for colleagues alone. */
export type Kind = "reply" | "note";

export const MAX_TEXT = 10_000; // the services refuse more
export const WARN_AT = 9_000;

/** Counted as the services count, by code point: one emoji is one character. */
export function lengthOf(text: string): number {
  return text.length > WARN_AT / 2 ? [...text].length : text.length;
}

/** Enter alone sends. While an input method is composing it chooses a word: browsers say so in one of two ways. */
export function sendsBy(event: Pick<KeyboardEvent, "key" | "shiftKey" | "isComposing" | "keyCode">): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
}
