/** Times as people read them. Waiting times are counted on the server's clock, not on this machine's. */
import { locale } from "./i18n.js";

let ahead = 0; // milliseconds that the server's clock is ahead of ours

/** Learn the server's time from a response's `Date`. It is exact to a second, so small differences are ignored. */
export function setServerTime(date) {
  const difference = Date.parse(date) - Date.now();
  if (Number.isFinite(difference)) ahead = Math.abs(difference) > 2000 ? difference : 0;
}

export function serverNow() {
  return Date.now() + ahead;
}

/** Microseconds since 1970: what happens within one millisecond has an order too, and `Date` would lose it. */
export function instant(iso) {
  const fraction = /\.(\d{1,6})/.exec(iso)?.[1] ?? "";
  return Math.floor(Date.parse(iso) / 1000) * 1_000_000 + Number(fraction.padEnd(6, "0"));
}

/** "14:05", or with the day when it was not today. */
export function clock(iso) {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return "";
  const today = new Date().toDateString() === moment.toDateString();
  const day = today ? {} : { month: "short", day: "numeric" };
  return new Intl.DateTimeFormat(locale(), { ...day, hour: "2-digit", minute: "2-digit", hour12: false }).format(moment);
}

/** "1:05" or "2:10:00" since then. */
export function elapsed(iso, now = serverNow()) {
  const seconds = Math.max(0, Math.floor((now - Date.parse(iso)) / 1000));
  if (!Number.isFinite(seconds)) return "";
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Keep every `[data-since]` on the page counting. */
export function keepTicking() {
  setInterval(() => {
    for (const element of document.querySelectorAll("[data-since]")) {
      const text = elapsed(element.dataset.since);
      if (element.textContent !== text) element.textContent = text;
    }
  }, 1000);
}
