/** What is shown of a file. Pure. */
import type { Attachment } from "./api";

const UNITS = ["kB", "MB", "GB"] as const;

/** The stored files among a message's attachments; a bot's buttons and picture addresses are something else. */
export function filesOf(attachments: readonly unknown[]): Attachment[] {
  return attachments.filter((each): each is Attachment => {
    const { id, name, type, size, url } = (each ?? {}) as Record<string, unknown>;
    return [id, name, type, url].every((value) => typeof value === "string") && typeof size === "number";
  });
}

export type Shape = "image" | "audio" | "video" | "file";

/** A picture without its size would make the list jump, so it is shown as a file. */
export function shapeOf({ type, width, height }: Attachment): Shape {
  if (type.startsWith("image/") && width && height) return "image";
  if (type.startsWith("video/")) return "video";
  return type.startsWith("audio/") ? "audio" : "file";
}

/** `1.2 MB`, in the reader's own way of writing numbers. */
export function sizeText(bytes: number, locale: string): string {
  let [value, unit] = [bytes / 1000, 0];
  while (value >= 1000 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  const digits = value < 10 ? 1 : 0;
  return `${Math.max(value, 0.1).toLocaleString(locale, { maximumFractionDigits: digits })} ${UNITS[unit]}`;
}

/** As large as it is, but no larger than the box; the proportions stay. */
export function fitted(width: number, height: number, box: { width: number; height: number }): { width: number; height: number } {
  const scale = Math.min(1, box.width / width, box.height / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
