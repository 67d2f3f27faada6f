/** Satisfaction as people read it. Pure. */
import type { SatisfactionOf } from "./api";

export const NONE = "–"; // nothing to measure

/** "4.3"; rounded down, so that 5.0 means all. */
export function average(value: number | null, locale: string): string {
  if (value === null) return NONE;
  return new Intl.NumberFormat(locale, { minimumFractionDigits: 1 }).format(Math.floor(value * 10 + 1e-9) / 10);
}

/** How many of those who answered were satisfied: "72 %"; rounded down. */
export function satisfied({ answered, scores }: Pick<SatisfactionOf, "answered" | "scores">, locale: string): string {
  if (!answered) return NONE;
  const part = Math.floor((((scores[3] ?? 0) + (scores[4] ?? 0)) / answered) * 100) / 100;
  return new Intl.NumberFormat(locale, { style: "percent" }).format(part);
}
