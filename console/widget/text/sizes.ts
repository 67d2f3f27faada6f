/** Sizes of files as people read them. */
import { locale, type Language } from "../i18n";

/** "640 B", "12.5 kB", "3 MB". */
export function sizeOf(bytes: number, language: Language): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const format = new Intl.NumberFormat(locale(language), {
    style: "unit",
    unit: units[step]!,
    unitDisplay: "narrow",
    maximumFractionDigits: step ? 1 : 0,
  });
  return format.format(bytes / 1000 ** step);
}
