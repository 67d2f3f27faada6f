/** The service level as people read it. Pure. */
import type { Level } from "./api";

/** "92 %"; rounded down, so that 100 % means all. Empty where nothing counts. */
export function share({ in_time, counted }: Level, locale: string): string {
  if (!counted) return "";
  const part = Math.floor((in_time / counted) * 100) / 100;
  return new Intl.NumberFormat(locale, { style: "percent" }).format(part);
}
