/** Until when a conversation can be put off. Pure; days and hours are those of the agent's own clock. */

export const SNOOZES = ["half_hour", "two_hours", "tomorrow", "other"] as const;
export type Snooze = (typeof SNOOZES)[number];

const MINUTE = 60_000; // milliseconds
const MORNING = 9; // o'clock

/** When it comes back, as ISO 8601; null where no time was named. `named` is what a date-time field gives. */
export function snoozedUntil(choice: Snooze, named: string, now: number): string | null {
  const until = moment(choice, named, now);
  return Number.isNaN(until.getTime()) ? null : until.toISOString();
}

function moment(choice: Snooze, named: string, now: number): Date {
  if (choice === "half_hour") return new Date(now + 30 * MINUTE);
  if (choice === "two_hours") return new Date(now + 120 * MINUTE);
  if (choice === "other") return new Date(named); // without an offset: read as local time
  const tomorrow = new Date(now);
  tomorrow.setDate(tomorrow.getDate() + 1);
  tomorrow.setHours(MORNING, 0, 0, 0);
  return tomorrow;
}

/** The next minute, as a date-time field wants it: the earliest that can be named. */
export function earliest(now: number): string {
  return new Date(now + MINUTE - new Date(now).getTimezoneOffset() * MINUTE).toISOString().slice(0, 16);
}
