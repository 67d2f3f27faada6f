/** What the panel makes of what was typed and fetched. Pure. */
import type { Order, Profile, ProfileChange } from "./api";

/** Tags as typed, apart by commas of either width; each once. */
export function tagsOf(typed: string): string[] {
  return [...new Set(typed.split(/[,，、;；\n]/).map((tag) => tag.trim()).filter(Boolean))];
}

export interface Draft {
  name: string;
  tags: string;
  language: string;
  tier: string;
}

export function draftOf({ customer }: Pick<Profile, "customer">): Draft {
  const { name, tags, language, tier } = customer ?? { name: null, tags: [], language: null, tier: null };
  return { name: name ?? "", tags: tags.join(", "), language: language ?? "", tier: tier ?? "" };
}

/** What has changed since, and nothing else: two agents who edit different things do not undo each other's. */
export function changeOf(before: Draft, after: Draft): ProfileChange {
  const change: ProfileChange = {};
  if (after.name.trim() !== before.name) change.name = after.name.trim() || null;
  if (tagsOf(after.tags).join() !== tagsOf(before.tags).join()) change.tags = tagsOf(after.tags);
  if (after.language !== before.language) change.language = (after.language || null) as ProfileChange["language"];
  if (after.tier.trim() !== before.tier) change.tier = after.tier.trim() || null;
  return change;
}

export const BLOCKS = ["hour", "day", "week", "always"] as const;
export type BlockTime = (typeof BLOCKS)[number];

const HOURS: Record<BlockTime, number | null> = { hour: 1, day: 24, week: 168, always: null };

/** Until when, as ISO 8601; null where it stands until somebody lifts it. */
export function blockedUntil(choice: BlockTime, now: number): string | null {
  const hours = HOURS[choice];
  return hours === null ? null : new Date(now + hours * 3_600_000).toISOString();
}

/** "CN¥199.00", "199,00 €": as the agent's language writes it; a currency nobody knows stays as it is. */
export function money({ amount, currency }: Pick<Order, "amount" | "currency">, locale: string): string {
  try {
    return new Intl.NumberFormat(locale, { style: "currency", currency }).format(Number(amount));
  } catch {
    return `${amount} ${currency}`;
  }
}

/** "9 Feb 2026": a day on the shop's calendar, whichever zone the agent is in. */
export function day(iso: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${iso}T00:00Z`));
}

/** The average of the scores with one decimal; null without any. */
export function average(scores: readonly number[]): string | null {
  return scores.length ? (scores.reduce((sum, score) => sum + score, 0) / scores.length).toFixed(1) : null;
}

/** Milliseconds until the orders are asked for again while the shop is being asked; null: it has had its time. */
export function nextLook(looks: number): number | null {
  const waits = [200, 400, 800, 1200, 1600, 2000];
  return waits[looks] ?? null;
}
