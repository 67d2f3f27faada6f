/** How long an agent still has to answer before the conversation goes back to the queue. Pure. */
import type { Known } from "@/stores/store";

export const WARN_SECONDS = 30; // time enough to write a short answer, late enough not to cry wolf

/** Until it goes back, once that is near; null while there is time, and where no answer is waited for. */
export function secondsLeft({ answer_due_at: due }: Pick<Known, "answer_due_at">, now: number): number | null {
  if (!due) return null;
  const seconds = Math.ceil((Date.parse(due) - now) / 1000);
  return seconds <= WARN_SECONDS ? Math.max(0, seconds) : null;
}

/** Those that are near their time, the nearest first. */
export function nearlyTakenBack<Some extends Pick<Known, "answer_due_at">>(held: readonly Some[], now: number): Some[] {
  return held
    .filter((each) => secondsLeft(each, now) !== null)
    .sort((a, b) => Date.parse(a.answer_due_at!) - Date.parse(b.answer_due_at!));
}

/** "0:25" */
export const countdown = (seconds: number) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
