/** Hours of a day as people type them: "09:00-12:00 13:00-18:00". Pure. */
import type { Span } from "./api";

const SPAN = /^(\d{1,2})[:：](\d{2})\s*[-–—~～至]\s*(\d{1,2})[:：](\d{2})$/;

/** Those of the text, apart by spaces or commas; null when it cannot be read. Nothing at all is closed. */
export function spansOf(text: string): Span[] | null {
  const parts = text
    .trim()
    .replace(/\s*([-–—~～至])\s*/g, "$1")
    .split(/[\s,，、;；]+/)
    .filter(Boolean);
  const spans: Span[] = [];
  for (const part of parts) {
    const found = SPAN.exec(part);
    if (!found) return null;
    const [opens, closes] = [timeOf(found[1]!, found[2]!), timeOf(found[3]!, found[4]!)];
    if (!opens || !closes || opens === "24:00") return null;
    spans.push({ opens, closes });
  }
  return spans;
}

export function textOf(spans: readonly Span[]): string {
  return spans.map(({ opens, closes }) => `${opens}–${closes}`).join(", ");
}

function timeOf(hours: string, minutes: string): string | null {
  const [hour, minute] = [Number(hours), Number(minutes)];
  if (minute > 59 || hour > 24 || (hour === 24 && minute)) return null;
  return `${String(hour).padStart(2, "0")}:${minutes}`;
}
