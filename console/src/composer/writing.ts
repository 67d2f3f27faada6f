/** What writing an answer means. Pure. */

/** To the customer, or for colleagues alone. */
export type Kind = "reply" | "note";

export const MAX_TEXT = 10_000; // the services refuse more, whatever the channel takes
const EXACT_FROM = 500; // below that no channel's limit is near, and counting would be for nothing

/** Counted as the services count, by code point: one emoji is one character. */
export function lengthOf(text: string): number {
  return text.length > EXACT_FROM ? [...text].length : text.length;
}

/** From here on the agent is shown how much is left: the last tenth. */
export const warnFrom = (max: number) => max - max / 10;

/** Enter alone sends. While an input method is composing it chooses a word: browsers say so in one of two ways. */
export function sendsBy(event: Pick<KeyboardEvent, "key" | "shiftKey" | "isComposing" | "keyCode">): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
}
