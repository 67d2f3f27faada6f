/** "14:05", or with the day when it was not today. */
export function clock(iso: string, locale: string): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return "";
  const today = new Date().toDateString() === moment.toDateString();
  const day = today ? {} : ({ month: "short", day: "numeric" } as const);
  return new Intl.DateTimeFormat(locale, { ...day, hour: "2-digit", minute: "2-digit", hour12: false }).format(moment);
}
